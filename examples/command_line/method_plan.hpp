#pragma once

/// \file
/// What `deepmaacc analyze` is to do, as the library takes it.

#include <cstddef>
#include <deepmaacc/analysis/exhaustive.hpp>
#include <deepmaacc/analysis/mutant_clustering.hpp>
#include <deepmaacc/analysis/neuron_clustering.hpp>
#include <deepmaacc/analysis/random_sampling.hpp>
#include <deepmaacc/evaluation/evaluate.hpp>
#include <deepmaacc/evaluation/kill_rules.hpp>
#include <deepmaacc/io/preparation.hpp>
#include <deepmaacc/mutation/operators.hpp>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "chosen_policies.hpp"

namespace command_line {

/// Neuron clustering, once for each size.
struct neuron_plan {
  deepmaacc::neuron_clustering<chosen_metric, chosen_linkage, chosen_scaler, chosen_features, deepmaacc::cut_rule::share,
                               chosen_representative>
      method;
  std::vector<std::size_t> neurons_per_cluster;
};

/// Mutant clustering, once for each threshold.
template <class Linkage>
struct mutant_plan {
  deepmaacc::mutant_clustering<chosen_metric, Linkage, chosen_scaler, chosen_features, deepmaacc::cut_rule::share, chosen_representative>
      method;
  std::vector<double> thresholds;
};

/// The method, with all the settings that it is to run with.
using method_plan = std::variant<deepmaacc::exhaustive, neuron_plan, mutant_plan<chosen_linkage>, mutant_plan<chosen_graph_linkage>,
                                 deepmaacc::random_sampling>;

/// An analysis.
struct analysis_plan {
  std::string model, images;
  std::optional<std::string> labels;
  deepmaacc::io::preparation steps;
  std::optional<std::size_t> limit_inputs;
  method_plan method;
  deepmaacc::shipped_operators operators;
  deepmaacc::kill_criteria<deepmaacc::shipped_kill_rules> rules;
  deepmaacc::evaluation_options how;
  std::size_t repeats = 1;                 ///< of a method that makes random choices
  bool is_timed_alone = false;             ///< whether every run evaluates by itself
  bool is_compared = false;                ///< with exhaustive, and with random samples
  std::optional<std::string> kill_matrix;  ///< the file for kills by input
};

/// Whether a method makes random choices of its own. Random operators are none of them: they are the same in every run.
inline bool is_random(const method_plan& plan) {
  struct {
    bool operator()(const deepmaacc::exhaustive&) const { return false; }
    bool operator()(const deepmaacc::random_sampling&) const { return true; }
    bool operator()(const neuron_plan& one) const {
      return one.method.use == deepmaacc::cluster_use::representative && one.method.representative.is_random();
    }
    bool operator()(const mutant_plan<chosen_linkage>& one) const { return one.method.representative.is_random(); }
    bool operator()(const mutant_plan<chosen_graph_linkage>& one) const { return one.method.representative.is_random(); }
  } random;
  return std::visit(random, plan);
}

/// How many runs a plan has, without those that it is compared with.
inline std::size_t count_runs(const analysis_plan& plan) {
  struct {
    std::size_t operator()(const deepmaacc::exhaustive&) const { return 1; }
    std::size_t operator()(const deepmaacc::random_sampling&) const { return 1; }
    std::size_t operator()(const neuron_plan& one) const { return one.neurons_per_cluster.size(); }
    std::size_t operator()(const mutant_plan<chosen_linkage>& one) const { return one.thresholds.size(); }
    std::size_t operator()(const mutant_plan<chosen_graph_linkage>& one) const { return one.thresholds.size(); }
  } settings;
  return std::visit(settings, plan.method) * (is_random(plan.method) ? plan.repeats : 1);
}

}  // namespace command_line
