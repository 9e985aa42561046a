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
#include <deepmaacc/mutation/mutant.hpp>
#include <limits>
#include <map>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace deepmaacc {
namespace detail {

/// Shares `count` out over strata in proportion to their sizes, by largest remainders; the lower stratum first on ties. Exact: in whole
/// numbers.
inline std::vector<std::size_t> largest_remainders(std::size_t count, std::span<const std::size_t> sizes) {
  const std::size_t total = std::accumulate(sizes.begin(), sizes.end(), std::size_t{0});
  std::vector<std::size_t> shares(sizes.size()), remainders(sizes.size()), order(sizes.size());
  std::size_t given = 0;
  for (std::size_t s = 0; s < sizes.size(); ++s) {
    shares[s] = count * sizes[s] / total;
    remainders[s] = count * sizes[s] % total;
    given += shares[s];
  }
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return remainders[a] > remainders[b]; });
  for (std::size_t i = 0; i < count - given; ++i) ++shares[order[i]];
  return shares;
}

}  // namespace detail

/// Runs mutants drawn without replacement, each as likely as another. Stratified, each layer and operator gets its share of the sample, and
/// a mutant of it counts for size of the stratum / drawn from it; a stratum whose share rounds to 0 is not spoken for.
struct random_sampling {
  population layers = population::all;  ///< whose mutants are drawn
  double share = 0.05;                  ///< of the mutants that are run; their number is rounded
  std::optional<std::size_t> count{};   ///< mutants that are run; takes the place of `share`
  bool is_stratified = true;            ///< by layer and operator
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

  /// How many of `total` mutants are run. \throws usage_error where it is none or more than there are.
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

  /// The mutants drawn, in the order of the population. O(N log N) for N mutants.
  template <class Subject>
  mutant_selection choose(const Subject& subject) const {
    return drawn(subject.mutants(layers));
  }

  /// Draws from mutants.
  std::vector<mutant> drawn(std::span<const mutant> all) const {
    const auto [positions, weights] = drawn_positions(all);
    std::vector<mutant> chosen;
    for (std::size_t i = 0; i < positions.size(); ++i) {
      chosen.push_back(all[positions[i]]);
      chosen.back().weight = weights[i];
    }
    return chosen;
  }

  /// The same as ascending positions in `all`, and the weight of each.
  std::pair<std::vector<std::size_t>, std::vector<double>> drawn_positions(std::span<const mutant> all) const {
    const std::size_t size = sample_size(all.size());
    std::vector<std::vector<std::size_t>> strata;
    if (is_stratified) {
      std::map<std::pair<std::size_t, std::size_t>, std::vector<std::size_t>> by_site;
      for (std::size_t i = 0; i < all.size(); ++i) by_site[{all[i].layer, all[i].operation}].push_back(i);
      for (auto& [site, positions] : by_site) strata.push_back(std::move(positions));
    } else {
      strata.emplace_back(all.size());
      std::iota(strata[0].begin(), strata[0].end(), std::size_t{0});
    }
    std::vector<std::size_t> sizes;
    for (const auto& stratum : strata) sizes.push_back(stratum.size());
    const std::vector<std::size_t> shares = detail::largest_remainders(size, sizes);

    // The lowest of random keys. The last repetition but one that can be told apart, so that one seed may serve operators and
    // representatives too.
    const random_source source(seed);
    const auto key = [&](std::size_t i) { return source.bits({.element = i, .repeat = std::numeric_limits<std::uint32_t>::max() - 1}); };
    std::vector<std::pair<std::size_t, double>> drawn;
    for (std::size_t s = 0; s < strata.size(); ++s) {
      std::vector<std::pair<std::uint64_t, std::size_t>> keyed;
      for (const std::size_t i : strata[s]) keyed.emplace_back(key(i), i);
      std::sort(keyed.begin(), keyed.end());
      for (std::size_t i = 0; i < shares[s]; ++i)
        drawn.emplace_back(keyed[i].second, static_cast<double>(sizes[s]) / static_cast<double>(shares[s]));
    }
    std::sort(drawn.begin(), drawn.end());
    std::pair<std::vector<std::size_t>, std::vector<double>> parts;
    for (const auto& [position, weight] : drawn) {
      parts.first.push_back(position);
      parts.second.push_back(weight);
    }
    return parts;
  }
};

}  // namespace deepmaacc
