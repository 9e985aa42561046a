#include <Kokkos_Core.hpp>
#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/evaluation/evaluate.hpp>
#include <deepmaacc/mutation/operators.hpp>
#include <deepmaacc/mutation/scoped_mutation.hpp>
#include <limits>
#include <memory>
#include <numeric>
#include <random>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "engine_cases.hpp"
#include "support/engines.hpp"
#include "support/error_text.hpp"
#include "support/random_graphs.hpp"
#include "support/sanitizer.hpp"

namespace dm = deepmaacc;
namespace model = support::layers;
namespace activations = deepmaacc::activation;

namespace {

using support::adding_rules;
using support::comparison;
using support::count_near_ties;
using support::difference;
using support::engines_differ;
using support::four_operators;
using support::is_same;
using support::kills_of;
using support::layers_of;
using support::mutants_of;
using support::other_rules;
using support::seed_of_operators;

using float_storage = dm::storage::xtensor_host<float>;
using double_storage = dm::storage::kokkos_view<double, Kokkos::HostSpace>;

constexpr std::array<dm::skip_options, 8> all_skips{{{false, false, false},
                                                     {true, false, false},
                                                     {false, true, false},
                                                     {true, true, false},
                                                     {false, false, true},
                                                     {true, false, true},
                                                     {false, true, true},
                                                     {true, true, true}}};

struct skipped {
  std::size_t dead = 0, certified = 0, saturated = 0;
};

/// Runs a case with every set of skips, and with none.
template <class Storage, class Rules>
void check_skips(const support::graph_case& made, const std::string& name, const Rules& rules, skipped& sum) {
  const dm::this_thread here;
  const auto network = support::network_of<Storage>(made);
  const auto tests = support::tests_of<typename Storage::value_type>(made);
  const auto mutants = mutants_of(network.layers(), made.graph.size());
  dm::evaluation_work work;
  const auto all = kills_of(here, network, tests, mutants, rules, dm::engine::delta{}, dm::skip_nothing, &work);
  BOOST_TEST(work.pairs == mutants.size() * tests.size());
  BOOST_TEST(work.dead + work.certified + work.saturated == 0U);
  for (const dm::skip_options& skip : all_skips) {
    const auto some = kills_of(here, network, tests, mutants, rules, dm::engine::delta{}, skip, &work);
    BOOST_TEST(is_same(some, all), name << ", skips " << skip.dead << skip.certified << skip.saturated << ":" << layers_of(made));
    BOOST_TEST(work.dead + work.certified + work.saturated <= work.pairs, name);
    BOOST_TEST((skip.dead || work.dead == 0));
    BOOST_TEST((skip.certified || work.certified == 0));
    BOOST_TEST((skip.saturated || work.saturated == 0));
    if (skip == dm::skip_options{}) sum.dead += work.dead, sum.certified += work.certified, sum.saturated += work.saturated;
  }
}

/// What a mutant does to its neurons, told from the operators' definitions.
template <class T>
struct neuron_changes {
  std::vector<std::vector<T>> numbers;
  std::vector<dm::neuron_change<T>> all;

