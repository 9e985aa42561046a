#pragma once

/// \file
/// The options of `deepmaacc analyze` that choose a method and its settings.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/core/error.hpp>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "layer_options.hpp"
#include "method_plan.hpp"
#include "names.hpp"
#include "numbers.hpp"
#include "options.hpp"
#include "written_policy.hpp"

namespace command_line {

/// The options as they are written; none where one is not given.
struct method_options {
  std::string method = "exhaustive";
  std::optional<std::string> layers;
  std::optional<std::string> neurons_per_cluster, use;                           // of neuron clustering
  std::optional<std::string> threshold, mode;                                    // of mutant clustering
  std::optional<std::string> representative, metric, linkage, scaler, features;  // of both
  std::optional<std::string> sample;                                             // of random sampling
  bool is_unstratified = false;
};

/// \throws usage_error where an option is given that the method does not have.
inline void require_own_options(const method_options& given) {
  static const std::vector<std::string> methods{"exhaustive", "neuron-clustering", "mutant-clustering", "random-sampling"};
  if (std::find(methods.begin(), methods.end(), given.method) == methods.end())
    name_list{"method", "methods", methods}.refuse("--method", given.method);
  struct belonging {
    std::string option;
    bool is_given;
    std::vector<std::string> methods;
  };
  const std::vector<std::string> both{"neuron-clustering", "mutant-clustering"};
  const std::vector<belonging> options{{"--neurons-per-cluster", given.neurons_per_cluster.has_value(), {"neuron-clustering"}},
                                       {"--use", given.use.has_value(), {"neuron-clustering"}},
                                       {"--threshold", given.threshold.has_value(), {"mutant-clustering"}},
                                       {"--mode", given.mode.has_value(), {"mutant-clustering"}},
                                       {"--representative", given.representative.has_value(), both},
                                       {"--metric", given.metric.has_value(), both},
                                       {"--linkage", given.linkage.has_value(), both},
                                       {"--scaler", given.scaler.has_value(), both},
                                       {"--features", given.features.has_value(), both},
                                       {"--sample", given.sample.has_value(), {"random-sampling"}},
                                       {"--unstratified", given.is_unstratified, {"random-sampling"}}};
  for (const auto& one : options) {
    if (!one.is_given || std::find(one.methods.begin(), one.methods.end(), given.method) != one.methods.end()) continue;
    throw deepmaacc::usage_error(one.option + " is an option of " + one.methods.front() +
                                 (one.methods.size() > 1 ? " and " + one.methods.back() : "") + ", not of " + given.method +
                                 "; leave it out, or choose another --method");
  }
}

inline chosen_features parse_features(const std::string& text) {
  namespace feature = deepmaacc::feature;
  const std::string option = "--features";
  const name_list list{"feature",
                       "features",
                       {"incoming-weights", "mutated-weights", "activation-profile[=N]", "outgoing-weights", "neuron-index"},
                       " (several joined by +)"};
  static const auto plain = by_name<chosen_features::map>(feature::incoming_weights{}, feature::mutated_weights{},
                                                          feature::outgoing_weights{}, feature::neuron_index{});
  chosen_features chosen;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t plus = std::min(text.find('+', begin), text.size());
    const written_policy part(option, text.substr(begin, plus - begin));
    begin = plus + 1;
    if (part.name == feature::activation_profile::name()) {
      part.require_numbers(1, list);
      feature::activation_profile profile;
      if (!part.numbers.empty()) profile.inputs = parse_whole_number(option, part.numbers[0]);
      if (profile.inputs == 0) throw deepmaacc::usage_error(option + ": a profile of 0 inputs is asked for; ask for 1 or more");
      chosen.maps.emplace_back(profile);
      continue;
    }
    const auto found = std::find_if(plain.begin(), plain.end(), [&](const auto& one) { return one.first == part.name; });
    if (found == plain.end()) list.refuse(option, part.name);
    part.require_numbers(0, list);
    chosen.maps.push_back(found->second);
  }
  return chosen;
}

inline chosen_representative parse_representative(const std::string& name) {
  namespace representative = deepmaacc::representative;
  return {choose("--representative", name, "representative", "representatives",
                 by_name<decltype(chosen_representative::choice)>(representative::random{}, representative::medoid{},
                                                                  representative::nearest_to_centroid{}))};
}

/// Graph linkages by name; none for any other.
/// \param seed  of random choices within the linkage
inline std::optional<chosen_graph_linkage> parse_graph_linkage(const std::string& text, std::uint64_t seed) {
  namespace linkage = deepmaacc::linkage;
  const written_policy given("--linkage", text);
  const name_list list{"linkage", "graph linkages", {"graph-average", "graph-approximate[=EPSILON]"}};
  if (given.name == linkage::graph_average::name()) {
    given.require_numbers(0, list);
    return chosen_graph_linkage{linkage::graph_average{}};
  }
  if (given.name != linkage::graph_approximate::name()) return std::nullopt;
  given.require_numbers(1, list);
  linkage::graph_approximate chosen;
  chosen.seed = seed;
  chosen.epsilon = given.number().value_or(chosen.epsilon);
  if (!(chosen.epsilon > 0 && chosen.epsilon <= 1e6))
    throw deepmaacc::usage_error(deepmaacc::detail::text(given.option, ": EPSILON of graph-approximate is ", chosen.epsilon,
                                                         ", but must be above 0 and at most 1000000"));
  return chosen_graph_linkage{chosen};
}

