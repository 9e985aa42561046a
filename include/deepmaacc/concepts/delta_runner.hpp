#pragma once

/// \file
/// The delta runner: what runs changes of single neurons for a model adapter of the delta tier.

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/core/matrix.hpp>
#include <span>
#include <vector>

namespace deepmaacc {

/// What all inputs of a test set have in common, so that an adapter need not look at each.
struct input_regularity {
  bool channels_equal = false;        ///< along the last axis all elements of every input are equal, such as those of a grey image as RGB
  std::vector<std::uint8_t> is_zero;  ///< for each element whether it is 0 in every input; empty where nobody has looked
};

/// What a mutant does to one neuron, in the form that the delta tier takes.
template <class T>
struct neuron_change {
  std::size_t neuron = 0;
  T factor = 1, shift = 0;       ///< the pre-activation z becomes factor · z + shift,
  std::span<const T> numbers{};  ///< or, where there are numbers, these are the incoming weights, then the bias, as `read_neuron` has them
};

namespace archetype {

/// Takes a mutant's outputs, and does nothing with them.
struct output_sink {
  template <class T>
  void operator()(const matrix<const T>&, std::span<const std::uint32_t>) const {}
};

}  // namespace archetype

/// Runs changes of single neurons on a block of inputs: what an adapter's `delta()` returns.
///
/// Syntax: 1. `lanes()`, how many inputs a block holds; 2. `load(inputs)`, a pointer to each input's numbers, at most `lanes()` of them:
/// runs the original network; 3. `outputs()`: what it gave, (classes × lanes); 4. `change(layer, changes, sink)`: changes neurons of one
/// layer, each once, and calls `sink(outputs, lanes)`, any number of times: outputs of the mutant (classes × columns), and which input of
/// the block each of the first `lanes.size()` columns belongs to. Inputs that it is never called with have the original outputs. Optional:
/// `operations()`, multiplications and additions so far; `layers_in_rows()`, names of layers for which there is no short cut;
/// `skip(dead, certified)`, `protect(winners, margins, relative_tolerance)` and `certified()` as `delta_runner` has them: inputs may then
/// be left out, too, whose prediction provably does not change. Laws: `outputs` has a row per class; the sink is given each input at most
/// once per change, and at most `lanes()` columns at a time; columns depend on their input only; what the sink is given holds until it
/// returns, what `outputs` gives until the next block; `change` gives what the adapter would predict with the changed weights, up to
/// rounding; copies share nothing that changes, and launch no Kokkos kernels.
template <class Runner, class T>
concept DeltaRunner = std::copyable<Runner> &&
    requires(Runner runner, const Runner constant, std::span<const T* const> inputs, std::size_t layer,
             std::span<const neuron_change<T>> changes, const archetype::output_sink sink) {
  { constant.lanes() } -> std::convertible_to<std::size_t>;
  runner.load(inputs);
  { constant.outputs() } -> std::convertible_to<matrix<const T>>;
  runner.change(layer, changes, sink);
};

namespace archetype {

/// The least that runs changes: of the only neuron, whose weight is the output.
class delta_runner {
 public:
  explicit delta_runner(float weight = 1) : weight_(weight) {}
  std::size_t lanes() const { return 1; }
  void load(std::span<const float* const>) {}
  matrix<const float> outputs() const { return matrix<const float>(&weight_, 1, 1); }
  template <class Sink>
  void change(std::size_t, std::span<const neuron_change<float>> changes, const Sink& sink) const {
    const neuron_change<float>& only = changes.front();
    const float output = only.numbers.empty() ? only.factor * weight_ + only.shift : only.numbers.front();
    const std::uint32_t lane = 0;
    sink(matrix<const float>(&output, 1, 1), std::span<const std::uint32_t>(&lane, 1));
  }

 private:
  float weight_;
};
static_assert(DeltaRunner<delta_runner, float>);

}  // namespace archetype
}  // namespace deepmaacc
