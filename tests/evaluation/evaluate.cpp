#include <Kokkos_Core.hpp>
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <deepmaacc/analysis/analyze.hpp>
#include <set>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "support/random_networks.hpp"

namespace dm = deepmaacc;

namespace {

/// Not a constant: Kokkos is not initialised yet when those are made.
Kokkos::DefaultHostExecutionSpace host() { return {}; }
const auto all_rules = dm::kill_rules(dm::kill::predicted_class{}, dm::kill::true_class{}, dm::kill::any_flip{}, dm::kill::top_k{.k = 2},
                                      dm::kill::accuracy_drop{.drop = 0.1});

/// A network behind an adapter that cannot be copied, and has the basic tier only: used in place, on the calling thread.
class in_place {
 public:
  using value_type = float;
  explicit in_place(dm::network<> network) : network_(std::move(network)) {}
  in_place(in_place&&) = default;
  in_place& operator=(in_place&&) = default;

  std::vector<dm::layer_description> layers() const { return network_.layers(); }
  void read_neuron(dm::neuron_id id, std::span<float> numbers) const { network_.read_neuron(id, numbers); }
  void write_neuron(dm::neuron_id id, std::span<const float> numbers) { network_.write_neuron(id, numbers); }
  void predict(dm::matrix<const float> inputs, dm::matrix<float> outputs) {
    threads.insert(std::this_thread::get_id());
    if (++predictions == fails_at) throw std::runtime_error("framework went away");
    network_.predict(inputs, outputs);
  }
  int predictions = 0, fails_at = -1;
  std::set<std::thread::id> threads;

 private:
  dm::network<> network_;
};
static_assert(dm::ModelAdapter<in_place> && !dm::ResumableAdapter<in_place> && !std::copyable<in_place>);

template <class Model>
std::vector<std::vector<float>> weights_of(const Model& model) {
  std::vector<std::vector<float>> all;
  const auto layers = model.layers();
  for (std::size_t layer = 0; layer < layers.size(); ++layer)
    for (std::size_t neuron = 0; neuron < layers[layer].neurons; ++neuron) {
      all.emplace_back(layers[layer].numbers_per_neuron());
      model.read_neuron({layer, neuron}, all.back());
    }
  return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(evaluation)

// Blocks are cut the same way whatever runs them, so results are equal bit for bit.
BOOST_AUTO_TEST_CASE(nothing_depends_on_the_space_or_its_threads) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const auto made = support::make_case(seed, seed % 2 == 0, 100);
    const auto network = support::network_of(made);
    const auto tests = support::tests_of(made);
    const auto operators = dm::operators(dm::mutation::change_weight{}, dm::mutation::gaussian_fuzzing{0.4, 0.5});
    dm::evaluation_options options;
    options.seed = seed, options.block_inputs = 9;
    const auto on_threads = dm::analyze(host(), network, tests, dm::exhaustive{}, operators, all_rules, options);
    const auto on_one = dm::analyze(dm::this_thread{}, network, tests, dm::exhaustive{}, operators, all_rules, options);
    BOOST_TEST((on_threads.kills == on_one.kills));
    BOOST_TEST(on_one.threads == 1U);
    BOOST_TEST(on_threads.threads == static_cast<std::size_t>(host().concurrency()));
  }
}

BOOST_AUTO_TEST_CASE(one_operator_and_one_rule_are_sets_of_one) {
  const auto made = support::make_case(3, false, 30);
  const auto network = support::network_of(made);
  const auto tests = support::tests_of(made);
  const auto golden = dm::run_golden(host(), network, tests);
  const auto mutants = dm::single_neuron_mutants(network.layers(), 1, dm::population::all);
  const dm::mutation::change_weight twice{1};
  const auto expected = dm::evaluate(host(), network, tests, golden, mutants, dm::operators(twice), dm::kill_rules(dm::kill::true_class{}));
  BOOST_TEST(expected.rule_name(0) == "true-class");
  BOOST_TEST((dm::evaluate(host(), network, tests, golden, mutants, twice, dm::kill::true_class{}) == expected));
}

BOOST_AUTO_TEST_CASE(a_model_that_cannot_be_copied_is_used_in_place_and_restored) {
  const auto made = support::make_case(4, true, 40);
  const auto network = support::network_of(made);
  const auto tests = support::tests_of(made);
  in_place model(network);
  const auto before = weights_of(model);
  const auto result = dm::analyze(host(), model, tests, dm::exhaustive{}, dm::paper_operators(), all_rules);
  const auto expected = dm::analyze(host(), network, tests, dm::exhaustive{}, dm::paper_operators(), all_rules);
  BOOST_TEST((result.kills == expected.kills));
  BOOST_TEST((result.tier == dm::adapter_tier::basic));
  BOOST_TEST((result.engine == dm::any_engine(dm::engine::whole{})));
  BOOST_TEST((expected.engine == dm::any_engine(dm::engine::delta{})));
  BOOST_TEST(result.threads == 1U);
  BOOST_TEST(model.threads.size() == 1U);
  BOOST_TEST((weights_of(model) == before));
}