/// Policies that both clusterings have, each with the method's own default.
template <class Method>
void set_policies(Method& method, const method_options& given, const std::string& scaler, const std::string& features) {
  method.metric = {parse_metric(given.metric.value_or("euclidean"))};
  method.scaler = {parse_scaler(given.scaler.value_or(scaler))};
  method.feature = parse_features(given.features.value_or(features));
  method.representative = parse_representative(given.representative.value_or("random"));
}

inline neuron_plan plan_neuron_clustering(const method_options& given) {
  neuron_plan plan;
  auto& method = plan.method;
  method.layers = given.layers ? parse_layers(*given.layers) : deepmaacc::population::hidden;
  using deepmaacc::cluster_use;
  method.use = choose_value<cluster_use>("--use", given.use.value_or("joint"), "use of clusters", "uses",
                                         {cluster_use::joint, cluster_use::representative});
  if (method.use == cluster_use::joint && given.representative)
    throw deepmaacc::usage_error(
        "--representative: all neurons of a cluster are mutated together, and none stands for it; add --use representative");
  set_policies(method, given, "min-max", "incoming-weights");
  method.linkage = {parse_linkage(given.linkage.value_or("ward"))};
  require_fitting(method.metric.choice, method.linkage.choice);
  const std::string option = "--neurons-per-cluster";
  plan.neurons_per_cluster = parse_list(option, given.neurons_per_cluster.value_or("3"), parse_whole_number);
  for (const std::size_t size : plan.neurons_per_cluster)
    if (size == 0) throw deepmaacc::usage_error(option + ": clusters of 0 neurons are asked for; ask for 1 or more");
  return plan;
}

template <class Linkage>
mutant_plan<Linkage> plan_mutant_clustering(const method_options& given, Linkage linkage) {
  mutant_plan<Linkage> plan;
  auto& method = plan.method;
  method.layers = given.layers ? parse_layers(*given.layers) : deepmaacc::population::hidden;
  using deepmaacc::similarity_mode;
  method.mode = choose_value<similarity_mode>("--mode", given.mode.value_or("paper"), "mode", "modes",
                                              {similarity_mode::paper, similarity_mode::artifact});
  set_policies(method, given, "none", "mutated-weights");
  method.linkage = std::move(linkage);
  const std::string option = "--threshold";
  plan.thresholds = parse_list(option, given.threshold.value_or("0.6"), parse_number);
  for (const double threshold : plan.thresholds)
    if (!(threshold >= 0 && threshold <= 1))
      throw deepmaacc::usage_error(deepmaacc::detail::text(option, ": ", threshold, " is no similarity, which is from 0 to 1"));
  return plan;
}

/// \param seed  of random choices within a linkage
inline method_plan plan_mutant_clustering(const method_options& given, std::uint64_t seed) {
  const std::string text = given.linkage.value_or("average");
  if (const auto graph = parse_graph_linkage(text, seed)) return plan_mutant_clustering(given, *graph);
  const auto plan = plan_mutant_clustering(given, chosen_linkage{parse_linkage(text, {"graph-average", "graph-approximate[=EPSILON]"})});
  const auto& linkage = plan.method.linkage.choice;
  require_fitting(plan.method.metric.choice, linkage);
  const bool uses_squares =
      std::visit([]<class Rule>(const Rule&) { return deepmaacc::linkage_traits<Rule>::uses_squared_distances; }, linkage.policy);
  if (uses_squares && plan.method.mode == deepmaacc::similarity_mode::artifact)
    throw deepmaacc::usage_error("--linkage: " + linkage.name +
                                 " works on Euclidean distances only, but --mode artifact has similarities; take average, or another rule");
  return plan;
}

inline deepmaacc::random_sampling plan_random_sampling(const method_options& given) {
  deepmaacc::random_sampling method;
  if (given.layers) method.layers = parse_layers(*given.layers);
  method.is_stratified = !given.is_unstratified;
  const std::string option = "--sample", text = given.sample.value_or("5%");
  if (text.ends_with('%')) {
    const double percent = parse_number(option, text.substr(0, text.size() - 1));
    if (!(percent > 0 && percent <= 100))
      throw deepmaacc::usage_error(option + ": " + text + " of the mutants are asked for; ask for more than 0%, and at most 100%");
    method.share = percent / 100;
  } else {
    if (text.find('.') != std::string::npos)
      throw deepmaacc::usage_error(option + ": '" + text + "' is no number of mutants; write a share as per cent, as in 10%");
    method.count = parse_whole_number(option, text);
    if (method.count == 0) throw deepmaacc::usage_error(option + ": 0 mutants are asked for; ask for 1 or more");
  }
  return method;
}

/// The method with its settings. \throws usage_error naming the option that is wrong, or does not belong to the method.
inline method_plan plan_method(const method_options& given, std::uint64_t seed) {
  require_own_options(given);
  if (given.method == "neuron-clustering") return plan_neuron_clustering(given);
  if (given.method == "mutant-clustering") return plan_mutant_clustering(given, seed);
  if (given.method == "random-sampling") return plan_random_sampling(given);
  deepmaacc::exhaustive method;
  if (given.layers) method.layers = parse_layers(*given.layers);
  return method;
}

}  // namespace command_line
