/// \file
/// Times the engines on networks of the paper's shapes, with random weights and inputs.
///
///   benchmark_engines [--tiny] [--inputs N] [--repeats R]
///
/// Prints the median of the repeats, seconds for golden run and mutants together, and the FLOP rate of the products alone. Checks
/// that the engines' kills are equal up to borderline cells; exit status 1 where they are not.

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <deepmaacc/deepmaacc.hpp>
#include <iomanip>
#include <iostream>
#include <string>
#include <vector>

namespace dm = deepmaacc;
namespace model = deepmaacc::model;

namespace {

/// A network with random weights, as Keras initialises them.
dm::network<> random_network(model::layer_graph graph) {
  std::vector<std::vector<dm::storage::xtensor_host<float>>> parameters(graph.size());
  const dm::random_source random(1);
  for (std::size_t i = 0; i < graph.size(); ++i)
    for (const auto& one : graph[i].parameters) {
      auto& array = parameters[i].emplace_back(dm::element_count(one.extents));
      const double scale = 1 / std::sqrt(static_cast<double>(array.size()) / static_cast<double>(one.extents.back()));
      for (std::size_t j = 0; j < array.size(); ++j)
        array.data()[j] = static_cast<float>(scale * random.normal({i, parameters[i].size(), j, 0}));
    }
  return {std::move(graph), std::move(parameters)};
}

/// The paper's FCNN (3072-50-50-50-10, relu), or a narrow one.
model::layer_graph fcnn(bool tiny) {
  model::layer_graph graph;
  graph.append("input", model::input(tiny ? dm::shape{8, 8, 1} : dm::shape{32, 32, 3}));
  graph.append("flatten", model::flatten());
  for (const char* name : {"dense", "dense_1", "dense_2"}) graph.append(name, model::dense(tiny ? 6 : 50, model::activations::relu{}));
  graph.append("dense_3", model::dense(10, model::activations::softmax{}));
  return graph;
}

/// The paper's LeNet-5 (6 and 16 channels, 120-84-10, sigmoid), or a narrow one.
model::layer_graph lenet5(bool tiny) {
  const auto sigmoid = model::activations::sigmoid{};
  const std::size_t kernel = tiny ? 3 : 5;
  model::layer_graph graph;
  graph.append("input", model::input(tiny ? dm::shape{12, 12, 1} : dm::shape{32, 32, 3}));
  graph.append("conv2d", model::conv2d(tiny ? 3 : 6, {{kernel, kernel}, {1, 1}}, sigmoid));
  graph.append("pooling", model::average_pooling2d(model::window2d{{2, 2}, {2, 2}}));
  graph.append("conv2d_1", model::conv2d(tiny ? 4 : 16, {{kernel, kernel}, {1, 1}}, sigmoid));
  if (!tiny) graph.append("pooling_1", model::average_pooling2d(model::window2d{{2, 2}, {2, 2}}));
  graph.append("flatten", model::flatten());
  graph.append("dense", model::dense(tiny ? 6 : 120, sigmoid));
  graph.append("dense_1", model::dense(tiny ? 5 : 84, sigmoid));
  graph.append("dense_2", model::dense(10, model::activations::softmax{}));
  return graph;
}

/// Multiplications and additions of one input's pass over some layers.
double flop(const model::layer_graph& graph, const std::vector<std::size_t>& layers) {
  double sum = 0;
  for (const std::size_t i : layers)
    if (!graph[i].parameters.empty()) {
      const auto& kernel = graph[i].parameters[0].extents;
      const double positions = static_cast<double>(dm::element_count(graph[i].output_shape)) / static_cast<double>(kernel.back());
      sum += 2 * positions * static_cast<double>(dm::element_count(kernel));
    }
  return sum;
}

/// Cells in which two results differ though neither calls them borderline.
std::size_t differences(const dm::analysis_result& a, const dm::analysis_result& b) {
  std::size_t count = 0;
  for (std::size_t which = 0; which < a.mutants.size(); ++which)
    for (std::size_t cell = 0; cell < a.classes; ++cell)
      count += a.kills.is_killed(0, which, cell) != b.kills.is_killed(0, which, cell) && !a.kills.is_borderline(0, which, cell);
  return count;
}

bool run(const std::string& name, const model::layer_graph& graph, std::size_t inputs, std::size_t repeats) {
  const auto network = random_network(graph);
  xt::xtensor<float, 2> images(std::array<std::size_t, 2>{inputs, dm::element_count(network.input_shape())});
  const dm::random_source random(2);
  for (std::size_t i = 0; i < images.size(); ++i) images.data()[i] = static_cast<float>(std::abs(random.normal({0, 0, i, 0})));
  const auto& extents = network.input_shape();
  const auto shaped =
      xt::adapt(images.data(), images.size(), xt::no_ownership(), std::array<std::size_t, 4>{inputs, extents[0], extents[1], extents[2]});
  // Labels are the network's own predictions: every input counts.
  const dm::test_set unlabelled(shaped, std::vector<int>(inputs));
  const Kokkos::DefaultHostExecutionSpace space;
  std::vector<std::uint32_t> labels;
  for (const auto& one : dm::run_golden(space, network, unlabelled).decisions) labels.push_back(one.winner);
  const dm::test_set tests(shaped, labels);

  std::vector<dm::analysis_result> results;
  for (const auto how : {dm::engine_kind::whole, dm::engine_kind::resumable}) {
    dm::evaluation_options options;
    options.engine = how;
    std::vector<double> seconds;
    dm::analysis_result result;
    for (std::size_t i = 0; i < repeats; ++i) {
      result =
          dm::analyze(space, network, tests, dm::exhaustive{}, dm::paper_operators(), dm::kill_rules(dm::kill::predicted_class{}), options);
      seconds.push_back(result.seconds.golden + result.seconds.evaluate.value_or(0));
    }
    std::sort(seconds.begin(), seconds.end());
    double work = 0;
    for (const auto& one : result.mutants)
      work += flop(graph, how == dm::engine_kind::whole ? graph.topological_order() : graph.affected_by(one.layer)) *
              static_cast<double>(inputs);
    const double median = seconds[seconds.size() / 2];
    std::cout << std::left << std::setw(8) << name << std::setw(11) << to_string(how) << std::right << std::setw(6) << result.mutants.size()
              << " mutants x " << inputs << " inputs" << std::fixed << std::setprecision(3) << std::setw(10) << median << " s"
              << std::setprecision(1) << std::setw(9) << work * 1e-9 / median << " GFLOP/s  " << result.scores[0].killed << " killed, "
              << result.scores[0].borderline << " borderline\n";
    results.push_back(std::move(result));
  }
  const std::size_t wrong = differences(results[0], results[1]);
  if (wrong > 0) std::cout << name << ": the engines differ in " << wrong << " cells\n";
  return wrong == 0;
}

}  // namespace

