/// \file
/// Times the engines.
///
///   benchmark_engines [--tiny] [--networks A,B,…] [--engines A,B,…] [--inputs N] [--mutants M] [--repeats R]
///   benchmark_engines --growth | --memory | --choice
///
/// Networks: fcnn, lenet5, dense, resnet20 and vgg11 with random weights and inputs, and the paper's, such as fcnn-mnist, from
/// DEEPMAACC_DATA_DIR. Engines: whole, resumable, delta (nothing skipped), skipping (delta with all skips), batched, default (the
/// cheapest by counted operations).
/// M draws that many mutants instead of all. Prints medians of the repeats (fewer where they take more than 20 s), seconds for golden run
/// and mutants together; the FLOP of weighted sums alone, and their rate as a share of what the same threads reach in sgemm of 1024 × 1024
/// matrices in the same run. Checks that the engines' kills are equal up to borderline cells; exit status 1 where they are not.
/// --growth: exponents of the delta engine's time in mutants, inputs, width and depth. --memory: what a million inputs take.
/// --choice: on 20 random networks, whether the default takes as little time as the best engine.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <deepmaacc/deepmaacc.hpp>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

#include "benchmark/networks.hpp"

namespace dm = deepmaacc;

namespace {

struct settings {
  std::vector<std::string> networks{"fcnn", "lenet5"}, engines{"whole", "resumable", "delta", "skipping"};
  std::size_t inputs = 2000, mutants = 0, repeats = 3;
  bool tiny = false;
};

double median(std::vector<double> numbers) {
  std::sort(numbers.begin(), numbers.end());
  return numbers[numbers.size() / 2];
}

/// FLOP per second of products of square matrices, on all threads at once.
double product_rate(bool tiny) {
  const std::size_t side = tiny ? 64 : 1024, repeats = 4;
  const Kokkos::DefaultHostExecutionSpace space;
  const auto threads = static_cast<std::size_t>(space.concurrency());
  std::vector<std::vector<float>> left(threads, std::vector<float>(side * side, 0.5F)), right = left, product = left;
  std::vector<double> seconds;
  for (int i = 0; i < 5; ++i) {
    const dm::stopwatch clock;
    dm::parallel_tasks(space, "benchmark::product", threads, [&](std::size_t task, std::size_t) {
      const auto view = [&](auto& of) { return dm::matrix<float>(of[task].data(), side, side); };
      for (std::size_t repeat = 0; repeat < repeats; ++repeat)
        dm::matrix_product(dm::this_thread{}, dm::matrix<const float>(view(left)), dm::matrix<const float>(view(right)), view(product));
    });
    seconds.push_back(clock.seconds());
  }
  return 2 * static_cast<double>(threads * repeats * side * side * side) / median(seconds);
}

/// Multiplications and additions of weighted sums, for one input.
double flop(const dm::program& of, std::size_t node) {
  if (!of[node].does.holds<dm::operation::weighted_sums>()) return 0;
  const dm::shape& kernel = of.parameters()[of[node].parameters.front()].extents();
  const double positions = static_cast<double>(dm::element_count(of[node].output_shape)) / static_cast<double>(kernel.back());
  return 2 * positions * static_cast<double>(dm::element_count(kernel));
}

/// Cells in which two results differ though neither calls them borderline.
std::size_t differences(const dm::analysis_result& a, const dm::analysis_result& b) {
  std::size_t count = 0;
  for (std::size_t which = 0; which < a.mutants.size(); ++which)
    for (std::size_t cell = 0; cell < a.subject->classes; ++cell)
      count += a.kills.is_killed(0, which, cell) != b.kills.is_killed(0, which, cell) && !a.kills.is_borderline(0, which, cell) &&
               !b.kills.is_borderline(0, which, cell);
  return count;
}

dm::evaluation_options options_of(const std::string& engine) {
  dm::evaluation_options options;
  if (engine == "whole") options.engine = dm::engine::whole{};
  if (engine == "resumable") options.engine = dm::engine::resumable{};
  if (engine == "delta") options.engine = dm::engine::delta{dm::skip_nothing};
  if (engine == "skipping") options.engine = dm::engine::delta{dm::skip_options{}};
  if (engine == "batched") options.engine = dm::engine::batched{};
  return options;
}

struct measured {
  dm::analysis_result result;
  double golden = 0, total = 0;  // seconds
};

measured measure(const benchmark::subject& of, const dm::evaluation_options& options, std::size_t mutants, std::size_t repeats) {
  measured found;
  std::vector<double> golden, total;
  const dm::stopwatch clock;
  for (std::size_t i = 0; i < repeats && (i == 0 || clock.seconds() < 20); ++i) {
    dm::study about(Kokkos::DefaultHostExecutionSpace{}, of.network, of.tests, dm::paper_operators(),
                    dm::kill_rules(dm::kill::predicted_class{}), options);
    if (mutants == 0) {
      found.result = about.analyze(dm::exhaustive{});
    } else {
      dm::random_sampling drawn;
      drawn.count = mutants;
      found.result = about.analyze(drawn);
    }
    golden.push_back(found.result.seconds.golden);
    total.push_back(found.result.seconds.golden + found.result.seconds.evaluate.value_or(0));
  }
  found.golden = median(golden);
  found.total = median(total);
  return found;
}

/// FLOP of weighted sums of a result: counted by the delta engine, else from the layers' shapes. Without the golden run's of its own.
double operations(const benchmark::subject& of, const std::string& engine, const dm::analysis_result& result) {
  if (result.work.operations > 0) return result.work.operations;
  const dm::network_plan plan(of.network.model());
  std::vector<double> each;  // by layer of the mutant
  for (const auto& affected : plan.affected) {
    double sum = 0;
    for (const std::size_t node : engine == "whole" ? plan.order : affected) sum += flop(plan.model, node);
    each.push_back(sum);
  }
  double sum = 0;
  for (const auto& one : result.mutants) sum += each[one.layer];
  return sum * static_cast<double>(of.tests.size());
}

bool compare_engines(const std::string& name, const settings& wanted) {
  const benchmark::subject of = benchmark::subject_of(name, wanted.inputs, wanted.tiny);
  const double peak = product_rate(wanted.tiny);
  std::vector<measured> all;
  bool is_right = true;
  for (const std::string& engine : wanted.engines) {
    all.push_back(measure(of, options_of(engine), wanted.mutants, wanted.repeats));
    const measured& one = all.back();
    const dm::analysis_result& result = one.result;
    const double work = operations(of, engine, result);
    const auto share = [&](std::size_t pairs) {
      return result.work.pairs ? 100 * static_cast<double>(pairs) / static_cast<double>(result.work.pairs) : 0;
    };
    std::cout << std::left << std::setw(13) << name << std::setw(10) << engine << std::right << std::setw(6) << result.mutants.size()
              << " x " << of.tests.size() << std::fixed << std::setprecision(4) << std::setw(11) << one.total << " s (golden run "
              << one.golden << ")" << std::setprecision(1) << std::setw(8) << all.front().total / one.total << " x" << std::setprecision(2)
              << std::setw(10) << work * 1e-9 << " GFLOP, " << std::setprecision(0) << std::setw(3) << 100 * work / one.total / peak
              << " % of sgemm's " << peak * 1e-9 << " GFLOP/s; " << result.scores[0].killed << " killed, " << result.scores[0].borderline
              << " borderline; dead " << std::setprecision(1) << share(result.work.dead) << " %, certified " << share(result.work.certified)
              << " %, saturated " << share(result.work.saturated) << " %" << std::endl;
    if (const std::size_t wrong = differences(all.front().result, result); wrong > 0) {
      std::cout << name << ": the engines differ in " << wrong << " cells\n";
      is_right = false;
    }
  }
  return is_right;
}

/// Least squares slope of log(seconds) over log(size).
double exponent(const std::vector<double>& sizes, const std::vector<double>& seconds) {
  double x = 0, y = 0, xx = 0, xy = 0;
  const auto n = static_cast<double>(sizes.size());
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const double a = std::log(sizes[i]), b = std::log(seconds[i]);
    x += a, y += b, xx += a * a, xy += a * b;
  }
  return (n * xy - x * y) / (n * xx - x * x);
}

