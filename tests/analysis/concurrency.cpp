// What may be called from which threads: what docs/concurrency.md says. A call that waits for itself hangs, and the test's time runs out.
#include <Kokkos_Core.hpp>
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <deepmaacc/deepmaacc.hpp>
#include <latch>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "support/engines.hpp"
#include "support/error_text.hpp"
#include "support/networks.hpp"
#include "support/random_networks.hpp"

namespace dm = deepmaacc;

namespace {

using host_space = Kokkos::DefaultHostExecutionSpace;

const support::random_case& sample() {
  static const support::random_case made = support::make_case(3, false, 40);
  return made;
}

xt::xtensor<double, 2> sample_points(std::size_t n, std::size_t d) {
  const dm::random_source source(7);
  xt::xtensor<double, 2> points(std::array<std::size_t, 2>{n, d});
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t k = 0; k < d; ++k) points(i, k) = source.normal({.layer = k, .neuron = i});
  return points;
}

/// Runs `call(i)` inside a parallel region, for i in [0, 8), and demands `wanted` of each.
template <class Call, class Result>
void same_inside_a_region(const Call& call, const Result& wanted) {
  std::vector<Result> found(8);
  Kokkos::parallel_for("test", Kokkos::RangePolicy<host_space>(0, 8), [&](const int i) { found[static_cast<std::size_t>(i)] = call(); });
  Kokkos::fence();
  for (const Result& one : found) BOOST_TEST((one == wanted));
}

/// Two classes, two neurons with a weight each; it cannot be copied.
struct single_adapter {
  using value_type = float;
  std::vector<float> weights{1, -1};

  single_adapter() = default;
  single_adapter(const single_adapter&) = delete;
  single_adapter& operator=(const single_adapter&) = delete;
  single_adapter(single_adapter&&) = default;
  single_adapter& operator=(single_adapter&&) = default;
  ~single_adapter() = default;

  std::vector<dm::layer_description> layers() const {
    dm::layer_description only;
    only.name = only.kind = "Dense";
    only.neurons = 2;
    only.weights_per_neuron = 1;
    only.has_bias = false;
    only.is_output = true;
    return {only};
  }
  void read_neuron(dm::neuron_id id, std::span<float> numbers) const { numbers[0] = weights[id.neuron]; }
  void write_neuron(dm::neuron_id id, std::span<const float> numbers) { weights[id.neuron] = numbers[0]; }
  void predict(dm::matrix<const float> inputs, dm::matrix<float> outputs) {
    for (std::size_t i = 0; i < inputs.extent(0); ++i)
      for (std::size_t j = 0; j < 2; ++j) outputs(i, j) = weights[j] * inputs(i, 0);
  }
};

/// What every engine gives on a space, with and without skips.
template <class Space, class Model, class Tests>
std::vector<dm::kill_matrix> kills_by_every_engine(const Space& space, const Model& model, const Tests& tests) {
  std::vector<dm::kill_matrix> found;
  for (const auto& engine : support::all_engines)
    for (const auto skip : {dm::skip_options{}, dm::skip_nothing})
      found.push_back(dm::analyze(space, model, tests, dm::exhaustive{}, dm::paper_operators(), dm::kill_rules(dm::kill::predicted_class{}),
                                  dm::evaluation_options{.engine = support::with_skips(engine, skip), .block_inputs = 16})
                          .kills);
  return found;
}

template <class Model, class Tests>
void every_engine_runs_inside(const Model& model, const Tests& tests) {
  const auto kills = [&] { return kills_by_every_engine(dm::this_thread{}, model, tests); };
  same_inside_a_region(kills, kills());
}