int main(int argc, char* argv[]) {
  bool tiny = false;
  std::size_t inputs = 2000, repeats = 3;
  for (int i = 1; i < argc; ++i) {
    const std::string option = argv[i];
    if (option == "--tiny")
      tiny = true, inputs = 150, repeats = 1;
    else if (option == "--inputs" && i + 1 < argc)
      inputs = std::strtoul(argv[++i], nullptr, 10);
    else if (option == "--repeats" && i + 1 < argc)
      repeats = std::strtoul(argv[++i], nullptr, 10);
    else
      return std::cerr << "usage: benchmark_engines [--tiny] [--inputs N] [--repeats R]\n", 2;
  }
  if (inputs == 0 || repeats == 0) return std::cerr << "benchmark_engines: inputs and repeats count from 1\n", 2;
  Kokkos::InitializationSettings settings;
  settings.set_disable_warnings(true);
  const Kokkos::ScopeGuard kokkos(settings);
  std::cout << "float32, " << Kokkos::DefaultHostExecutionSpace{}.concurrency() << " threads of "
            << Kokkos::DefaultHostExecutionSpace::name() << '\n';
  const bool dense = run("fcnn", fcnn(tiny), inputs, repeats), convolutional = run("lenet5", lenet5(tiny), inputs, repeats);
  return dense && convolutional ? 0 : 1;
}