void measure_growth(bool tiny) {
  const std::size_t unit = tiny ? 1 : 16;
  const auto line = [&](const std::string& what, const std::vector<std::size_t>& sizes, const auto& seconds_of) {
    std::vector<double> numbers, seconds;
    std::cout << std::left << std::setw(9) << what << std::right;
    for (const std::size_t size : sizes) {
      numbers.push_back(static_cast<double>(size));
      seconds.push_back(seconds_of(size));
      std::cout << "  " << size << ": " << std::fixed << std::setprecision(4) << seconds.back() << " s";
    }
    std::cout << "  exponent " << std::setprecision(2) << exponent(numbers, seconds) << std::endl;
  };
  const auto seconds_of = [&](std::size_t width, std::size_t depth, std::size_t inputs, std::size_t mutants) {
    const auto network = benchmark::with_random_weights(benchmark::dense_network({256}, std::vector<std::size_t>(depth, width)));
    return measure(benchmark::with_random_inputs(network, inputs), options_of("delta"), mutants, tiny ? 1 : 5).total;
  };
  line("mutants", {6 * unit, 12 * unit, 24 * unit, 48 * unit}, [&](std::size_t size) { return seconds_of(8 * unit, 4, 256 * unit, size); });
  line("inputs", {64 * unit, 128 * unit, 256 * unit, 512 * unit}, [&](std::size_t size) { return seconds_of(4 * unit, 4, size, 0); });
  line("width", {2 * unit, 4 * unit, 8 * unit, 16 * unit}, [&](std::size_t size) { return seconds_of(size, 3, 64 * unit, 0); });
  line("depth", {2, 4, 8, 16}, [&](std::size_t size) { return seconds_of(4 * unit, size, 64 * unit, 0); });
}