/// What clustering gives on a space: heights by every algorithm, with and without a matrix, and what follows from clusters.
template <class Space>
std::vector<double> clustering_numbers(const Space& space, const xt::xtensor<double, 2>& points) {
  std::vector<double> found;
  const auto add = [&](const dm::dendrogram& tree) {
    for (const auto& merge : tree.merges()) found.push_back(merge.height);
  };
  const dm::agglomerate_options small{.memory_limit = 1 << 18};  // without a matrix
  add(dm::agglomerate(space, points, dm::distance::euclidean{}, dm::linkage::ward{}));
  add(dm::agglomerate(space, points, dm::distance::euclidean{}, dm::linkage::ward{}, small));
  add(dm::agglomerate(space, points, dm::distance::euclidean{}, dm::linkage::single{}, small));
  add(dm::agglomerate(space, points, dm::distance::euclidean{}, dm::linkage::median{}));
  const auto tree = dm::agglomerate(space, points, dm::distance::euclidean{}, dm::linkage::average{});
  add(tree);
  const auto labels = dm::cut(tree, dm::cut_rule::count{.clusters = 9});
  for (const std::size_t i : dm::representatives(space, points, labels)) found.push_back(static_cast<double>(i));
  found.push_back(dm::clustering_quality(space, points, labels));
  const auto distances = dm::pairwise_distances(space, points);
  found.push_back(distances(points.shape(0) - 1, 0));
  found.push_back(dm::cross_distances(space, points, points)(1, 2));
  return found;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(concurrency)

BOOST_AUTO_TEST_CASE(analyses_on_this_thread_run_inside_a_parallel_region) {
  every_engine_runs_inside(support::network_of(sample()), support::tests_of(sample()));
}

BOOST_AUTO_TEST_CASE(networks_in_views_do_too) {
  using storage = dm::storage::kokkos_view<double, Kokkos::HostSpace>;
  const auto network = support::network_of<storage>(sample());
  every_engine_runs_inside(network, support::tests_of<double>(sample()));
}

BOOST_AUTO_TEST_CASE(a_model_that_cannot_be_copied_does_too) {
  const auto kills = [] {
    single_adapter model;
    const xt::xtensor<float, 2> inputs{{1}, {-2}, {3}};
    return dm::analyze(dm::this_thread{}, model, dm::test_set(inputs, std::vector<int>{0, 1, 0})).kills;
  };
  same_inside_a_region(kills, kills());
}

BOOST_AUTO_TEST_CASE(methods_do_too) {
  const auto network = support::network_of(sample());
  const auto tests = support::tests_of(sample());
  const auto scores = [&] {
    dm::study study(dm::this_thread{}, network, tests);
    std::vector<double> found{study.analyze(dm::exhaustive{}).score()};
    found.push_back(study.analyze(dm::neuron_clustering<>{.neurons_per_cluster = 2}).score());
    found.push_back(study.analyze(dm::mutant_clustering<>{}).score());
    found.push_back(study.analyze(dm::random_sampling{}).score());
    return found;
  };
  same_inside_a_region(scores, scores());
}

BOOST_AUTO_TEST_CASE(clustering_does_too) {
  const auto points = sample_points(600, 8);
  const auto numbers = [&] { return clustering_numbers(dm::this_thread{}, points); };
  same_inside_a_region(numbers, numbers());
}

BOOST_AUTO_TEST_CASE(the_threads_of_a_space_give_what_one_thread_gives) {
  const auto network = support::network_of(sample());
  const auto tests = support::tests_of(sample());
  BOOST_TEST((kills_by_every_engine(host_space{}, network, tests) == kills_by_every_engine(dm::this_thread{}, network, tests)));
  const auto points = sample_points(600, 8);
  BOOST_TEST((clustering_numbers(host_space{}, points) == clustering_numbers(dm::this_thread{}, points)));
}

BOOST_AUTO_TEST_CASE(many_networks_side_by_side) {
  std::vector<support::random_case> cases;
  for (std::uint64_t seed = 0; seed < 12; ++seed) cases.push_back(support::make_case(seed, false, 20));
  std::vector<decltype(support::network_of(cases[0]))> networks;
  std::vector<dm::test_set<float>> tests;
  for (const auto& one : cases) networks.push_back(support::network_of(one)), tests.push_back(support::tests_of(one));

  std::vector<double> scores(networks.size());
  dm::parallel_tasks(Kokkos::DefaultHostExecutionSpace{}, "mine", networks.size(),
                     [&](std::size_t i, std::size_t) { scores[i] = dm::analyze(dm::this_thread{}, networks[i], tests[i]).score(); });

  for (std::size_t i = 0; i < networks.size(); ++i) BOOST_TEST(scores[i] == dm::analyze(host_space{}, networks[i], tests[i]).score());
}

BOOST_AUTO_TEST_CASE(threads_of_ones_own_call_this_thread) {
  const auto network = support::network_of(sample());
  const auto tests = support::tests_of(sample());

  std::vector<dm::analysis_result> results(8);
  std::vector<std::thread> threads;
  for (auto& result : results) threads.emplace_back([&] { result = dm::analyze(dm::this_thread{}, network, tests); });
  for (auto& one : threads) one.join();

  const auto wanted = dm::analyze(host_space{}, network, tests).kills;
  for (const auto& result : results) BOOST_TEST((result.kills == wanted));
}

BOOST_AUTO_TEST_CASE(threads_of_ones_own_share_what_is_const) {
  const auto network = support::network_of(sample());
  const auto tests = support::tests_of(sample());
  const auto points = sample_points(300, 8);
  const auto kills = kills_by_every_engine(dm::this_thread{}, network, tests);
  const auto numbers = clustering_numbers(dm::this_thread{}, points);

  // They begin together, and go on for a while, so that they meet: the thread sanitizer sees no race of threads that something put in
  // order, if only the count of a shared pointer.
  std::latch together(4);
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      together.arrive_and_wait();
      for (int round = 0; round < 5; ++round)
        if (kills_by_every_engine(dm::this_thread{}, network, tests) != kills || clustering_numbers(dm::this_thread{}, points) != numbers)
          ++wrong;
    });
  for (auto& one : threads) one.join();
  BOOST_TEST(wrong == 0);
}

