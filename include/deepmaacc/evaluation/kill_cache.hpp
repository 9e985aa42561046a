#pragma once

/// \file
/// A cache of the kills of mutants that were run before, so that methods which share mutants run each once.

#include <algorithm>
#include <cstddef>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/evaluation/kill_matrix.hpp>
#include <deepmaacc/mutation/mutant.hpp>
#include <map>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

namespace deepmaacc {

/// Caches the kills of mutants by layer, neurons, operation and repeat. One cache is valid for one model, test set, oracle, set of
/// operators, set of rules and seed: none of these is part of the key, or checked.
/// Laws: a mutant's kills depend on its neurons as a set, not on their order, because operators see one neuron at a time and random ones
/// are keyed by the neuron; and not on its weight. Kills from the cache are those of the run that filled it, borderline cells included.
/// Complexity: logarithmic in the size, per mutant, beside `evaluate`.
class kill_cache {
 public:
  /// How many mutants are in the cache.
  std::size_t size() const { return rows_.size(); }

  /// How many of these mutants are in the cache; one that occurs several times counts as often.
  std::size_t known(std::span<const mutant> wanted) const {
    return static_cast<std::size_t>(
        std::count_if(wanted.begin(), wanted.end(), [&](const mutant& one) { return rows_.contains(key_of(one)); }));
  }

  /// The kills of all wanted mutants, in their order; those that are not in the cache are run.
  /// \param evaluate  `kill_matrix evaluate(std::span<const mutant>)`: called at most once, with each mutant that is not in the cache once;
  ///                  also with none, where that is the only way to learn the rules. What it throws is passed on, and the cache stays as it
  ///                  was.
  /// \throws usage_error where `evaluate` returns another number of mutants than it was given, or other rules than before.
  template <class Evaluate>
  kill_matrix kills(std::span<const mutant> wanted, Evaluate&& evaluate) {
    std::map<key, std::size_t> fresh;
    std::vector<mutant> unknown;
    std::vector<std::size_t> rows;
    for (const mutant& one : wanted) {
      const key name = key_of(one);
      if (const auto found = rows_.find(name); found != rows_.end()) {
        rows.push_back(found->second);
        continue;
      }
      const auto [place, is_new] = fresh.emplace(name, kills_.mutants() + unknown.size());
      rows.push_back(place->second);
      if (is_new) unknown.push_back(one);
    }
    if (!unknown.empty() || kills_.rules() == 0) {
      const kill_matrix more = evaluate(std::span<const mutant>(unknown));
      if (more.mutants() != unknown.size())
        throw usage_error(detail::text("kill_cache: evaluate returned the kills of ", more.mutants(), " mutants, but was given ",
                                       unknown.size(), "; return one row per mutant"));
      kills_.append(more);
      rows_.merge(fresh);
    }
    return kills_.selected(rows);
  }

 private:
  using key = std::tuple<std::size_t, std::size_t, std::size_t, std::vector<std::size_t>>;

  /// Neurons are sorted, but a repeated one is kept, so that `evaluate` sees and refuses it.
  static key key_of(const mutant& one) {
    std::vector<std::size_t> neurons = one.neurons;
    std::sort(neurons.begin(), neurons.end());
    return {one.layer, one.operation, one.repeat, std::move(neurons)};
  }

  std::map<key, std::size_t> rows_;
  kill_matrix kills_;
};

}  // namespace deepmaacc
