#pragma once

/// \file
/// A layer as feature maps see it.

#include <Kokkos_Core.hpp>
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/concepts/model_adapter.hpp>
#include <deepmaacc/concepts/mutation_operator.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/test_set.hpp>
#include <deepmaacc/core/xtensor.hpp>
#include <deepmaacc/evaluation/options.hpp>
#include <deepmaacc/evaluation/worker_pool.hpp>
#include <deepmaacc/mutation/mutant.hpp>
#include <deepmaacc/mutation/scoped_mutation.hpp>
#include <numeric>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace deepmaacc {

/// A layer with neurons: as it was trained, or with one operator applied to each of its neurons. What a neuron computes depends on
/// its own weights and the layers before, so a row about neuron j tells of the mutant of j alone; but for activations that mix a layer's
/// neurons, as softmax does. Refers to the subject.
template <class Subject>
class layer_view {
  using model_type = typename Subject::model_type;
  using space_type = typename Subject::space_type;
  using pool_type = worker_pool<space_type, model_type>;
  using adapter = typename pool_type::adapter_type;
  using T = typename adapter::value_type;

 public:
  /// \param layer  position in `subject.layers()`
  /// \param operation  position in the operator set, or none
  layer_view(const Subject& subject, std::size_t layer, std::optional<std::size_t> operation)
      : subject_(&subject), index_(layer), operation_(operation) {}
  layer_view(const Subject&&, std::size_t, std::optional<std::size_t>) = delete;

  /// Position in the adapter's `layers()`.
  std::size_t index() const { return index_; }
  const layer_description& description() const { return subject_->layers()[index_]; }
  std::size_t neurons() const { return description().neurons; }
  /// The operator that is applied to the neurons; none for the layer as it was trained.
  std::optional<std::size_t> operation() const { return operation_; }

  /// Neurons × numbers: incoming weights of each, then its bias where there is one.
  xt::xtensor<double, 2> weights() const { return weights_of(index_, operation_); }

  /// Neurons × weights that go out of each: those of the one layer that it feeds, neuron by neuron there, position by position. No operator
  /// changes them.
  /// \throws usage_error for the output layer; model_error where the model does not say that one layer takes each neuron's outputs as a
  /// channel of its own, or that layer's weights are no multiple of the neurons.
  xt::xtensor<double, 2> outgoing_weights() const {
    const auto& layers = subject_->layers();
    if (description().is_output)
      throw usage_error("layer " + description().name +
                        " is the output layer, so no weights go out of it; analyse the hidden layers only, or take another feature map");
    if (!description().feeds || *description().feeds >= layers.size())
      throw model_error(
          "the weights that go out of layer " + description().name +
          " cannot be told: the model has no single layer that takes its neurons' outputs each as a channel; take another feature map");
    const std::size_t next = *description().feeds;
    const std::size_t incoming = layers[next].weights_per_neuron, positions = incoming / neurons();
    if (positions * neurons() != incoming)
      throw model_error(detail::text("the weights that go out of layer ", description().name, " cannot be told: a neuron of layer ",
                                     layers[next].name, " has ", incoming, " of them, no multiple of ", neurons(),
                                     " neurons; take another feature map"));
    const auto theirs = weights_of(next, {});
    xt::xtensor<double, 2> ours(std::array<std::size_t, 2>{neurons(), layers[next].neurons * positions});
    for (std::size_t j = 0; j < neurons(); ++j)
      for (std::size_t k = 0; k < layers[next].neurons; ++k)
        for (std::size_t p = 0; p < positions; ++p) ours(j, k * positions + p) = theirs(k, p * neurons() + j);
    return ours;
  }