BOOST_AUTO_TEST_CASE(an_exception_of_the_model_arrives_and_leaves_it_restored) {
  const auto made = support::make_case(4, false, 40);
  in_place model(support::network_of(made));
  const auto before = weights_of(model);
  model.fails_at = 9;
  BOOST_CHECK_THROW(dm::analyze(host(), model, support::tests_of(made)), std::runtime_error);
  BOOST_TEST(model.predictions == 9);
  BOOST_TEST((weights_of(model) == before));
}

BOOST_AUTO_TEST_CASE(a_long_call_reports_and_can_be_stopped) {
  const auto made = support::make_case(6, false, 50);
  const auto network = support::network_of(made);
  const auto tests = support::tests_of(made);
  std::stop_source source;
  dm::evaluation_options options;
  options.block_inputs = 5;
  options.observer.interval = std::chrono::milliseconds(0);
  options.observer.stop = source.get_token();
  std::size_t calls = 0, last = 0, total = 0;
  options.observer.on_progress = [&](const dm::progress_report& at) {
    ++calls;
    last = at.done, total = at.total;
  };
  const auto result = dm::analyze(host(), network, tests, dm::exhaustive{}, dm::paper_operators(), all_rules, options);
  BOOST_TEST(calls > 10U);
  BOOST_TEST(last == total);
  BOOST_TEST(total == result.mutants.size() * tests.size());
  calls = 0;
  options.observer.on_progress = [&](const dm::progress_report&) {
    if (++calls == 15) source.request_stop();
  };
  BOOST_CHECK_THROW(dm::analyze(host(), network, tests, dm::exhaustive{}, dm::paper_operators(), all_rules, options), dm::stopped);
  BOOST_TEST(calls < 15U + static_cast<std::size_t>(host().concurrency()) + 1U);
}

BOOST_AUTO_TEST_CASE(a_model_without_an_output_layer_is_told_what_is_missing) {
  const auto message = [](const std::vector<dm::layer_description>& layers) {
    try {
      return dm::output_layer(layers).name;
    } catch (const dm::model_error& fault) {
      return std::string(fault.what());
    }
  };
  std::vector<dm::layer_description> layers(3);
  for (std::size_t i = 0; i < 3; ++i) layers[i].name = "layer_" + std::to_string(i);
  BOOST_TEST(message(layers).find("none of its layers has neurons") != std::string::npos);
  layers[1].neurons = 4;
  BOOST_TEST(message(layers).find("says is_output; set it for the last one that has neurons, layer_1") != std::string::npos);
  layers[1].is_output = true;
  BOOST_TEST(message(layers) == "layer_1");
  layers[2].is_output = true;
  BOOST_TEST(message(layers).find("both layer_1 and layer_2") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_named) {
  const auto made = support::make_case(4, false, 10);
  const auto network = support::network_of(made);
  const auto message = [&](const auto& call) -> std::string {
    try {
      call();
    } catch (const dm::error& fault) {
      return fault.what();
    }
    return "none";
  };
  xt::xtensor<float, 3> small(std::array<std::size_t, 3>{2, 3, 3});
  const dm::test_set wrong_shape(small, std::vector<int>{0, 0});
  const auto shapes = message([&] { dm::analyze(host(), network, wrong_shape); });
  BOOST_TEST(shapes.find("(3, 3)") != std::string::npos);
  BOOST_TEST(shapes.find(dm::to_string(network.input_shape())) != std::string::npos);

  auto beyond = made;
  beyond.labels[7] = 5;
  BOOST_TEST(message([&] { dm::analyze(host(), network, support::tests_of(beyond)); }).find("input 7 has label 5") != std::string::npos);

  in_place basic(network);
  dm::evaluation_options resumable;
  resumable.engine = dm::engine::resumable{};
  BOOST_TEST(message([&] {
               dm::analyze(host(), basic, support::tests_of(made), dm::exhaustive{}, dm::paper_operators(), all_rules, resumable);
             }).find("resumable tier") != std::string::npos);
  BOOST_TEST(message([&] {
               dm::analyze(host(), network, support::tests_of(made), dm::exhaustive{}, dm::shipped_operators{}, all_rules);
             }).find("operator set is empty") != std::string::npos);
  BOOST_TEST(message([&] {
               dm::analyze(host(), network, support::tests_of(made), dm::exhaustive{}, dm::paper_operators(), dm::shipped_kill_rules{});
             }).find("kill rules is empty") != std::string::npos);
  auto all_wrong = made;
  for (std::size_t i = 0; i < made.inputs.size(); ++i) {
    const auto z = naive::possible_classes(naive::outputs(made.network, made.inputs[i])).front();
    all_wrong.labels[i] = (z + 1) % made.classes;
  }
  BOOST_TEST(message([&] { dm::analyze(host(), network, support::tests_of(all_wrong)); }).find("none of the inputs") != std::string::npos);
  const auto golden = dm::run_golden(host(), network, support::tests_of(made));
  const auto part = support::tests_of(made).first(3);
  BOOST_TEST(message([&] {
               dm::evaluate(host(), network, part, golden, std::vector<dm::mutant>{}, dm::paper_operators(), all_rules);
             }).find("another model or test set") != std::string::npos);
  BOOST_TEST(message([&] {
               dm::analyze(host(), network, support::tests_of(made), dm::exhaustive{}, dm::paper_operators(),
                           dm::kill_rules(dm::kill::any_flip{}, dm::kill::any_flip{}));
             }).find("any-flip is there twice") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