BOOST_AUTO_TEST_CASE(threads_of_ones_own_call_this_thread_beside_a_region) {
  const auto network = support::network_of(sample());
  const auto tests = support::tests_of(sample());
  const auto wanted = dm::analyze(host_space{}, network, tests).kills;
  dm::analysis_result beside;
  std::thread other([&] {
    for (int i = 0; i < 10; ++i) beside = dm::analyze(dm::this_thread{}, network, tests);
  });
  for (int i = 0; i < 10; ++i) BOOST_TEST((dm::analyze(host_space{}, network, tests).kills == wanted));
  other.join();
  BOOST_TEST((beside.kills == wanted));
}

#if defined(KOKKOS_ENABLE_OPENMP)
BOOST_AUTO_TEST_CASE(openmp_takes_calls_of_any_thread_outside_of_regions) {
  const auto network = support::network_of(sample());
  const auto tests = support::tests_of(sample());
  const auto wanted = dm::analyze(Kokkos::OpenMP{}, network, tests).kills;
  std::vector<dm::analysis_result> results(30);
  std::vector<std::thread> threads;
  for (auto& result : results) threads.emplace_back([&] { result = dm::analyze(Kokkos::OpenMP{}, network, tests); });
  for (auto& one : threads) one.join();
  for (const auto& result : results) BOOST_TEST((result.kills == wanted));
}

BOOST_AUTO_TEST_CASE(openmp_is_refused_inside_a_region) {
  if (Kokkos::OpenMP{}.concurrency() < 2) return;  // then nothing tells that it is one
  const auto network = support::network_of(sample());
  const auto tests = support::tests_of(sample());
  const auto points = sample_points(20, 2);
  std::vector<std::string> texts(2);
  dm::parallel_tasks(Kokkos::OpenMP{}, "test", 2, [&](std::size_t i, std::size_t) {
    texts[i] = i == 0 ? support::error_text<dm::usage_error>([&] { dm::analyze(Kokkos::OpenMP{}, network, tests); })
                      : support::error_text<dm::usage_error>([&] { dm::agglomerate(Kokkos::OpenMP{}, points); });
  });
  const std::string why = ": Kokkos::OpenMP is given inside a parallel region, which it would wait for; give this_thread{} there";
  BOOST_TEST(texts[0] == "deepmaacc::analyze" + why);
  BOOST_TEST(texts[1] == "deepmaacc::agglomerate" + why);
}
#endif

#if defined(KOKKOS_ENABLE_THREADS)
BOOST_AUTO_TEST_CASE(threads_obey_one_thread_only) {
  const auto network = support::network_of(sample());
  const auto tests = support::tests_of(sample());
  std::string text;
  std::thread other([&] { text = support::error_text<dm::usage_error>([&] { dm::analyze(Kokkos::Threads{}, network, tests); }); });
  other.join();
  const std::string wanted =
      "deepmaacc::analyze: Kokkos::Threads obeys only the thread that initialised Kokkos, outside of parallel regions; call it from there, "
      "or give this_thread{}";
  BOOST_TEST(text == wanted);
}
#endif

BOOST_AUTO_TEST_SUITE_END()
