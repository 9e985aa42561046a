#pragma once

/// \file
/// The whole toolkit, but for reading files (`io/`), writing reports (`report/`), what includes Boost.Graph
/// (`model/program_graph.hpp`, `clustering/connectivity.hpp`, `graph_….hpp`, `similarity_linkages.hpp`, `dendrogram_graph.hpp`,
/// `graphviz.hpp`), and Boost.Math (`analysis/repeats.hpp`).

#include <deepmaacc/analysis/analyze.hpp>
#include <deepmaacc/analysis/analyze_program.hpp>
#include <deepmaacc/analysis/compare.hpp>
#include <deepmaacc/analysis/compiled_network.hpp>
#include <deepmaacc/analysis/features.hpp>
#include <deepmaacc/analysis/mutant_clustering.hpp>
#include <deepmaacc/analysis/neuron_clustering.hpp>
#include <deepmaacc/analysis/random_sampling.hpp>
#include <deepmaacc/analysis/study.hpp>
#include <deepmaacc/clustering/agglomerate.hpp>
#include <deepmaacc/clustering/best_cut.hpp>
#include <deepmaacc/clustering/cluster.hpp>
#include <deepmaacc/clustering/clusterers.hpp>
#include <deepmaacc/clustering/cophenetic.hpp>
#include <deepmaacc/clustering/cut.hpp>
#include <deepmaacc/clustering/cut_rules.hpp>
#include <deepmaacc/clustering/dendrogram.hpp>
#include <deepmaacc/clustering/inconsistency.hpp>
#include <deepmaacc/clustering/label_agreement.hpp>
#include <deepmaacc/clustering/leaf_order.hpp>
#include <deepmaacc/clustering/newick.hpp>
#include <deepmaacc/clustering/optimal_leaf_order.hpp>
#include <deepmaacc/clustering/quality.hpp>
#include <deepmaacc/clustering/representatives.hpp>
#include <deepmaacc/clustering/scalers.hpp>
#include <deepmaacc/concepts/analysis_method.hpp>
#include <deepmaacc/concepts/clusterer.hpp>
#include <deepmaacc/concepts/execution_space.hpp>
#include <deepmaacc/concepts/feature_map.hpp>
#include <deepmaacc/concepts/kill_rule.hpp>
#include <deepmaacc/concepts/model_adapter.hpp>
#include <deepmaacc/concepts/mutation_operator.hpp>
#include <deepmaacc/concepts/precision.hpp>
#include <deepmaacc/concepts/weight_storage.hpp>
#include <deepmaacc/core/version.hpp>
#include <deepmaacc/distance/check_metric.hpp>
#include <deepmaacc/distance/distance_range.hpp>
#include <deepmaacc/distance/metrics.hpp>
#include <deepmaacc/distance/pairwise.hpp>
#include <deepmaacc/evaluation/check_adapter.hpp>
#include <deepmaacc/linkage/check_rule.hpp>
#include <deepmaacc/linkage/rules.hpp>
#include <deepmaacc/model/program_builder.hpp>
#include <deepmaacc/network/network.hpp>
#include <deepmaacc/storage/precision.hpp>
