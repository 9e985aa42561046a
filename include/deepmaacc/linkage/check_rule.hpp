#pragma once

/// \file
/// Looks for what refutes a linkage rule's laws and traits, so that an author learns of a wrong one before a wrong tree does.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/concepts/linkage_rule.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/philox.hpp>
#include <optional>
#include <ostream>
#include <string>

namespace deepmaacc {

/// Three clusters that break a law. Prints itself.
struct linkage_counterexample {
  std::string law;                                  ///< what should hold
  double size_i = 0, size_j = 0, size_k = 0;        ///< the clusters' sizes
  double d_ij = 0, d_ik = 0, d_jk = 0, merged = 0;  ///< distances before the merge of i and j, and what the rule gives for (i ∪ j, k)
};

inline std::ostream& operator<<(std::ostream& out, const linkage_counterexample& found) {
  return out << detail::text(found.law, ", but sizes ", found.size_i, ", ", found.size_j, ", ", found.size_k, " with d_ij = ", found.d_ij,
                             ", d_ik = ", found.d_ik, ", d_jk = ", found.d_jk, " give ", found.merged);
}

namespace detail {

/// Calls `is_broken(example)` for `tries` merges of the nearest of three clusters, until one is: sizes from 1, distances that often tie.
/// They are those of an actual triangle; for a rule on squared distances, of squared lengths.
template <class Rule, class IsBroken>
std::optional<linkage_counterexample> refute(const Rule& rule, const char* law, std::size_t tries, std::uint64_t seed,
                                             const IsBroken& is_broken) {
  const random_source random(seed);
  for (std::size_t t = 0; t < tries; ++t) {
    const auto uniform = [&](std::size_t element) { return static_cast<double>(random.bits({0, t, element, 0}) >> 11) * 0x1p-53; };
    const auto size = [&](std::size_t element) { return t % 4 == 0 ? 1 : std::floor(std::exp(7 * uniform(element))); };
    linkage_counterexample one{law, size(0), size(1), size(2)};
    one.d_ij = std::exp(4 * uniform(3) - 2);
    // The other two are no shorter, and obey the triangle inequality; each is as short as it may be every third time.
    one.d_ik = one.d_ij * (t % 3 == 0 ? 1 : 1 + 2 * uniform(4));
    one.d_jk = t % 3 == 1 ? one.d_ik : std::max(one.d_ij, one.d_ik + one.d_ij * (2 * uniform(5) - 1));
    if (linkage_traits<Rule>::uses_squared_distances) one.d_ij *= one.d_ij, one.d_ik *= one.d_ik, one.d_jk *= one.d_jk;
    one.merged = static_cast<double>(rule.merge(one.size_i, one.size_j, one.d_ij)(one.d_ik, one.d_jk, one.size_k));
    if (is_broken(one)) return one;
  }
  return std::nullopt;
}

constexpr double linkage_slack = 1e-9;  // rounding breaks no law

}  // namespace detail

/// Tries to refute that a rule is symmetric, finite and not negative.
/// \returns what refutes it, or nothing
template <LinkageRule Rule>
std::optional<linkage_counterexample> check_symmetric(const Rule& rule, std::size_t tries = 10000, std::uint64_t seed = 0) {
  return detail::refute(
      rule, "a merge must be the same for (i, j) and (j, i), finite, and not negative", tries, seed, [&](const auto& one) {
        const auto swapped = static_cast<double>(rule.merge(one.size_j, one.size_i, one.d_ij)(one.d_jk, one.d_ik, one.size_k));
        return !std::isfinite(one.merged) || one.merged < -detail::linkage_slack * (one.d_ik + one.d_jk) ||
               std::abs(swapped - one.merged) > detail::linkage_slack * std::abs(one.merged);
      });
}

/// Tries to refute that a rule is reducible: d(i ∪ j, k) ≥ min(d_ik, d_jk).
/// \returns what refutes it, or nothing
template <LinkageRule Rule>
std::optional<linkage_counterexample> check_reducible(const Rule& rule, std::size_t tries = 10000, std::uint64_t seed = 0) {
  return detail::refute(rule, "a reducible merge must be no nearer to k than the nearer of i and j", tries, seed,
                        [](const auto& one) { return !(one.merged >= std::min(one.d_ik, one.d_jk) * (1 - detail::linkage_slack)); });
}

/// Tries to refute that two merges may change places, as a reducible rule promises: that d(i ∪ j, k ∪ l) is the same whichever pair
/// merged first. The example that is returned is the second of the two merges, of k and l, as seen from i ∪ j.
/// \returns what refutes it, or nothing
template <LinkageRule Rule>
std::optional<linkage_counterexample> check_order(const Rule& rule, std::size_t tries = 10000, std::uint64_t seed = 0) {
  const char* const law = "a reducible rule must give two merges the same distance, whichever came first";
  return detail::refute(rule, law, tries, seed, [&](linkage_counterexample& one) {
    const auto merged = [&](double size_i, double size_j, double d_ij, double d_ik, double d_jk, double size_k) {
      return static_cast<double>(rule.merge(size_i, size_j, d_ij)(d_ik, d_jk, size_k));
    };
    // l is as large as j, and nearer to k than i is to j: both pairs are each other's nearest.
    const auto [name, i, j, k, ij, ik, jk, unused] = one;
    const double l = j, kl = ij / 2, il = jk, jl = ik;
    one = {law, k, l, i + j, kl, merged(i, j, ij, ik, jk, k), merged(i, j, ij, il, jl, l)};
    one.merged = merged(k, l, kl, one.d_ik, one.d_jk, i + j);
    const double other = merged(i, j, ij, merged(k, l, kl, ik, il, i), merged(k, l, kl, jk, jl, j), k + l);
    return !(std::abs(one.merged - other) <= detail::linkage_slack * std::max(std::abs(one.merged), std::abs(other)));
  });
}

/// Tries to refute that a rule is monotone: d(i ∪ j, k) ≥ d_ij.
/// \returns what refutes it, or nothing
template <LinkageRule Rule>
std::optional<linkage_counterexample> check_monotone(const Rule& rule, std::size_t tries = 10000, std::uint64_t seed = 0) {
  return detail::refute(rule, "a monotone merge must be no nearer to k than i was to j", tries, seed,
                        [](const auto& one) { return !(one.merged >= one.d_ij * (1 - detail::linkage_slack)); });
}

/// Tries to refute that a rule takes the nearest members: d(i ∪ j, k) = min(d_ik, d_jk).
/// \returns what refutes it, or nothing
template <LinkageRule Rule>
std::optional<linkage_counterexample> check_nearest_member(const Rule& rule, std::size_t tries = 10000, std::uint64_t seed = 0) {
  return detail::refute(rule, "a merge of nearest members must be as near to k as the nearer of i and j", tries, seed, [](const auto& one) {
    const double nearer = std::min(one.d_ik, one.d_jk);
    return !(std::abs(one.merged - nearer) <= detail::linkage_slack * nearer);
  });
}

/// Tries to refute that a geometric rule tells from centroids what its recurrence gives.
/// \returns what refutes it, or nothing
template <GeometricRule Rule>
std::optional<linkage_counterexample> check_geometric(const Rule& rule, std::size_t tries = 10000, std::uint64_t seed = 0) {
  return detail::refute(rule, "between() of the centroids must be what merge() gives", tries, seed, [&](linkage_counterexample one) {
    // Centroids i at the origin, j on an axis, k in their plane, with the three squared lengths; `between` weighs them by size.
    const double ij = one.d_ij, ik = one.d_ik, jk = one.d_jk, x = (ik - jk + ij) / (2 * std::sqrt(ij));
    const auto apart = [&](double a, double b, double squared) { return static_cast<double>(rule.between(a, b, squared)); };
    const auto merged = static_cast<double>(rule.merge(one.size_i, one.size_j, apart(one.size_i, one.size_j, ij))(
        apart(one.size_i, one.size_k, ik), apart(one.size_j, one.size_k, jk), one.size_k));
    const double at = (1 - static_cast<double>(rule.share(one.size_i, one.size_j))) * std::sqrt(ij);
    const double expected = apart(one.size_i + one.size_j, one.size_k, (x - at) * (x - at) + std::max(0.0, ik - x * x));
    return !(std::abs(merged - expected) <= 1e3 * detail::linkage_slack * std::max(std::abs(merged), std::abs(expected)));
  });
}

/// Tries to refute everything that a rule says of itself, by its traits and by being a linkage rule. Run it once in a test of your rule.
/// A rule that passes may still be wrong; one that does not is.
/// \param tries  random merges for each law
/// \returns what refutes the rule, or nothing
template <class Rule>
std::optional<linkage_counterexample> check_rule(const Rule& rule, std::size_t tries = 10000, std::uint64_t seed = 0) {
  check_linkage_rule<Rule>();
  std::optional<linkage_counterexample> found;
  if constexpr (LinkageRule<Rule>) {
    using traits = linkage_traits<Rule>;
    found = check_symmetric(rule, tries, seed);
    if (!found && traits::is_reducible) found = check_reducible(rule, tries, seed);
    if (!found && traits::is_reducible) found = check_order(rule, tries, seed);
    if (!found && traits::is_monotone) found = check_monotone(rule, tries, seed);
    if (!found && traits::is_nearest_member) found = check_nearest_member(rule, tries, seed);
    if constexpr (GeometricRule<Rule>)
      if (!found) found = check_geometric(rule, tries, seed);
  }
  return found;
}

}  // namespace deepmaacc
