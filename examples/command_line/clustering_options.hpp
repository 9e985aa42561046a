#pragma once

/// \file
/// Names of metrics, linkage rules and scalers, as objects of the library.

#include <deepmaacc/clustering/scalers.hpp>
#include <deepmaacc/concepts/distance_metric.hpp>
#include <deepmaacc/concepts/linkage_rule.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/distance/metrics.hpp>
#include <deepmaacc/linkage/rules.hpp>
#include <locale>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <variant>

#include "numbers.hpp"

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
    std::ostringstream out;
    out.imbue(std::locale::classic());
    out << name;
    for (const auto& [key, value] : parameters) out << '=' << value;
    return out.str();
  }
};

/// A name, and the number behind "=" where there is one.
struct named_number {
  std::string name;
  std::optional<double> number;

  named_number(const std::string& option, const std::string& text) : name(text.substr(0, text.find('='))) {
    if (name.size() < text.size()) number = parse_number(option, text.substr(name.size() + 1));
  }
};

/// \param others  names that the caller understands beside these, for the error
inline named<metric_choice> parse_metric(const std::string& text, const std::string& others = "") {
  namespace distance = deepmaacc::distance;
  const std::string option = "--metric",
                    list =
                        "; metrics: euclidean, squared-euclidean, cosine, correlation, manhattan, chebyshev, minkowski[=P], hamming, "
                        "canberra, braycurtis" +
                        others;
  const named_number given(option, text);
  if (given.name == "minkowski") {
    const auto metric = given.number ? distance::minkowski(*given.number) : distance::minkowski();
    return {given.name, {{"p", metric.p()}}, metric};
  }
  static const std::map<std::string, metric_choice> plain{
      {"euclidean", distance::euclidean{}},  {"squared-euclidean", distance::squared_euclidean{}},
      {"cosine", distance::cosine{}},        {"correlation", distance::correlation{}},
      {"manhattan", distance::manhattan{}},  {"chebyshev", distance::chebyshev{}},
      {"hamming", distance::hamming{}},      {"canberra", distance::canberra{}},
      {"braycurtis", distance::braycurtis{}}};
  const auto found = plain.find(given.name);
  if (found == plain.end()) throw deepmaacc::usage_error(option + ": '" + given.name + "' is no metric" + list);
  if (given.number) throw deepmaacc::usage_error(option + ": " + given.name + " takes no number" + list);
  return {given.name, {}, found->second};
}

/// \param others  names that the caller understands beside these, for the error
inline named<linkage_choice> parse_linkage(const std::string& text, const std::string& others = "") {
  namespace linkage = deepmaacc::linkage;
  const std::string option = "--linkage",
                    list = "; rules: single, complete, average, weighted, ward, centroid, median, flexible[=BETA]" + others;
  const named_number given(option, text);
  if (given.name == "flexible") {
    const double beta = given.number.value_or(linkage::flexible{}.beta);
    // Lance and Williams' range; with α = (1 − β)/2 the recurrence keeps the scale of the distances.
    if (!(beta >= -1 && beta < 1))
      throw deepmaacc::usage_error(deepmaacc::detail::text(option, ": BETA of flexible is ", beta, ", but must be from -1 to below 1"));
    return {given.name, {{"beta", beta}}, linkage::flexible{.alpha = (1 - beta) / 2, .beta = beta}};
  }
  static const std::map<std::string, linkage_choice> plain{
      {"single", linkage::single{}}, {"complete", linkage::complete{}}, {"average", linkage::average{}}, {"weighted", linkage::weighted{}},
      {"ward", linkage::ward{}},     {"centroid", linkage::centroid{}}, {"median", linkage::median{}}};
  const auto found = plain.find(given.name);
  if (found == plain.end()) throw deepmaacc::usage_error(option + ": '" + given.name + "' is no linkage rule" + list);
  if (given.number) throw deepmaacc::usage_error(option + ": " + given.name + " takes no number" + list);
  return {given.name, {}, found->second};
}

inline named<scaler_choice> parse_scaler(const std::string& name) {
  if (name == "none") return {name, {}, deepmaacc::scaler::none{}};
  if (name == "min-max") return {name, {}, deepmaacc::scaler::min_max{}};
  if (name == "standard") return {name, {}, deepmaacc::scaler::standard{}};
  throw deepmaacc::usage_error("--scaler: '" + name + "' is no scaler; scalers: none, min-max, standard");
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