  template <class Network>
  neuron_changes(const Network& network, const dm::layer_description& layer, const dm::mutant& mutant) {
    for (const std::size_t neuron : mutant.neurons) {
      std::vector<T>& read = numbers.emplace_back(layer.numbers_per_neuron());
      network.read_neuron({mutant.layer, neuron}, read);
      const T bias = layer.has_bias ? read.back() : T{0};
      dm::neuron_change<T> change;
      change.neuron = neuron;
      if (mutant.operation == 0) change.factor = static_cast<T>(1.1F);
      if (mutant.operation == 1) change.factor = -1, change.shift = 2 * bias;
      if (mutant.operation == 2) change.factor = 0, change.shift = bias;
      if (mutant.operation == 3) {
        const std::span<T> whole(read);
        four_operators().visit(3, [&](const auto& operation) {
          operation.mutate(dm::neuron_weights<T>{whole.first(layer.weights_per_neuron), whole.subspan(layer.weights_per_neuron)},
                           dm::mutation_site{seed_of_operators, mutant.layer, neuron, mutant.repeat});
        });
        change.numbers = read;
      }
      all.push_back(change);
    }
  }
};

/// What two runners say of the same blocks, of which one may leave inputs out.
struct left_out {
  std::size_t pairs = 0, dead = 0, certified = 0, wrong = 0, other_outputs = 0;
};

template <class Storage>
void count_left_out(const support::graph_case& made, left_out& sum) {
  using T = typename Storage::value_type;
  const auto network = support::network_of<Storage>(made);
  const auto tests = support::tests_of<T>(made);
  const auto layers = network.layers();
  const auto mutants = mutants_of(layers, made.graph.size());
  auto careful = network.delta(), fast = network.delta();
  careful.skip(false, false);
  fast.skip(true, true);
  dm::delta_worker<decltype(careful), T> all(careful), some(fast);
  const std::size_t classes = network.classes(), block = std::min(all.lanes(), some.lanes());
  std::vector<std::uint32_t> order(tests.size());
  std::iota(order.begin(), order.end(), std::uint32_t{0});
  for (std::size_t first = 0; first < order.size(); first += block) {
    const auto inputs = std::span<const std::uint32_t>(order).subspan(first, std::min(block, order.size() - first));
    all.load(tests, inputs);
    some.load(tests, inputs);
    const auto original = all.runner().outputs();
    std::vector<dm::expectation> expected;
    for (std::size_t lane = 0; lane < inputs.size(); ++lane)
      expected.push_back(dm::expect_of(dm::oracle_kind::predictions, dm::decide(all.column(original, lane).data(), classes), 0));
    some.expect(expected);
    some.protect();
    for (const dm::mutant& mutant : mutants) {
      const neuron_changes<T> changes(network, layers[mutant.layer], mutant);
      std::vector<std::vector<T>> found(inputs.size());
      all.runner().change(mutant.layer, changes.all, [&](const auto& outputs, std::span<const std::uint32_t> lanes) {
        for (std::size_t column = 0; column < lanes.size(); ++column) {
          const auto one = all.column(outputs, column);
          found[lanes[column]].assign(one.begin(), one.end());
        }
      });
      std::vector<int> is_seen(inputs.size(), 0);
      const std::size_t certified = some.runner().certified();
      some.runner().change(mutant.layer, changes.all, [&](const auto& outputs, std::span<const std::uint32_t> lanes) {
        for (std::size_t column = 0; column < lanes.size(); ++column) {
          ++is_seen[lanes[column]];
          const auto one = some.column(outputs, column);
          for (std::size_t c = 0; c < classes; ++c)
            if (one[c] != found[lanes[column]][c] && !(std::isnan(one[c]) && std::isnan(found[lanes[column]][c]))) ++sum.other_outputs;
        }
      });
      std::size_t skipped = 0;
      for (std::size_t lane = 0; lane < inputs.size(); ++lane) {
        BOOST_TEST_REQUIRE(found[lane].size() == classes);
        BOOST_TEST_REQUIRE(is_seen[lane] <= 1);
        if (is_seen[lane]) continue;
        ++skipped;
        const dm::decision before = expected[lane].original, after = dm::decide(found[lane].data(), classes);
        sum.wrong += before.winner != after.winner || before.rival != after.rival;
      }
      const std::size_t proved = some.runner().certified() - certified;
      BOOST_TEST_REQUIRE(proved <= skipped);
      sum.pairs += inputs.size(), sum.certified += proved, sum.dead += skipped - proved;
    }
  }
}

/// Dense networks of all sorts: activations whose slopes have bounds, and others; widths of 1 to 70; weights of several scales.
support::graph_case random_dense_network(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto pick = [&](std::size_t low, std::size_t high) { return std::uniform_int_distribution<std::size_t>(low, high)(random); };
  const std::vector<dm::activation_function> kinds{activations::relu{},         activations::relu{},          activations::sigmoid{},
                                                   activations::tanh{},         activations::leaky_relu{0.2}, activations::relu6{},
                                                   activations::hard_sigmoid{}, activations::softsign{},      activations::softplus{},
                                                   activations::linear{},       activations::leaky_relu{1.5}, activations::silu{}};
  constexpr std::array<double, 8> scales{1, 1, 1.5, 1.5, 0.1, 1e-6, 30, 1e3};
  support::dense_choices chosen;
  const bool is_wide = seed % 9 == 0, is_mixed = pick(0, 1) == 1;
  const auto only = kinds[pick(0, 4)];
  for (std::size_t i = pick(1, 4); i > 0; --i) {
    chosen.widths.push_back(is_wide ? pick(20, 70) : pick(1, 14));
    chosen.activations.push_back(is_mixed ? kinds[pick(0, kinds.size() - 1)] : only);
  }
  if (is_wide && chosen.widths.size() > 2) chosen.widths.resize(2), chosen.activations.resize(2);
  chosen.features = pick(1, 8), chosen.classes = pick(2, 6);
  chosen.inputs = is_wide ? 30 : seed % 7 == 0 ? 300 : pick(1, 70);
  chosen.weight_scale = scales[pick(0, 7)];
  chosen.input_scale = scales[pick(0, 7)];
  auto made = support::dense_network(seed, chosen);
  if (seed % 5 == 0)  // outputs that are nearly the same: everything is close
    for (auto& one : made.parameters.back()) {
      const std::size_t classes = chosen.classes;
      for (std::size_t i = 0; i < one.size(); ++i)
        one[i] = static_cast<double>(static_cast<float>(one[i - i % classes] * (1 + 3e-6 * static_cast<double>(i % classes))));
    }
  return made;
}

/// Two dense layers in plain loops, an adapter of the delta tier without anything that is optional. Its runner tells of the inputs of a
/// block one by one, backwards.
class plain_model {
 public:
  using value_type = float;
  static constexpr std::size_t features = 3, hidden = 5, outputs = 3;
  bool is_silent = false;

