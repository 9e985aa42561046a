// A model adapter of one's own: mutation analysis of a network class that knows nothing of deepmaacc.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/deepmaacc.hpp>
#include <deepmaacc/io/keras.hpp>
#include <deepmaacc/io/test_set.hpp>
#include <iostream>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "expect.hpp"

namespace dm = deepmaacc;

// Stands for a library that we cannot change: double, nested vectors, a row of weights per neuron.
namespace vendor {

inline double same(double z) { return z; }
inline double relu(double z) { return z > 0 ? z : 0; }
inline double sigmoid(double z) { return 1 / (1 + std::exp(-z)); }

struct layer {
  std::vector<std::vector<double>> weights;  // outputs × inputs
  std::vector<double> biases;
  double (*activation)(double) = same;

  std::vector<double> apply(const std::vector<double>& from) const {
    std::vector<double> to = biases;
    for (std::size_t j = 0; j < to.size(); ++j) {
      for (std::size_t i = 0; i < from.size(); ++i) to[j] += weights[j][i] * from[i];
      to[j] = activation(to[j]);
    }
    return to;
  }
};

struct mlp {
  std::vector<layer> layers;

  std::vector<double> scores(std::vector<double> values) const {
    for (const layer& one : layers) values = one.apply(values);
    return values;
  }
};

}  // namespace vendor

// The basic tier: enough for every analysis.
class mlp_adapter {
 public:
  using value_type = double;
  explicit mlp_adapter(vendor::mlp model) : model_(std::move(model)) {}

  std::vector<dm::layer_description> layers() const {
    std::vector<dm::layer_description> all;
    for (const auto& layer : model_.layers) {
      dm::layer_description one;
      one.name = "layer" + std::to_string(all.size());
      one.kind = "Dense";
      one.neurons = layer.weights.size();
      one.weights_per_neuron = layer.weights.front().size();
      if (all.size() + 1 < model_.layers.size()) one.feeds = all.size() + 1;  // every layer takes the outputs of the one before
      all.push_back(std::move(one));
    }
    all.back().is_output = true;
    return all;
  }

  void read_neuron(dm::neuron_id id, std::span<double> numbers) const {
    const auto& layer = model_.layers[id.layer];
    std::ranges::copy(layer.weights[id.neuron], numbers.begin());
    numbers.back() = layer.biases[id.neuron];
  }

  void write_neuron(dm::neuron_id id, std::span<const double> numbers) {
    auto& layer = model_.layers[id.layer];
    std::ranges::copy(numbers.first(numbers.size() - 1), layer.weights[id.neuron].begin());
    layer.biases[id.neuron] = numbers.back();
  }

  void predict(dm::matrix<const double> inputs, dm::matrix<double> outputs) {
    for (std::size_t i = 0; i < inputs.extent(0); ++i) std::ranges::copy(model_.scores(row(inputs, i)), &outputs(i, 0));
  }

 protected:
  static std::vector<double> row(dm::matrix<const double> inputs, std::size_t i) {
    const double* begin = inputs.data() + i * inputs.extent(1);
    return {begin, begin + inputs.extent(1)};
  }

  vendor::mlp model_;
};
static_assert(dm::ModelAdapter<mlp_adapter> && !dm::ResumableAdapter<mlp_adapter>);

// The resumable tier: what lies before the mutated layer is computed once per input, not once per mutant.
class resumable_mlp_adapter : public mlp_adapter {
 public:
  using activations_type = std::vector<std::vector<std::vector<double>>>;  // for each input, what enters each layer
  using mlp_adapter::mlp_adapter;
  using mlp_adapter::predict;

  void predict(dm::matrix<const double> inputs, dm::matrix<double> outputs, activations_type& kept) {
    kept.assign(inputs.extent(0), {});
    for (std::size_t i = 0; i < inputs.extent(0); ++i) {
      kept[i].push_back(row(inputs, i));
      for (std::size_t layer = 1; layer < model_.layers.size(); ++layer) kept[i].push_back(model_.layers[layer - 1].apply(kept[i].back()));
    }
    forward(model_.layers.size() - 1, kept, outputs);
  }

  void forward(std::size_t layer, const activations_type& kept, dm::matrix<double> outputs) {
    for (std::size_t i = 0; i < outputs.extent(0); ++i) {
      auto values = kept[i][layer];
      for (std::size_t next = layer; next < model_.layers.size(); ++next) values = model_.layers[next].apply(values);
      std::ranges::copy(values, &outputs(i, 0));
    }
  }
};
static_assert(dm::ResumableAdapter<resumable_mlp_adapter>);

// What runs mutants of the delta tier: a block of inputs that the network has been run on, and changes of single neurons.
class mlp_runner {
 public:
  explicit mlp_runner(vendor::mlp model) : model_(std::move(model)) {}

  std::size_t lanes() const { return 64; }

  void load(std::span<const double* const> inputs) {
    values_.clear();
    for (const double* input : inputs) {
      auto& values = values_.emplace_back();
      values.emplace_back(input, input + model_.layers.front().weights.front().size());
      for (const auto& layer : model_.layers) values.push_back(layer.apply(values.back()));
    }
    outputs_ = columns([&](std::size_t lane) { return values_[lane].back(); }, inputs.size());
  }

  dm::matrix<const double> outputs() const { return view(outputs_); }