/// Mutants that engine resumable runs in a few seconds, at least a few of each layer.
std::size_t affordable_mutants(const benchmark::subject& of, bool tiny) {
  const dm::network_plan plan(of.network.model());
  double operations = 0, count = 0;
  for (std::size_t layer = 0; layer < plan.layers.size(); ++layer)
    for (const std::size_t node : plan.affected[layer]) {
      operations += static_cast<double>(3 * plan.layers[layer].neurons) * flop(plan.model, node);
      count += node == plan.affected[layer].front() ? static_cast<double>(3 * plan.layers[layer].neurons) : 0;
    }
  const double each = operations / count * static_cast<double>(of.tests.size()), most = (tiny ? 1e8 : 2e11) / each;
  return most >= count ? 0 : std::max<std::size_t>(3 * plan.layers.size(), static_cast<std::size_t>(most));
}

/// Each network is measured with every engine that could be the fastest, and with the one that is chosen, in turn.
void measure_choice(bool tiny) {
  const std::array<const char*, 5> engines{"resumable", "batched", "delta", "skipping", "default"};
  double worst = 0;
  for (std::uint64_t seed = 0; seed < (tiny ? 4 : 20); ++seed) {
    const benchmark::subject of = benchmark::random_subject(seed, tiny);
    const std::size_t few = 3 * of.network.layers().size(), most = affordable_mutants(of, tiny);
    const std::size_t mutants = seed % 3 == 0 ? few : most;  // 0: all
    std::array<std::vector<double>, engines.size()> seconds;
    std::string chosen;
    const dm::stopwatch clock;
    for (std::size_t i = 0; i < (tiny ? 1 : 5) && (i < 1 || clock.seconds() < 20); ++i)
      for (std::size_t engine = 0; engine < engines.size(); ++engine) {
        const measured one = measure(of, options_of(engines[engine]), mutants, 1);
        seconds[engine].push_back(one.total);
        chosen = to_string(one.result.engine) + (one.result.work.skip != dm::skip_nothing ? " with skips" : "");
      }
    std::cout << "network " << seed << ", " << of.network.parameter_count() << " parameters, " << of.tests.size() << " inputs, "
              << (mutants ? std::to_string(mutants) : "all") << " mutants:" << std::fixed << std::setprecision(4);
    double best = std::numeric_limits<double>::infinity();
    for (std::size_t engine = 0; engine + 1 < engines.size(); ++engine) {
      best = std::min(best, median(seconds[engine]));
      std::cout << ' ' << engines[engine] << ' ' << median(seconds[engine]) << " s,";
    }
    const double ratio = median(seconds.back()) / best;
    worst = std::max(worst, ratio);
    std::cout << " chosen (" << chosen << ") " << median(seconds.back()) << " s, " << std::setprecision(2) << ratio << " of the best"
              << std::endl;
  }
  std::cout << "at most " << worst << " of the best\n";
}