  explicit plain_model(std::uint64_t seed) {
    std::mt19937_64 random(seed);
    std::normal_distribution<float> normal;
    first_.resize((features + 1) * hidden);
    second_.resize((hidden + 1) * outputs);
    for (float& one : first_) one = normal(random);
    for (float& one : second_) one = normal(random);
  }

  std::vector<dm::layer_description> layers() const {
    std::vector<dm::layer_description> all(2);
    all[0].name = "first", all[0].neurons = hidden, all[0].weights_per_neuron = features;
    all[1].name = "second", all[1].neurons = outputs, all[1].weights_per_neuron = hidden, all[1].is_output = true;
    return all;
  }
  void read_neuron(dm::neuron_id id, std::span<float> numbers) const {
    for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = weights(id.layer)[i * width(id.layer) + id.neuron];
  }
  void write_neuron(dm::neuron_id id, std::span<const float> numbers) {
    auto& all = id.layer == 0 ? first_ : second_;
    for (std::size_t i = 0; i < numbers.size(); ++i) all[i * width(id.layer) + id.neuron] = numbers[i];
  }
  void predict(dm::matrix<const float> inputs, dm::matrix<float> to) const {
    for (std::size_t i = 0; i < inputs.extent(0); ++i) {
      const auto found = run(&inputs(i, 0));
      for (std::size_t c = 0; c < outputs; ++c) to(i, c) = found[c];
    }
  }
  struct activations_type {
    dm::matrix<const float> inputs;
  };
  void predict(dm::matrix<const float> inputs, dm::matrix<float> to, activations_type& kept) const {
    kept.inputs = inputs;
    predict(inputs, to);
  }
  void forward(std::size_t, const activations_type& kept, dm::matrix<float> to) const { predict(kept.inputs, to); }

  class runner {
   public:
    explicit runner(const plain_model& model)
        : model_(std::make_shared<const plain_model>(model)), outputs_(plain_model::outputs * lanes()) {}
    std::size_t lanes() const { return 20; }
    void load(std::span<const float* const> inputs) {
      inputs_.assign(inputs.begin(), inputs.end());
      for (std::size_t lane = 0; lane < inputs.size(); ++lane) {
        const auto found = model_->run(inputs[lane]);
        for (std::size_t c = 0; c < plain_model::outputs; ++c) outputs_[c * lanes() + lane] = found[c];
      }
    }
    dm::matrix<const float> outputs() const { return dm::matrix<const float>(outputs_.data(), plain_model::outputs, lanes()); }
    template <class Sink>
    void change(std::size_t layer, std::span<const dm::neuron_change<float>> changes, const Sink& sink) const {
      plain_model mutant = *model_;
      for (const auto& one : changes) {
        std::vector<float> numbers(one.numbers.begin(), one.numbers.end());
        if (numbers.empty()) {
          numbers.resize(mutant.layers()[layer].numbers_per_neuron());
          mutant.read_neuron({layer, one.neuron}, numbers);
          for (float& number : numbers) number *= one.factor;
          numbers.back() += one.shift;
        }
        mutant.write_neuron({layer, one.neuron}, numbers);
      }
      if (model_->is_silent) return;
      // The last by itself, and the others not in their order.
      std::vector<std::uint32_t> order(inputs_.size());
      std::iota(order.begin(), order.end(), std::uint32_t{0});
      for (std::size_t i = 1; i + 2 < order.size(); i += 4) std::swap(order[i], order[i + 1]);
      give(mutant, std::span<const std::uint32_t>(order).last(1), sink);
      if (order.size() > 1) give(mutant, std::span<const std::uint32_t>(order).first(order.size() - 1), sink);
    }

