#pragma once

/// \file
/// Random sampling: the baseline that a clustering has to beat.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/analysis/selection.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/philox.hpp>
#include <deepmaacc/mutation/layer_selection.hpp>
#include <deepmaacc/mutation/mutant.hpp>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <vector>

namespace deepmaacc {

/// Runs n of N mutants drawn without replacement, each with the same chance n / N, so each counts for N / n and the score is that of
/// `exhaustive` in the mean over seeds, for every n. Stratified, they are a systematic sample with a random start from a list that is
/// sorted by layer and operator and shuffled within: each stratum gives its share of the sample, rounded down or up at random. Some pairs
/// of mutants may never be drawn together, so a sample does not tell its own variance without bias: repeat with other seeds to see the
/// spread. Source: Cochran, Sampling Techniques (3rd edition, 1977), chapters 2 and 8.
struct random_sampling {
  layer_selection layers = population::all;  ///< whose mutants are drawn
  double share = 0.05;                       ///< of the mutants that are run; their number is rounded
  std::optional<std::size_t> count{};        ///< mutants that are run; takes the place of `share`
  bool is_stratified = true;                 ///< by layer and operator
  std::uint64_t seed = 0;

  std::string name() const { return "random-sampling"; }

  setting_list setting() const {
    setting_list list;
    if (count)
      list.emplace_back("count", static_cast<double>(*count));
    else
      list.emplace_back("share", share);
    list.emplace_back("strata", is_stratified ? "layer and operator" : "none");
    return list;
  }

  /// How many of `total` mutants are run.
  /// \throws usage_error where it is none or more than there are.
  std::size_t sample_size(std::size_t total) const {
    if (!count && !(share > 0 && share <= 1))
      throw usage_error(detail::text("random_sampling: a share of ", share, " is asked for; ask for more than 0, and at most 1"));
    if (total == 0)
      throw usage_error("random_sampling: the model has no such layers with neurons, so no mutants to draw; choose all layers");
    const std::size_t size = count ? *count : static_cast<std::size_t>(std::llround(share * static_cast<double>(total)));
    if (size == 0 || size > total)
      throw usage_error(detail::text("random_sampling: the sample has ", size, " of ", total, " mutants; ask for 1 to ", total));
    return size;
  }

  /// The mutants drawn, in their order. O(N log N) for N mutants.
  template <class Subject>
  mutant_selection choose(const Subject& subject) const {
    return drawn(subject.mutants(layers));
  }

  /// Draws from mutants.
  std::vector<mutant> drawn(std::span<const mutant> all) const {
    const auto positions = drawn_positions(all);
    std::vector<mutant> chosen;
    for (const std::size_t position : positions) {
      chosen.push_back(all[position]);
      chosen.back().weight = static_cast<double>(all.size()) / static_cast<double>(positions.size());
    }
    return chosen;
  }

  /// The same as ascending positions in `all`.
  std::vector<std::size_t> drawn_positions(std::span<const mutant> all) const {
    const std::size_t size = sample_size(all.size()), total = all.size();
    // The last repetition but one that can be told apart, so that one seed may serve operators and representatives too.
    const random_source source(seed);
    const auto key = [&](std::size_t i) { return source.bits({.element = i, .repeat = std::numeric_limits<std::uint32_t>::max() - 1}); };
    std::vector<std::tuple<std::size_t, std::size_t, std::uint64_t, std::size_t>> listed;  // stratum, key and position
    for (std::size_t i = 0; i < total; ++i)
      listed.emplace_back(is_stratified ? all[i].layer : 0, is_stratified ? all[i].operation : 0, key(i), i);
    std::sort(listed.begin(), listed.end());

    // Of the numbers start + k · total each place of the list has `size` of all size · total, counted over k and start: the same chance.
    std::vector<std::size_t> positions;
    const std::size_t start = static_cast<std::size_t>(key(total) % total);
    for (std::size_t k = 0; k < size; ++k) positions.push_back(std::get<3>(listed[(start + k * total) / size]));
    std::sort(positions.begin(), positions.end());
    return positions;
  }
};

}  // namespace deepmaacc