/// A line of this process' status in MiB, 0 where the system has none.
double status_mebibytes(const std::string& name) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.rfind(name + ":", 0) == 0) return std::stod(line.substr(name.size() + 1)) / 1024;
  return 0;
}

void measure_memory(bool tiny) {
  const std::size_t inputs = tiny ? 1000 : 1000000;
  const auto network = benchmark::with_random_weights(benchmark::dense_network({64}, {16, 16}));
  const auto of = benchmark::with_random_inputs(network, inputs);
  const double before = status_mebibytes("VmRSS");
  const measured one = measure(of, options_of("skipping"), 0, 1);
  std::cout << inputs << " inputs of 64 numbers, " << one.result.mutants.size() << " mutants: " << std::fixed << std::setprecision(2)
            << one.total << " s; memory " << std::setprecision(0) << before << " MiB with the inputs, at most "
            << status_mebibytes("VmHWM") - before << " MiB more while they were analysed\n";
}

std::vector<std::string> split(const std::string& list) {
  std::vector<std::string> names;
  std::istringstream from(list);
  for (std::string one; std::getline(from, one, ',');) names.push_back(one);
  return names;
}

}  // namespace

int main(int argc, char* argv[]) {
  settings wanted;
  bool has_networks = false, growth = false, memory = false, choice = false;
  for (int i = 1; i < argc; ++i) {
    const std::string option = argv[i];
    const bool has_value = i + 1 < argc;
    if (option == "--tiny")
      wanted.tiny = true, wanted.inputs = 150, wanted.repeats = 1;
    else if (option == "--growth")
      growth = true;
    else if (option == "--memory")
      memory = true;
    else if (option == "--choice")
      choice = true;
    else if (option == "--networks" && has_value)
      wanted.networks = split(argv[++i]), has_networks = true;
    else if (option == "--engines" && has_value)
      wanted.engines = split(argv[++i]);
    else if (option == "--inputs" && has_value)
      wanted.inputs = std::strtoul(argv[++i], nullptr, 10);
    else if (option == "--mutants" && has_value)
      wanted.mutants = std::strtoul(argv[++i], nullptr, 10);
    else if (option == "--repeats" && has_value)
      wanted.repeats = std::strtoul(argv[++i], nullptr, 10);
    else
      return std::cerr << "usage: benchmark_engines [--tiny] [--networks A,B] [--engines A,B] [--inputs N] [--mutants M] [--repeats R] "
                          "[--growth | --memory | --choice]\n",
             2;
  }
  if (wanted.inputs == 0 || wanted.repeats == 0) return std::cerr << "benchmark_engines: inputs and repeats count from 1\n", 2;
  if (wanted.tiny && !has_networks) wanted.networks = {"fcnn", "lenet5", "dense", "resnet20", "vgg11"};
  Kokkos::InitializationSettings kokkos_settings;
  kokkos_settings.set_disable_warnings(true);
  const Kokkos::ScopeGuard kokkos(kokkos_settings);
  std::cout << "float32, " << Kokkos::DefaultHostExecutionSpace{}.concurrency() << " threads of "
            << Kokkos::DefaultHostExecutionSpace::name() << std::endl;
  try {
    if (growth || wanted.tiny) measure_growth(wanted.tiny);
    if (memory || wanted.tiny) measure_memory(wanted.tiny);
    if (choice || wanted.tiny) measure_choice(wanted.tiny);
    bool is_right = true;
    if (!growth && !memory && !choice)
      for (const std::string& name : wanted.networks) is_right = compare_engines(name, wanted) && is_right;
    return is_right ? 0 : 1;
  } catch (const std::exception& fault) {
    return std::cerr << "benchmark_engines: " << fault.what() << '\n', 2;
  }
}