   private:
    template <class Sink>
    void give(const plain_model& mutant, std::span<const std::uint32_t> lanes, const Sink& sink) const {
      std::vector<float> columns(plain_model::outputs * lanes.size());
      for (std::size_t column = 0; column < lanes.size(); ++column) {
        const auto found = mutant.run(inputs_[lanes[column]]);
        for (std::size_t c = 0; c < plain_model::outputs; ++c) columns[c * lanes.size() + column] = found[c];
      }
      sink(dm::matrix<const float>(columns.data(), plain_model::outputs, lanes.size()), lanes);
    }

    std::shared_ptr<const plain_model> model_;
    std::vector<const float*> inputs_;
    std::vector<float> outputs_;
  };
  runner delta() const { return runner(*this); }

  /// The same network for the library, with inputs.
  support::graph_case as_graph(support::graph_maker& make) const {
    const std::size_t input = make.begin({features});
    const std::size_t middle = make.add(model::dense(hidden, activations::relu{}), {input});
    make.add(model::dense(outputs), {middle});
    auto made = make.with_inputs(30);
    for (const std::size_t layer : {0U, 1U}) {
      const auto bias = weights(layer).end() - static_cast<std::ptrdiff_t>(width(layer));
      made.parameters[layer + 1] = {{weights(layer).begin(), bias}, {bias, weights(layer).end()}};
    }
    const auto predicted = support::outputs_of(made);
    for (std::size_t i = 0; i < predicted.size(); i += 2)
      made.labels[i] = static_cast<std::uint32_t>(std::max_element(predicted[i].begin(), predicted[i].end()) - predicted[i].begin());
    return made;
  }

 private:
  static std::size_t width(std::size_t layer) { return layer == 0 ? hidden : outputs; }
  const std::vector<float>& weights(std::size_t layer) const { return layer == 0 ? first_ : second_; }

  std::vector<float> run(const float* input) const {
    std::vector<float> middle(hidden), last(outputs);
    for (std::size_t j = 0; j < hidden; ++j) {
      float sum = first_[features * hidden + j];
      for (std::size_t i = 0; i < features; ++i) sum += input[i] * first_[i * hidden + j];
      middle[j] = sum > 0 ? sum : 0;
    }
    for (std::size_t c = 0; c < outputs; ++c) {
      last[c] = second_[hidden * outputs + c];
      for (std::size_t j = 0; j < hidden; ++j) last[c] += middle[j] * second_[j * outputs + c];
    }
    return last;
  }

