#pragma once

/// \file
/// Names of metrics, linkage rules and scalers, as objects of the library.

#include <deepmaacc/clustering/scalers.hpp>
#include <deepmaacc/concepts/distance_metric.hpp>
#include <deepmaacc/concepts/linkage_rule.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/number_text.hpp>
#include <deepmaacc/distance/metrics.hpp>
#include <deepmaacc/linkage/rules.hpp>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "names.hpp"
#include "written_policy.hpp"

namespace command_line {

using metric_choice = std::variant<deepmaacc::distance::euclidean, deepmaacc::distance::squared_euclidean, deepmaacc::distance::cosine,
                                   deepmaacc::distance::correlation, deepmaacc::distance::manhattan, deepmaacc::distance::chebyshev,
                                   deepmaacc::distance::minkowski, deepmaacc::distance::hamming, deepmaacc::distance::canberra,
                                   deepmaacc::distance::braycurtis>;
using linkage_choice =
    std::variant<deepmaacc::linkage::single, deepmaacc::linkage::complete, deepmaacc::linkage::average, deepmaacc::linkage::weighted,
                 deepmaacc::linkage::ward, deepmaacc::linkage::centroid, deepmaacc::linkage::median, deepmaacc::linkage::flexible>;
using scaler_choice = std::variant<deepmaacc::scaler::none, deepmaacc::scaler::min_max, deepmaacc::scaler::standard>;

/// A policy with the name that the command gives it, and its numbers.
template <class Choice>
struct named {
  std::string name;
  std::map<std::string, double> parameters;
  Choice policy;

  /// "average", "minkowski=3": what the command reads for it.
  std::string text() const {
    std::string all = name;
    for (const auto& [key, value] : parameters) all += "=" + deepmaacc::number_text(value);
    return all;
  }
};

/// Policies by their own names.
template <class Choice, class... Policies>
std::vector<std::pair<std::string, Choice>> by_name(const Policies&... policies) {
  return {{policies.name(), policies}...};
}

/// The policy of a name that takes no number. \param others  names that the caller understands beside these, for the error
template <class Choice>
named<Choice> plain_policy(const written_policy& given, const std::vector<std::pair<std::string, Choice>>& all, name_list list,
                           const std::vector<std::string>& others) {
  for (const auto& one : all) list.names.push_back(one.first);
  list.names.insert(list.names.end(), others.begin(), others.end());
  for (const auto& [name, policy] : all) {
    if (name != given.name) continue;
    given.require_numbers(0, list);
    return {name, {}, policy};
  }
  list.refuse(given.option, given.name);
}

/// \param others  names that the caller understands beside these, for the error
inline named<metric_choice> parse_metric(const std::string& text, std::vector<std::string> others = {}) {
  namespace distance = deepmaacc::distance;
  written_policy given("--metric", text);
  if (given.name == "cityblock") given.name = distance::manhattan::name();  // as SciPy has it
  if (given.name == "sqeuclidean") given.name = distance::squared_euclidean::name();
  const name_list list{"metric", "metrics", {}};
  if (given.name == distance::minkowski::name()) {
    given.require_numbers(1, list);
    const auto p = given.number();
    if (p && !(*p >= 1 && *p <= 1e300))
      throw deepmaacc::usage_error(
          deepmaacc::detail::text(given.option, ": P of minkowski is ", *p, ", but must be at least 1 and finite"));
    const auto metric = p ? distance::minkowski(*p) : distance::minkowski();
    return {given.name, {{"p", metric.p()}}, metric};
  }
  static const auto plain = by_name<metric_choice>(distance::euclidean{}, distance::squared_euclidean{}, distance::cosine{},
                                                   distance::correlation{}, distance::manhattan{}, distance::chebyshev{},
                                                   distance::hamming{}, distance::canberra{}, distance::braycurtis{});
  others.insert(others.begin(), "minkowski[=P]");
  return plain_policy(given, plain, list, others);
}

/// \param others  names that the caller understands beside these, for the error
inline named<linkage_choice> parse_linkage(const std::string& text, std::vector<std::string> others = {}) {
  namespace linkage = deepmaacc::linkage;
  const written_policy given("--linkage", text);
  const name_list list{"linkage rule", "rules", {}};
  if (given.name == linkage::flexible::name()) {
    given.require_numbers(1, list);
    const double beta = given.number().value_or(linkage::flexible{}.beta);
    // Lance and Williams' range; with α = (1 − β)/2 the recurrence keeps the scale of the distances.
    if (!(beta >= -1 && beta < 1))
      throw deepmaacc::usage_error(
          deepmaacc::detail::text(given.option, ": BETA of flexible is ", beta, ", but must be from -1 to below 1"));
    return {given.name, {{"beta", beta}}, linkage::flexible{.alpha = (1 - beta) / 2, .beta = beta}};
  }
  static const auto plain = by_name<linkage_choice>(linkage::single{}, linkage::complete{}, linkage::average{}, linkage::weighted{},
                                                    linkage::ward{}, linkage::centroid{}, linkage::median{});
  others.insert(others.begin(), "flexible[=BETA]");
  return plain_policy(given, plain, list, others);
}

inline named<scaler_choice> parse_scaler(const std::string& text) {
  namespace scaler = deepmaacc::scaler;
  static const auto plain = by_name<scaler_choice>(scaler::none{}, scaler::min_max{}, scaler::standard{});
  return plain_policy(written_policy("--scaler", text), plain, {"scaler", "scalers", {}}, {});
}

/// Whether a rule makes sense with the distances of a metric.
template <class Rule, class Metric>
inline constexpr bool fit_each_other = !deepmaacc::linkage_traits<Rule>::uses_squared_distances || deepmaacc::is_euclidean<Metric>;

/// \throws usage_error where the linkage rule needs Euclidean distances and the metric gives others.
inline void require_fitting(const named<metric_choice>& metric, const named<linkage_choice>& linkage) {
  std::visit(
      [&]<class Metric, class Rule>(const Metric&, const Rule&) {
        if (!fit_each_other<Rule, Metric>)
          throw deepmaacc::usage_error("--linkage: " + linkage.name + " works on Euclidean distances only, not on " + metric.name +
                                       " ones; take --metric euclidean, or another linkage rule");
      },
      metric.policy, linkage.policy);
}

}  // namespace command_line
