#include "cluster.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <deepmaacc/clustering/cut.hpp>
#include <deepmaacc/clustering/cut_rules.hpp>
#include <deepmaacc/clustering/graphviz.hpp>
#include <deepmaacc/clustering/newick.hpp>
#include <deepmaacc/clustering/scalers.hpp>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/core/progress.hpp>
#include <deepmaacc/distance/distance_matrix.hpp>
#include <deepmaacc/io/array.hpp>
#include <deepmaacc/io/npy_writer.hpp>
#include <iostream>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include "cluster_points.hpp"
#include "cluster_report.hpp"
#include "clustering_options.hpp"
#include "environment.hpp"
#include "numbers.hpp"
#include "outputs.hpp"
#include "points_file.hpp"
#include "progress_line.hpp"
#include "running_kokkos.hpp"

namespace command_line {
namespace {

namespace dm = deepmaacc;

/// The options as they are written.
struct cluster_options {
  std::string points;
  std::string metric = "euclidean", linkage = "average", scaler = "none", precision = "float64", memory_limit = "8G";
  std::optional<std::size_t> clusters;
  std::optional<std::string> height;
  std::optional<std::string> linkage_matrix, labels, dot, newick, json;
  int threads = 0;
  bool quiet = false;
};

/// The options as the library takes them.
struct plan {
  bool has_distances = false;  ///< whether the file holds distances, which are taken for Euclidean ones
  named<metric_choice> metric;
  named<linkage_choice> linkage;
  named<scaler_choice> scaler;
  std::optional<std::size_t> clusters;
  std::optional<double> height;
};

template <class T>
constexpr const char* precision_name = std::is_same_v<T, float> ? "float32" : "float64";

/// Reads the points, scales and clusters them in one precision; what it finds goes to the report.
template <class T>
dm::dendrogram cluster(const std::string& place, const plan& how, const dm::agglomerate_options& options, cluster_report& report) {
  const dm::stopwatch loading;
  auto points = read_points<T>(place, how.has_distances);
  report.points = count_points(points.extents);
  if (!how.has_distances) report.dimensions = points.extents[1];
  report.load_seconds = loading.seconds();
  if (how.clusters && *how.clusters > report.points && report.points > 0)
    throw dm::data_error(dm::detail::text(place, ": ", *how.clusters, " clusters are asked for, but there are only ", report.points,
                                          " points; ask for at most that many"));
  try {
    const dm::stopwatch scaling;
    std::visit(
        [&]<class Scaler>(const Scaler& scaler) {
          if constexpr (!std::is_same_v<Scaler, dm::scaler::none>) {
            const auto scaled = dm::scaled(dm::matrix<const T>(points.values.data(), points.extents[0], points.extents[1]), scaler);
            std::copy_n(scaled.data(), points.values.size(), points.values.begin());
          }
        },
        how.scaler.policy);
    report.scale_seconds = scaling.seconds();
    const dm::stopwatch clustering;
    const bool is_matrix = points.extents.size() == 2;
    const dm::matrix<const T> rows(points.values.data(), points.extents.at(0), is_matrix ? points.extents[1] : 1);
    const auto from = [&](const auto& distances) {
      return cluster_distances(dm::distance::precomputed<T>(distances), how.linkage.policy, options);
    };
    using condensed = Kokkos::View<const T*, Kokkos::HostSpace, Kokkos::MemoryTraits<Kokkos::Unmanaged>>;
    dm::dendrogram tree = !how.has_distances ? cluster_points(rows, how.metric.policy, how.linkage.policy, options)
                          : is_matrix        ? from(rows)
                                             : from(condensed(points.values.data(), points.values.size()));
    report.cluster_seconds = clustering.seconds();
    return tree;
  } catch (const dm::memory_limit_error& fault) {
    const std::size_t as_float = dm::distance_matrix_bytes<float>(report.points);
    throw dm::usage_error(
        limit_text(fault) + (std::is_same_v<T, double> && as_float <= fault.limit() ? ", or take --precision float32, which fits" : "") +
        (how.has_distances
             ? ""
             : ", or for " + how.linkage.text() + " a linkage rule that needs no distances: single, ward, centroid or median"));
  } catch (const dm::overflow_error&) {
    throw dm::data_error(place + ": distances by linkage " + how.linkage.text() + " grow beyond what " + precision_name<T> +
                         " can hold; scale the numbers in the file" + (std::is_same_v<T, float> ? ", or take --precision float64" : ""));
  } catch (const dm::data_error& fault) {  // the library does not know where the points are from
    throw dm::data_error(place + ": " + fault.what());
  } catch (const std::bad_alloc&) {
    throw std::runtime_error(dm::detail::text("there is not enough memory to cluster the ", report.points, " points of ", place));
  }
}

/// Cuts the tree. \returns the cluster of each point; where the cut lies and the clusters' sizes go to the report.
template <class Rule>
std::vector<std::size_t> cut_into(const dm::dendrogram& tree, const Rule& rule, cluster_report& report) {
  const std::vector<bool> holds = rule(tree);
  report.merges = tree.merges().size();
  for (std::size_t m = 0; m < holds.size(); ++m) {
    const double height = tree.merges()[m].height;
    report.lowest = std::min(report.lowest.value_or(height), height);
    report.highest = std::max(report.highest.value_or(height), height);
    if (holds[m])
      report.below_cut = std::max(report.below_cut.value_or(height), height);
    else
      report.above_cut = std::min(report.above_cut.value_or(height), height);
  }
  auto labels = dm::cut(tree, rule);
  for (const auto& leaves : dm::members(labels)) report.sizes.push_back(leaves.size());
  return labels;
}

void run(const cluster_options& options) {
  const dm::stopwatch total;
  // Everything that can be wrong with the options is found before a file is read.
  const bool has_distances = options.metric == "precomputed";
  const auto metric =
      has_distances ? named<metric_choice>{options.metric, {}, dm::distance::euclidean{}} : parse_metric(options.metric, {"precomputed"});
  plan how{has_distances, metric, parse_linkage(options.linkage), parse_scaler(options.scaler), options.clusters, {}};
  require_fitting(how.metric, how.linkage);
  if (has_distances && options.scaler != "none")
    throw dm::usage_error("--scaler: distances are not scaled, points are; leave it out with --metric precomputed");
  using clustering = dm::dendrogram (*)(const std::string&, const plan&, const dm::agglomerate_options&, cluster_report&);
  const auto cluster_in = choose<clustering>("--precision", options.precision, "precision", "precisions",
                                             {{"float32", cluster<float>}, {"float64", cluster<double>}});
  if (options.height) how.height = parse_number("--height", *options.height);
  if (how.height && !std::isfinite(*how.height)) throw dm::usage_error("--height: '" + *options.height + "' is no finite number");
  if (how.clusters && *how.clusters == 0) throw dm::usage_error("--clusters: 0 clusters are asked for; ask for 1 or more");
  if (how.clusters.has_value() == how.height.has_value())
    throw dm::usage_error("say where to cut by one of --clusters and --height; --help lists the options");
  dm::agglomerate_options settings{.memory_limit = parse_bytes("--memory-limit", options.memory_limit)};

  std::optional<dm::dendrogram> tree;
  std::vector<std::size_t> labels;
  cluster_report report;
  dm::stopwatch writing;
  outputs written;
  written.add("--linkage-matrix", options.linkage_matrix, [&](std::ostream& out) { dm::io::write_npy(out, tree->linkage_matrix()); });
  written.add("--labels", options.labels, [&](std::ostream& out) { dm::io::write_npy(out, labels); });
  written.add("--dot", options.dot, [&](std::ostream& out) { dm::write_graphviz(out, *tree); });
  written.add("--newick", options.newick, [&](std::ostream& out) { dm::write_newick(out, *tree); });
  const auto tell_seconds = [&] {
    report.write_seconds = writing.seconds();
    report.total_seconds = total.seconds();
  };
  // The last one: it tells how long the others took.
  written.add("--json", options.json, [&](std::ostream& out) {
    tell_seconds();
    write_json(out, report);
  });
  written.check({{"the points", options.points}});

  const running_kokkos kokkos(options.threads);
  using space = Kokkos::DefaultHostExecutionSpace;

  report.points_file = options.points;
  report.metric = how.metric.name;
  report.metric_parameters = how.metric.parameters;
  report.linkage = how.linkage.name;
  report.linkage_parameters = how.linkage.parameters;
  report.scaler = how.scaler.name;
  report.precision = options.precision;
  report.cut_clusters = how.clusters;
  report.cut_height = how.height;
  report.threads = space{}.concurrency();
  report.execution_space = space::name();
  {
    progress_line line(!options.quiet);
    settings.observer = line.observer();
    tree = cluster_in(options.points, how, settings, report);
  }
  labels = how.clusters ? cut_into(*tree, dm::cut_rule::count{.clusters = *how.clusters}, report)
                        : cut_into(*tree, dm::cut_rule::height{.height = *how.height}, report);

  writing = dm::stopwatch();
  written.write();
  tell_seconds();
  if (!options.quiet && !written.has_stdout()) write_summary(std::cout, report);
}

}  // namespace

void add_cluster(CLI::App& app) {
  auto options = std::make_shared<cluster_options>();
  CLI::App* command = app.add_subcommand("cluster", "Hierarchical clustering of points");
  command
      ->add_option("POINTS", options->points,
                   "a matrix, one row per point: NPY, NPZ or IDX, plain or gzip; FILE:ARRAY for an array of an NPZ file")
      ->type_name("FILE[:ARRAY]")
      ->required();

  const auto clustering = "How points become clusters";
  command
      ->add_option(
          "--metric", options->metric,
          "euclidean, squared-euclidean, cosine, correlation, manhattan, chebyshev, minkowski[=P], hamming, canberra, braycurtis, or "
          "precomputed: POINTS holds the distances, as a square matrix or condensed as SciPy does")
      ->type_name("NAME")
      ->capture_default_str()
      ->group(clustering);
  command
      ->add_option("--linkage", options->linkage,
                   "single, complete, average, weighted, flexible[=BETA]; with euclidean or precomputed also ward, centroid, median")
      ->type_name("NAME")
      ->capture_default_str()
      ->group(clustering);
  command
      ->add_option("--scaler", options->scaler,
                   "what is done to each column first: none, min-max (to [0, 1]) or standard (mean 0, deviation 1)")
      ->type_name("NAME")
      ->capture_default_str()
      ->group(clustering);
  command->add_option("--clusters", options->clusters, "cut into K clusters; this or --height is required")
      ->type_name("K")
      ->check(whole_number)
      ->group(clustering);
  command->add_option("--height", options->height, "cut so that no merge within a cluster is higher than H")
      ->type_name("H")
      ->group(clustering);

  const auto running = "How it runs";
  command->add_option("--precision", options->precision, "float64, or float32: half the memory")
      ->type_name("NAME")
      ->capture_default_str()
      ->group(running);
  command
      ->add_option("--memory-limit", options->memory_limit,
                   "for distances, in bytes or with K, M, G or T behind; a rule that can do without them does where they are more")
      ->type_name("SIZE")
      ->capture_default_str()
      ->group(running);
  command->add_option("--threads", options->threads, "host threads (default: as Kokkos chooses)")
      ->type_name("N")
      ->check(CLI::Range(1, most_threads))
      ->group(running);

  const auto output = "What is written; - for the standard output, for one of them";
  const auto add_output = [&](const std::string& name, std::optional<std::string>& place, const std::string& what) {
    command->add_option(name, place, what)->type_name("FILE|-")->group(output);
  };
  add_output("--linkage-matrix", options->linkage_matrix, "SciPy's linkage matrix, as NPY");
  add_output("--labels", options->labels, "the cluster of each point, from 0, as NPY");
  add_output("--dot", options->dot, "the dendrogram for Graphviz");
  add_output("--newick", options->newick, "the dendrogram in Newick format");
  add_output("--json", options->json, "the report as JSON");
  command->add_flag("--quiet", options->quiet, "no summary and no progress")->group(output);
  command->callback([options] { run(*options); });
}

}  // namespace command_line