  std::vector<float> first_, second_;  // (incoming and bias × neurons)
};

/// A random dense suffix, changes of its input that use up just less than 1, and how far the outputs then rise: in plain loops.
template <class T>
void check_bounds(std::uint64_t seed, std::size_t& checked, std::size_t& close) {
  constexpr std::size_t lanes = dm::by_lanes::lanes_per_group<T>;
  std::mt19937_64 random(seed);
  const auto pick = [&](std::size_t low, std::size_t high) { return std::uniform_int_distribution<std::size_t>(low, high)(random); };
  std::normal_distribution<double> normal;
  const std::vector<dm::activation_function> kinds{activations::linear{},        activations::relu{},        activations::relu6{},
                                                   activations::leaky_relu{0.3}, activations::sigmoid{},     activations::tanh{},
                                                   activations::softplus{},      activations::hard_sigmoid{}};
  support::dense_choices chosen;
  constexpr std::array<double, 5> scales{1, 1, 3, 1e-3, 30};
  chosen.inputs = 1, chosen.features = pick(1, 6), chosen.classes = pick(2, 5), chosen.weight_scale = scales[pick(0, 4)];
  for (std::size_t i = pick(0, 2); i > 0; --i) {
    chosen.widths.push_back(pick(1, 6));
    chosen.activations.push_back(kinds[pick(0, kinds.size() - 1)]);
  }
  const auto made = support::dense_network(seed, chosen);
  const auto plan = std::make_shared<const dm::network_plan>(made.graph.made());
  std::vector<std::vector<T>> numbers;  // in the order in which layers declared them
  for (const auto& layer : made.parameters)
    for (const auto& one : layer) numbers.emplace_back(one.begin(), one.end());
  std::vector<const T*> pointers;
  for (const auto& one : numbers) pointers.push_back(one.data());
  const auto program = dm::by_lanes::make_lane_program<T>(plan, pointers);
  const auto bounds = dm::by_lanes::change_bounds<T>::make(program, 0);
  BOOST_TEST_REQUIRE(bounds.has_value());
  BOOST_TEST_REQUIRE(bounds->rows() == chosen.features);

  // Every tensor of the program, sums and activations in turn; the last one is the outputs.
  using tensors = std::vector<std::vector<long double>>;
  const auto run = [&](std::vector<long double> at) {
    tensors all{at};
    for (std::size_t layer = 1; layer < made.parameters.size(); ++layer) {
      const auto& arrays = made.parameters[layer];
      const std::size_t units = arrays[0].size() / at.size();
      std::vector<long double> sums(units, 0);
      for (std::size_t j = 0; j < units; ++j) {
        if (arrays.size() > 1) sums[j] = arrays[1][j];
        for (std::size_t i = 0; i < at.size(); ++i) sums[j] += at[i] * static_cast<long double>(arrays[0][i * units + j]);
      }
      all.push_back(sums);
      at = sums;
      if (layer - 1 >= chosen.widths.size()) continue;
      const auto& function = chosen.activations[layer - 1].as<dm::unary_function>();
      if (dm::is_linear(function)) continue;
      function.visit([&](const auto& one) {
        using kind = std::decay_t<decltype(one)>;
        for (long double& x : at) {
          if constexpr (std::is_same_v<kind, activations::sigmoid>) x = 1 / (1 + std::exp(-x));
          if constexpr (std::is_same_v<kind, activations::tanh>) x = std::tanh(x);
          if constexpr (std::is_same_v<kind, activations::softplus>) x = std::max(x, 0.0L) + std::log1p(std::exp(-std::abs(x)));
          if constexpr (std::is_same_v<kind, activations::relu>) x = std::max(x, 0.0L);
          if constexpr (std::is_same_v<kind, activations::relu6>) x = std::min(std::max(x, 0.0L), 6.0L);
          if constexpr (std::is_same_v<kind, activations::leaky_relu>) x = x < 0 ? static_cast<long double>(one.negative_slope) * x : x;
          if constexpr (std::is_same_v<kind, activations::hard_sigmoid>) x = std::min(std::max(x / 6 + 0.5L, 0.0L), 1.0L);
        }
      });
      all.push_back(at);
    }
    return all;
  };
  for (int repeat = 0; repeat < 30; ++repeat) {
    std::vector<long double> input(chosen.features);
    for (long double& one : input) one = static_cast<long double>(static_cast<float>(normal(random)));
    const tensors before = run(input);
    BOOST_TEST_REQUIRE(before.size() == program.tensors.size());
    const std::uint32_t winner = static_cast<std::uint32_t>(pick(0, chosen.classes - 1));
    const std::vector<std::uint32_t> winners{winner};
    // From much room to hardly any.
    const double room = std::pow(10.0, static_cast<double>(pick(0, 6)) - 3);
    dm::by_lanes::aligned_vector<T> margins(chosen.classes), up(chosen.features * lanes), down(chosen.features * lanes);
    for (T& one : margins) one = static_cast<T>(room * (0.1 + std::abs(normal(random))));
    std::vector<dm::by_lanes::aligned_vector<T>> rows(before.size());
    for (std::size_t tensor = 0; tensor < before.size(); ++tensor)
      for (const long double one : before[tensor]) rows[tensor].insert(rows[tensor].end(), lanes, static_cast<T>(one));
    const double relative_tolerance = repeat % 2 ? 2e-5 : 0;
    bounds->margin_rates(
        winners, dm::matrix<const T>(margins.data(), chosen.classes, 1), 0, relative_tolerance,
        [&](std::size_t tensor) { return rows[tensor].data(); }, up.data(), down.data());
    if (!std::isfinite(up.front())) continue;  // nothing is allowed
    std::vector<long double> change(chosen.features);
    long double used = 0;
    for (std::size_t row = 0; row < change.size(); ++row) {
      change[row] = pick(0, 2) ? static_cast<long double>(normal(random)) : 0.0L;
      used += std::abs(change[row]) * static_cast<long double>(change[row] > 0 ? up[row * lanes] : down[row * lanes]);
    }
    if (!(used > 0)) continue;
    std::vector<long double> input_after = input;
    for (std::size_t row = 0; row < change.size(); ++row) input_after[row] += change[row] * (0.999999L / used);
    const auto after = run(input_after);
    long double most = 0;
    for (std::size_t c = 0; c < chosen.classes; ++c) {
      if (c == winner) continue;
      const long double own = after.back()[winner] - before.back()[winner], other = after.back()[c] - before.back()[c];
      most = std::max(most, (other - own + static_cast<long double>(relative_tolerance) * std::max(std::abs(own), std::abs(other))) /
                                static_cast<long double>(margins[c]));
    }
    BOOST_TEST(most < 1.0L, "seed " << seed << ", repeat " << repeat);
    ++checked;
    close += most > 0.5L;
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(delta)

BOOST_AUTO_TEST_CASE(no_skip_changes_a_kill) {
  skipped graphs, dense;
  for (std::uint64_t seed = 1000; seed < 1120; seed += support::next_case) {
    const auto made = support::random_graph(seed, seed % 10 == 0 ? 600 : 1 + seed % 30);
    const std::string name = "seed " + std::to_string(seed);
    check_skips<float_storage>(made, name, adding_rules, graphs);
    if (seed % 4 == 0) check_skips<float_storage>(made, name, other_rules, graphs);
    if (seed % 4 == 1) check_skips<double_storage>(made, name + ", double", adding_rules, graphs);
  }
  for (std::uint64_t seed = 2000; seed < 2120; seed += support::next_case) {
    const auto made = random_dense_network(seed);
    const std::string name = "seed " + std::to_string(seed);
    check_skips<float_storage>(made, name, adding_rules, dense);
    if (seed % 4 == 0 && seed % 9 != 0) check_skips<float_storage>(made, name, other_rules, dense);
    if (seed % 4 == 1 && seed % 9 != 0) check_skips<double_storage>(made, name + ", double", adding_rules, dense);
  }
  BOOST_TEST_MESSAGE("skipped of random networks: " << graphs.dead << " dead, " << graphs.certified << " certified, " << graphs.saturated
                                                    << " saturated; of dense ones: " << dense.dead << ", " << dense.certified << ", "
                                                    << dense.saturated);
  for (const skipped& one : {graphs, dense}) {
    BOOST_TEST(one.dead > 1000U / support::next_case);
    BOOST_TEST(one.saturated > 1000U / support::next_case);
  }
  BOOST_TEST(graphs.certified > 500U / support::next_case);
  BOOST_TEST(dense.certified > 10000U / support::next_case);
}

// Each pair that is left out is computed by a runner that leaves nothing out, and must be decided like the original.
BOOST_AUTO_TEST_CASE(what_is_left_out_is_decided_as_the_original_is) {
  left_out rounded, precise;
  for (std::uint64_t seed = 3000; seed < 3150; seed += support::next_case) {
    const auto made = random_dense_network(seed);
    count_left_out<float_storage>(made, rounded);
    count_left_out<double_storage>(made, precise);
  }
  for (std::uint64_t seed = 4000; seed < 4100; seed += support::next_case) {
    const auto made = support::random_graph(seed, 1 + seed % 50);
    count_left_out<float_storage>(made, rounded);
    count_left_out<double_storage>(made, precise);
  }
  for (const left_out& one : {rounded, precise}) {
    BOOST_TEST_MESSAGE(one.pairs << " pairs, " << one.dead << " dead, " << one.certified << " certified");
    BOOST_TEST(one.wrong == 0U);
    BOOST_TEST(one.other_outputs == 0U);  // packing inputs of several groups together changes no bit
    BOOST_TEST(one.dead > 10000U / support::next_case);
    BOOST_TEST(one.certified > 10000U / support::next_case);
  }
}

// The certified bounds of random dense layers, against what random changes of their input do in long double.
BOOST_AUTO_TEST_CASE(no_change_exceeds_its_bound) {
  std::size_t checked = 0, close = 0;
  for (std::uint64_t seed = 6000; seed < 6200; seed += support::next_case) {
    check_bounds<float>(seed, checked, close);
    check_bounds<double>(seed, checked, close);
  }
  BOOST_TEST_MESSAGE(checked << " changes within bounds, " << close << " of them use at least half of what is allowed");
  BOOST_TEST(checked > 5000U / support::next_case);
  BOOST_TEST(close > 300U / support::next_case);  // the bounds say something
}

// Where the last axis of what a layer reads is not what it was where it was made, or a window takes a part of it only.
BOOST_AUTO_TEST_CASE(channels_are_followed_through_other_shapes) {
  using shape = dm::shape;
  const model::window2d three_by_three{{3, 3}, {1, 1}, model::padding::same}, part{{2, 2}, {2, 2}};
  const model::window1d pair{{2}};
  const auto conv = [](std::size_t filters, model::window2d window, std::size_t groups = 1) {
    return model::conv2d(filters, window, activations::relu{}, true, groups);
  };
  const auto dense = [](std::size_t units) { return model::dense(units, activations::tanh{}); };
  const std::vector<std::pair<shape, std::vector<support::layer>>> paths{
      {shape{4, 4, 2}, {conv(2, three_by_three), model::reshape({4, 2, 4}), conv(3, three_by_three)}},
      {shape{4, 4, 2}, {conv(2, three_by_three), model::reshape({4, 2, 4}), conv(4, three_by_three, 2)}},
      {shape{4, 4, 1}, {conv(1, three_by_three), model::reshape({4, 2, 2}), model::depthwise_conv2d(three_by_three, 2)}},
      {shape{4, 4, 2}, {conv(4, three_by_three), model::reshape({8, 4, 2}), conv(3, three_by_three)}},
      {shape{4, 4, 2}, {conv(2, three_by_three), model::reshape({4, 2, 4}), dense(3)}},
      {shape{4, 4, 2}, {conv(2, three_by_three), model::reshape({8, 4}), model::conv1d(3, pair), model::reshape({3, 7})}},
      {shape{4, 4, 2}, {model::reshape({4, 2, 4}), conv(3, three_by_three)}},
      {shape{2, 2, 3}, {conv(3, {{1, 1}, {2, 2}})}},
      {shape{3, 3, 2}, {conv(4, {{1, 1}}), conv(5, part)}},                  // one position, which four of nine pixels reach
      {shape{3, 3, 2}, {conv(4, part), conv(5, three_by_three), dense(6)}},  // one position, most of whose taps are over the edge
      {shape{2, 3, 1}, {conv(3, {{2, 2}}), conv(5, {{1, 2}, {1, 1}, model::padding::same, {1, 2}})}},
      {shape{5, 5, 1}, {conv(3, {{1, 1}}), conv(5, {{2, 2}, {1, 1}, model::padding::valid, {4, 4}})}}};
  for (std::size_t which = 0; which < paths.size(); ++which)
    for (std::uint64_t seed = 0; seed < 12; ++seed) {
      support::graph_maker make(seed);
      std::size_t at = make.begin(paths[which].first);
      for (const support::layer& one : paths[which].second) at = make.add(one, {at});
      at = make.flat(at);
      if (seed % 2) at = make.add(model::dense(5, activations::relu{}), {at});
      make.add(model::dense(3), {at});
      const auto made = make.with_inputs(40);
      comparison seen;
      left_out skipped;
      BOOST_TEST(engines_differ<double_storage>(made, seen) == "", "path " << which << " in double:" << layers_of(made));
      BOOST_TEST(engines_differ<float_storage>(made, seen) == "", "path " << which << " in float:" << layers_of(made));
      count_left_out<float_storage>(made, skipped);
      BOOST_TEST(skipped.wrong == 0U, "path " << which << ":" << layers_of(made));
    }
}

BOOST_AUTO_TEST_CASE(inputs_of_one_channel_are_joined_along_their_width) {
  for (const std::int64_t axis : {1, 2, 3}) {
    support::graph_maker make(static_cast<std::uint64_t>(axis));
    const std::size_t input = make.begin({3, 4, 1});
    const model::window2d window{{3, 3}, {1, 1}, model::padding::same};
    const std::size_t left = make.add(model::conv2d(1, window), {input}), right = make.add(model::conv2d(1, window), {input});
    make.add(model::dense(3), {make.flat(make.add(model::concatenate(axis), {left, right}))});
    const auto made = make.with_inputs(30);
    comparison seen;
    BOOST_TEST(engines_differ<double_storage>(made, seen) == "", "axis " << axis);
  }
}

BOOST_AUTO_TEST_CASE(a_runner_of_plain_loops_is_enough) {
  static_assert(dm::DeltaAdapter<plain_model>);
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    plain_model plain(seed);
    support::graph_maker make(seed);
    auto made = plain.as_graph(make);
    const auto tests = support::tests_of<float>(made);
    const auto mutants = mutants_of(plain.layers(), seed);
    const auto near_ties = [&](std::size_t which) { return count_near_ties(plain, tests, mutants[which]); };
    const auto whole = kills_of(dm::this_thread{}, plain, tests, mutants, other_rules, dm::engine::whole{});
    for (const auto& skip : all_skips) {
      dm::evaluation_work work;
      const Kokkos::DefaultHostExecutionSpace threads;
      const auto delta = kills_of(threads, plain, tests, mutants, other_rules, dm::engine::delta{}, skip, &work);
      BOOST_TEST(difference(delta, whole, near_ties) == "", "seed " << seed);
      BOOST_TEST(work.operations == 0);
      BOOST_TEST(work.certified + work.dead == 0U);
      BOOST_TEST(work.layers_in_rows.empty());
      BOOST_TEST(difference(kills_of(threads, plain, tests, mutants, adding_rules, dm::engine::delta{}, skip), whole, near_ties) == "");
    }
    // The native network has the same weights.
    const auto native = support::network_of<float_storage>(made);
    auto moved = mutants;
    for (dm::mutant& one : moved) ++one.layer;  // its first layer is the input
    auto fixed = moved;
    std::erase_if(fixed, [](const dm::mutant& one) { return one.operation == 3; });  // noise depends on the position of the layer
    auto own = mutants;
    std::erase_if(own, [](const dm::mutant& one) { return one.operation == 3; });
    BOOST_TEST(difference(kills_of(dm::this_thread{}, plain, tests, own, other_rules, dm::engine::delta{}),
                          kills_of(dm::this_thread{}, native, tests, fixed, other_rules, dm::engine::delta{}),
                          [&](std::size_t which) { return count_near_ties(plain, tests, own[which]); }) == "");
    // Inputs that the runner does not name keep their predictions: nothing is killed, not even in doubt of a tie.
    plain.is_silent = true;
    dm::evaluation_work work;
    const auto silent = kills_of(dm::this_thread{}, plain, tests, mutants, other_rules, dm::engine::delta{}, {}, &work);
    BOOST_TEST(work.dead == work.pairs);
    for (std::size_t which = 0; which < silent.mutants(); ++which) {
      BOOST_TEST((silent.flips(which) == 0));
      for (const std::size_t rule : {0U, 1U, 2U, 4U}) BOOST_TEST(silent.killed_cells(rule, which).empty());
    }
  }
}

// 3 inputs, 4 neurons with relu, 2 outputs.
BOOST_AUTO_TEST_CASE(operations_are_those_counted_by_hand) {
  support::dense_choices chosen;
  chosen.features = 3, chosen.widths = {4}, chosen.activations = {activations::tanh{}}, chosen.classes = 2;
  for (const std::size_t inputs : {std::size_t{1}, std::size_t{7}, std::size_t{300}}) {
    chosen.inputs = inputs;
    std::uint64_t seed = 0;
    auto made = support::dense_network(seed, chosen);
    while (
        made.parameters[1].size() + made.parameters[2].size() != 4 ||  // with biases; no input is always 0 or has equal elements
        std::any_of(made.inputs.begin(), made.inputs.end(), [](const auto& one) { return one[0] == one[1] || one[0] == 0 || one[1] == 0; }))
      made = support::dense_network(++seed, chosen);
    const auto network = support::network_of<float_storage>(made);
    const auto tests = support::tests_of<float>(made);
    const auto operations = [&](std::size_t layer, std::vector<std::size_t> neurons, std::size_t operation) {
      dm::mutant one;
      one.layer = layer, one.neurons = std::move(neurons), one.operation = operation;
      dm::evaluation_work work;
      kills_of(dm::this_thread{}, network, tests, std::vector{one}, adding_rules, dm::engine::delta{}, dm::skip_nothing, &work);
      BOOST_TEST(work.pairs == inputs);
      return work.operations / static_cast<double>(inputs);
    };
    constexpr double original = 2 * 3 * 4 + 2 * 4 * 2;
    BOOST_TEST(operations(2, {0}, 0) == original);             // an output's sum is mapped
    BOOST_TEST(operations(2, {1}, 3) == original + 2 * 4);     // or computed again
    BOOST_TEST(operations(1, {2}, 1) == original + 2 * 2);     // one number goes into two sums
    BOOST_TEST(operations(1, {0, 3}, 2) == original + 2 * 4);  // two numbers do
    BOOST_TEST(operations(1, {0, 3}, 3) == original + 2 * 4 + 2 * 2 * 3);
  }
}

BOOST_AUTO_TEST_SUITE_END()