  template <class Sink>
  void change(std::size_t layer, std::span<const dm::neuron_change<double>> changes, const Sink& sink) {
    std::vector<std::uint32_t> changed;
    std::vector<std::vector<double>> scores;
    for (std::size_t lane = 0; lane < values_.size(); ++lane) {
      auto values = values_[lane][layer + 1];
      for (const auto& one : changes) values[one.neuron] = changed_value(layer, one, values_[lane][layer]);
      if (values == values_[lane][layer + 1]) continue;  // what is not mentioned keeps its outputs
      for (std::size_t next = layer + 1; next < model_.layers.size(); ++next) values = model_.layers[next].apply(values);
      changed.push_back(static_cast<std::uint32_t>(lane));
      scores.push_back(std::move(values));
    }
    if (changed.empty()) return;
    const auto numbers = columns([&](std::size_t i) { return scores[i]; }, changed.size());
    sink(view(numbers), std::span<const std::uint32_t>(changed));
  }

 private:
  double changed_value(std::size_t layer, const dm::neuron_change<double>& change, const std::vector<double>& inputs) const {
    const auto& of = model_.layers[layer];
    const bool is_new = !change.numbers.empty();  // else what the operator does to the sum is known
    double sum = is_new ? change.numbers.back() : of.biases[change.neuron];
    for (std::size_t i = 0; i < inputs.size(); ++i) sum += (is_new ? change.numbers[i] : of.weights[change.neuron][i]) * inputs[i];
    return of.activation(is_new ? sum : change.factor * sum + change.shift);
  }

  // Classes × lanes, as the library wants them.
  template <class Scores>
  std::vector<double> columns(const Scores& scores, std::size_t count) const {
    std::vector<double> numbers(model_.layers.back().biases.size() * lanes());
    for (std::size_t lane = 0; lane < count; ++lane) {
      const auto column = scores(lane);
      for (std::size_t c = 0; c < column.size(); ++c) numbers[c * lanes() + lane] = column[c];
    }
    return numbers;
  }
  dm::matrix<const double> view(const std::vector<double>& numbers) const {
    return dm::matrix<const double>(numbers.data(), numbers.size() / lanes(), lanes());
  }

  vendor::mlp model_;
  std::vector<std::vector<std::vector<double>>> values_;  // for each input, what enters each layer, and the outputs
  std::vector<double> outputs_;
};
static_assert(dm::DeltaRunner<mlp_runner, double>);

// The delta tier.
class delta_mlp_adapter : public resumable_mlp_adapter {
 public:
  using resumable_mlp_adapter::resumable_mlp_adapter;
  mlp_runner delta() const { return mlp_runner(model_); }
};
static_assert(dm::DeltaAdapter<delta_mlp_adapter>);

// The vendor's network with the weights of a Keras model.
template <class Network>
vendor::mlp to_vendor(const Network& network) {
  vendor::mlp model;
  const auto layers = network.layers();
  const dm::program& program = network.model();
  for (std::size_t which = 0; which < layers.size(); ++which) {
    if (!layers[which].is_mutable()) continue;
    vendor::layer& layer = model.layers.emplace_back();
    const auto& last = program[program.layers()[which].output].does;  // the activation, where there is one
    if (const auto* function = last.get_if<dm::operation::unary>()) {
      if (function->function.holds<dm::activation::relu>()) layer.activation = vendor::relu;
      if (function->function.holds<dm::activation::sigmoid>()) layer.activation = vendor::sigmoid;
    }
    for (std::size_t neuron = 0; neuron < layers[which].neurons; ++neuron) {
      std::vector<double> numbers(layers[which].numbers_per_neuron());
      network.read_neuron({which, neuron}, numbers);
      layer.biases.push_back(numbers.back());
      numbers.pop_back();
      layer.weights.push_back(std::move(numbers));
    }
  }
  return model;
}

void print(const std::string& what, const dm::analysis_result& result) {
  std::cout << what << ": " << to_string(result.tier) << " tier, engine " << to_string(result.engine) << ", " << result.scores[0].killed
            << " of " << result.scores[0].possible << " classes killed\n";
}

int main(int argc, char* argv[]) {
  const Kokkos::ScopeGuard kokkos(argc, argv);
  const std::string data = argc > 1 ? argv[1] : "examples/data";
  const auto network = dm::io::read_keras<dm::storage::xtensor_host<double>>(data + "/digits-mlp.keras");
  const auto tests = dm::io::read_tests<double>(data + "/digits-test.npz:images", data + "/digits-test.npz:labels").first(100);
  const vendor::mlp model = to_vendor(network);

  delta_mlp_adapter examined(model);
  const auto broken = dm::check_adapter(examined, tests);
  if (broken) std::cout << *broken << '\n';
  expect(!broken.has_value(), "the adapter keeps the laws");

  const Kokkos::DefaultHostExecutionSpace space;
  const auto native = dm::analyze(space, network, tests);
  const auto basic = dm::analyze(space, mlp_adapter(model), tests);
  const auto resumable = dm::analyze(space, resumable_mlp_adapter(model), tests);
  const auto delta = dm::analyze(space, delta_mlp_adapter(model), tests);
  print("deepmaacc's network", native);
  print("the vendor's, whole", basic);
  print("the vendor's, resumed", resumable);
  print("the vendor's, by delta", delta);

  const auto killed = [](const dm::analysis_result& result) {
    std::vector<std::vector<std::size_t>> classes;
    for (std::size_t which = 0; which < result.mutants.size(); ++which) classes.push_back(result.kills.killed_cells(0, which));
    return classes;
  };
  expect(basic.kills == resumable.kills && killed(basic) == killed(delta), "all tiers give the same kills");
  expect(killed(basic) == killed(native), "the vendor's network gives the same kills as deepmaacc's");
  return expectations_failed();
}