  /// Neurons × inputs: what each neuron gives for inputs that are spread evenly over the test set; the mean over the positions of an image.
  /// \param inputs  how many; all, where there are fewer
  /// \throws usage_error for 0 inputs.
  /// One forward pass over these inputs.
  xt::xtensor<double, 2> activations(std::size_t inputs) const {
    static_assert(
        ObservableAdapter<adapter>,
        "deepmaacc::feature::activation_profile: the model adapter must be observable: `matrix<const T> layer_outputs(std::size_t "
        "layer, const activations_type&, outputs) const`; see docs/policies/model_adapter.md");
    if (inputs == 0) throw usage_error("a profile of activations needs at least one input; 0 are asked for");
    const test_set<T> sample = sample_of(subject_->tests(), std::min(inputs, subject_->tests().size()));
    mutant all;
    all.layer = index_;
    all.neurons.resize(neurons());
    std::iota(all.neurons.begin(), all.neurons.end(), std::size_t{0});
    all.operation = operation_.value_or(0);

    xt::xtensor<double, 2> means(std::array<std::size_t, 2>{neurons(), sample.size()});
    const std::size_t rows = std::min(default_block_inputs, sample.size());
    pool_type workers(subject_->space(), subject_->model(),
                      {rows, rows, class_count(subject_->model()), 0, false, activation_use::observing});
    workers.run("deepmaacc::analysis::activations", (sample.size() + rows - 1) / rows, [&](std::size_t block, auto& worker) {
      const std::size_t first = block * rows, count = std::min(rows, sample.size() - first);
      auto& network = worker.model();
      std::optional<scoped_mutation<adapter>> mutated;
      if (operation_) mutated.emplace(network, description(), all, subject_->operators(), subject_->seed());
      const auto outputs = worker.outputs(count);
      network.predict(worker.load(sample, first, count), outputs, worker.activations());
      const auto found = network.layer_outputs(index_, worker.activations(), outputs);
      std::vector<T> copy;
      const T* values = found.data();
      if constexpr (!is_host_accessible<adapter_memory_space<adapter>>) {
        copy.resize(found.size());
        Kokkos::deep_copy(matrix<T>(copy.data(), found.extent(0), found.extent(1)), found);
        values = copy.data();
      }
      const std::size_t positions = found.extent(1) / neurons();
      for (std::size_t i = 0; i < count; ++i)
        for (std::size_t j = 0; j < neurons(); ++j) {
          double sum = 0;
          for (std::size_t p = 0; p < positions; ++p) sum += static_cast<double>(values[(i * positions + p) * neurons() + j]);
          means(j, first + i) = sum / static_cast<double>(positions);
        }
    });
    return means;
  }

 private:
  xt::xtensor<double, 2> weights_of(std::size_t layer, std::optional<std::size_t> operation) const {
    const layer_description& described = subject_->layers()[layer];
    std::vector<T> numbers(described.numbers_per_neuron());
    xt::xtensor<double, 2> all(std::array<std::size_t, 2>{described.neurons, numbers.size()});
    for (std::size_t neuron = 0; neuron < described.neurons; ++neuron) {
      subject_->model().read_neuron(neuron_id{layer, neuron}, std::span<T>(numbers));
      if (operation)
        subject_->operators().visit(*operation, [&](const auto& one) {
          mutate_neuron(one, described, std::span<T>(numbers), {subject_->seed(), layer, neuron, 0});
        });
      std::copy(numbers.begin(), numbers.end(), &all(neuron, 0));
    }
    return all;
  }

  /// Inputs spread evenly over a test set, in the model's precision.
  template <class U>
  static test_set<T> sample_of(const test_set<U>& tests, std::size_t count) {
    xt::xtensor<T, 2> inputs(std::array<std::size_t, 2>{count, tests.features()});
    std::vector<T> scratch;
    for (std::size_t i = 0; i < count; ++i) {
      const auto row = tests.template block<T>(i * tests.size() / count, 1, scratch);
      std::copy_n(row.data(), tests.features(), &inputs(i, 0));
    }
    return test_set<T>(std::move(inputs));
  }

  const Subject* subject_;
  std::size_t index_;
  std::optional<std::size_t> operation_;
};

}  // namespace deepmaacc
