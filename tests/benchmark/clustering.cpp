/// \file
/// Times hierarchical clustering of float32 points, distances included. compare_clustering.py runs it beside other libraries.
///
///   benchmark_clustering [--tiny] [--points FILE --count N] [--dimensions D] [--linkage NAME]... [--memory-limit BYTES] [--repeats R]
///   [--heights FILE]
///
/// FILE holds N × D float32 numbers, row-major and nothing else; without it the points are made: 100 clusters. One line per linkage: name,
/// median and least seconds, peak memory in MiB. --heights writes the merges' heights of the last linkage as float64. Checks that all
/// algorithms that a linkage allows give the same heights, on the first 300 points; exit status 1 where they do not.

#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <deepmaacc/clustering/agglomerate.hpp>
#include <deepmaacc/core/philox.hpp>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <string>
#include <vector>

namespace dm = deepmaacc;

namespace {

using points = xt::xtensor<float, 2>;
const Kokkos::DefaultHostExecutionSpace* space = nullptr;

points make_points(std::size_t count, std::size_t dimensions) {
  const dm::random_source random(1);
  points made(std::array<std::size_t, 2>{count, dimensions});
  for (std::size_t i = 0; i < count; ++i)
    for (std::size_t k = 0; k < dimensions; ++k)
      made(i, k) = static_cast<float>(random.normal({0, i % 100, k, 0}) + 0.3 * random.normal({1, i, k, 0}));
  return made;
}

std::vector<double> heights(const dm::dendrogram& tree) {
  std::vector<double> found;
  for (const dm::merge& one : tree.merges()) found.push_back(one.height);
  return found;
}

/// Whether two algorithms' heights are equal but for rounding.
bool agree(const std::vector<double>& a, const std::vector<double>& b) {
  for (std::size_t m = 0; m < a.size(); ++m)
    if (!(std::abs(a[m] - b[m]) <= 1e-4 * std::abs(a[m]))) return false;
  return a.size() == b.size();
}

template <class Rule>
bool check(const points& all, const Rule& rule) {
  points some(std::array<std::size_t, 2>{std::min<std::size_t>(300, all.shape()[0]), all.shape()[1]});
  std::copy_n(all.data(), some.size(), some.data());
  std::vector<dm::agglomeration> others;
  if (dm::linkage_traits<Rule>::is_reducible) others.push_back(dm::agglomeration::chain);
  if (dm::linkage_traits<Rule>::is_nearest_member || dm::GeometricRule<Rule>) others.push_back(dm::agglomeration::matrix_free);
  dm::agglomerate_options options{.algorithm = dm::agglomeration::generic};
  const auto expected = heights(dm::agglomerate(*space, some, dm::distance::euclidean{}, rule, options));
  for (const auto one : others) {
    options.algorithm = one;
    if (agree(expected, heights(dm::agglomerate(*space, some, dm::distance::euclidean{}, rule, options)))) continue;
    std::cout << Rule::name() << ": the algorithms differ\n";
    return false;
  }
  return true;
}

template <class Rule>
bool run(const points& all, const Rule& rule, const std::string& wanted, const dm::agglomerate_options& options, std::size_t repeats,
         const std::string& file) {
  if (wanted != Rule::name()) return true;
  std::vector<double> seconds, found;
  for (std::size_t r = 0; r < repeats; ++r) {
    const dm::stopwatch watch;
    const auto tree = dm::agglomerate(*space, all, dm::distance::euclidean{}, rule, options);
    seconds.push_back(watch.seconds());
    found = heights(tree);
  }
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::sort(seconds.begin(), seconds.end());
  std::cout << std::left << std::setw(10) << Rule::name() << std::right << std::fixed << std::setprecision(4) << std::setw(10)
            << seconds[seconds.size() / 2] << std::setw(10) << seconds.front() << std::setw(8) << usage.ru_maxrss / 1024 << '\n';
  if (!file.empty())
    std::ofstream(file, std::ios::binary)
        .write(reinterpret_cast<const char*>(found.data()), static_cast<std::streamsize>(found.size() * sizeof(double)));
  return check(all, rule);
}

}  // namespace

int main(int argc, char* argv[]) {
  std::size_t count = 5000, dimensions = 128, repeats = 3;
  std::string file, heights_file;
  std::vector<std::string> wanted;
  dm::agglomerate_options options;
  for (int i = 1; i < argc; ++i) {
    const std::string option = argv[i];
    const bool has_value = i + 1 < argc;
    if (option == "--tiny")
      count = 400, dimensions = 20, repeats = 1;
    else if (option == "--points" && has_value)
      file = argv[++i];
    else if (option == "--heights" && has_value)
      heights_file = argv[++i];
    else if (option == "--linkage" && has_value)
      wanted.emplace_back(argv[++i]);
    else if (option == "--count" && has_value)
      count = std::strtoul(argv[++i], nullptr, 10);
    else if (option == "--dimensions" && has_value)
      dimensions = std::strtoul(argv[++i], nullptr, 10);
    else if (option == "--repeats" && has_value)
      repeats = std::strtoul(argv[++i], nullptr, 10);
    else if (option == "--memory-limit" && has_value)
      options.memory_limit = std::strtoul(argv[++i], nullptr, 10);
    else
      return std::cerr << "benchmark_clustering: unknown option " << option << "; the head of clustering.cpp lists them\n", 2;
  }
  if (count == 0 || dimensions == 0 || repeats == 0) return std::cerr << "benchmark_clustering: all numbers count from 1\n", 2;
  if (wanted.empty()) wanted = {"single", "complete", "average", "weighted", "ward", "centroid", "median"};
  Kokkos::InitializationSettings settings;
  settings.set_disable_warnings(true);
  const Kokkos::ScopeGuard kokkos(settings);
  const Kokkos::DefaultHostExecutionSpace host;
  space = &host;
  points all = make_points(file.empty() ? count : 1, dimensions);
  if (!file.empty()) {
    all = points(std::array<std::size_t, 2>{count, dimensions});
    const auto bytes = static_cast<std::streamsize>(all.size() * sizeof(float));
    std::ifstream stream(file, std::ios::binary);
    if (!stream.read(reinterpret_cast<char*>(all.data()), bytes)) return std::cerr << file << ": it has fewer numbers than that\n", 2;
  }
  std::cout << "float32, " << host.concurrency() << " threads, " << count << " x " << dimensions << '\n';
  bool is_right = true;
  for (const std::string& name : wanted) {
    const auto one = [&](const auto& rule) { is_right = run(all, rule, name, options, repeats, heights_file) && is_right; };
    one(dm::linkage::single{});
    one(dm::linkage::complete{});
    one(dm::linkage::average{});
    one(dm::linkage::weighted{});
    one(dm::linkage::ward{});
    one(dm::linkage::centroid{});
    one(dm::linkage::median{});
  }
  return is_right ? 0 : 1;
}
