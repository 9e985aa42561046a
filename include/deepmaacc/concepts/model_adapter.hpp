#pragma once

/// \file
/// The model adapter slot: what the toolkit needs from a trained network, in tiers.

#include <Kokkos_Core.hpp>
#include <concepts>
#include <cstddef>
#include <deepmaacc/concepts/delta_runner.hpp>
#include <deepmaacc/concepts/self_description.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/core/shape.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace deepmaacc {

/// One layer, as mutation sees it.
struct layer_description {
  std::string name{};                  ///< unique within the model
  std::string kind{};                  ///< its class in the field's words, such as "Dense" or "Conv2D"
  std::size_t neurons = 0;             ///< Dense: units, convolutions: output channels; 0 for a layer that has none to mutate
  std::size_t weights_per_neuron = 0;  ///< incoming weights of a neuron, without its bias
  bool has_bias = true;
  std::size_t kernel_positions = 1;  ///< convolutions: places of the kernel, the outer extents of the incoming weights; else 1
  bool is_output = false;            ///< the output layer: the last one with neurons
  shape output_shape{};              ///< of one input; may be left empty
  /// The one layer with neurons that takes what this layer's neurons give, each in a channel of its own; none where there are several,
  /// where a layer between mixes channels, or where the adapter does not say.
  std::optional<std::size_t> feeds{};

  /// Whether neurons of this layer can be mutated.
  bool is_mutable() const { return neurons > 0; }
  /// Numbers that reading or writing a neuron moves: its weights, and its bias where there is one.
  std::size_t numbers_per_neuron() const { return weights_per_neuron + (has_bias ? 1 : 0); }
};

/// A neuron, by its position in `layers()` and within its layer.
struct neuron_id {
  std::size_t layer = 0, neuron = 0;
  friend bool operator==(const neuron_id&, const neuron_id&) = default;
};

namespace detail {

template <class Adapter>
struct adapter_memory {
  using type = Kokkos::HostSpace;
};
template <class Adapter>
requires requires { typename Adapter::memory_space; }
struct adapter_memory<Adapter> {
  using type = typename Adapter::memory_space;
};

}  // namespace detail

/// Where an adapter takes inputs and gives outputs: its `memory_space`, or the host where it names none.
template <class Adapter>
using adapter_memory_space = typename detail::adapter_memory<Adapter>::type;

namespace detail {

/// Lists its layers.
template <class Adapter>
concept ListsItsLayers = requires(const Adapter adapter) {
  { adapter.layers() } -> std::convertible_to<std::vector<layer_description>>;
};

/// Reads a neuron's numbers, and writes them back.
template <class Adapter>
concept ReadsAndWritesNeurons = requires(Adapter adapter, const Adapter constant, neuron_id neuron,
                                         std::span<typename Adapter::value_type> read,
                                         std::span<const typename Adapter::value_type> written) {
  constant.read_neuron(neuron, read);
  adapter.write_neuron(neuron, written);
};

/// Predicts outputs from inputs, both in its memory space.
template <class Adapter>
concept PredictsOutputs = requires(Adapter adapter, matrix<const typename Adapter::value_type, adapter_memory_space<Adapter>> inputs,
                                   matrix<typename Adapter::value_type, adapter_memory_space<Adapter>> outputs) {
  adapter.predict(inputs, outputs);
};

}  // namespace detail

/// Basic tier: enough for everything, slow.
///
/// Syntax: 1. `value_type`, float or double; 2. `layers()`, all layers in the order of the forward pass; 3. `read_neuron(neuron_id,
/// span)`, incoming weights, then the bias where there is one; 4. `write_neuron(neuron_id, span)`, the same back; 5. `predict(inputs,
/// outputs)`: (inputs × features) to (inputs × classes), before or after softmax; any number of rows.
/// Optional: `memory_space`; `input_shape()`, `output_shape()` and `classes()` (default: the neurons of the output layer), to check test
/// sets and predictions against; `output_form()`, what outputs are (concepts/outcome.hpp); `reserve(rows)`, to allocate ahead; `on(space)`, const, a model of the same weights whose kernels run
/// there. Laws: writing back what was read restores the model bit for bit; `predict` depends on the weights and each row on its input only.
/// A copyable adapter may be copied once per thread, and copies used side by side inside a parallel region: they share nothing
/// that changes and launch no Kokkos kernels. Any other is used by one thread at a time.
/// `check_adapter` (evaluation/check_adapter.hpp) looks for what refutes these and the other tiers' laws.
/// Shipped: `network`. A custom one: `examples/custom_adapter.cpp`.
template <class Adapter>
concept ModelAdapter = std::movable<Adapter> && detail::NamesItsValueType<Adapter> && detail::ListsItsLayers<Adapter> &&
    detail::ReadsAndWritesNeurons<Adapter> && detail::PredictsOutputs<Adapter>;

/// What kept activations are for. An adapter whose `activations_type` has a member `use` of this type is told, so that it need not keep
/// all.
enum class activation_use {
  observing,  ///< everything: whatever resumes, and what any layer gave
  resuming,   ///< what `forward(layer, activations, outputs)` reads, for layers with neurons
  /// What `forward(layer, activations, mutants, outputs)` reads; and for layers that are named by `layers_without_delta()` what the other
  /// `forward` does.
  batching
};

/// Resumable tier: lets evaluation reuse everything before the mutated layer.
///
/// Syntax: the basic tier, and 1. `activations_type`, default constructible; 2. `predict(inputs, outputs, activations)`, which also
/// keeps what resuming needs; 3. `forward(layer, activations, outputs)`: the outputs with the present weights of `layer` and of
/// all layers after it, everything before taken from `activations`.
/// Laws: `forward` gives exactly what `predict` would, where only weights of `layer` have changed since; it leaves the
/// activations as they are. They may refer to the inputs, which outlive them.
template <class Adapter>
concept ResumableAdapter = ModelAdapter<Adapter> &&
    requires(Adapter adapter, typename Adapter::activations_type activations, const typename Adapter::activations_type kept,
             std::size_t layer, matrix<const typename Adapter::value_type, adapter_memory_space<Adapter>> inputs,
             matrix<typename Adapter::value_type, adapter_memory_space<Adapter>> outputs) {
  requires std::default_initializable<typename Adapter::activations_type>;
  adapter.predict(inputs, outputs, activations);
  adapter.forward(layer, kept, outputs);
};

/// An ability beside the tiers: an adapter that shows what its layers gave. `feature::activation_profile` looks at neurons' activations
/// and needs it, nothing else does.
///
/// Syntax: the resumable tier, and `layer_outputs(layer, activations, outputs)`, const: what `predict` left, as a matrix (inputs ×
/// elements of the layer's output), neurons the fastest index. `outputs` is what that `predict` wrote; it may be returned for the layer
/// that gives the network's output. Laws: any layer of `layers()` can be asked for, and is as wide as its `output_shape` where it names
/// one; nothing changes. The result may refer to the inputs, the activations and the outputs, which outlive it. Shipped: `network`.
template <class Adapter>
concept ObservableAdapter = ResumableAdapter<Adapter> &&
    requires(const Adapter adapter, const typename Adapter::activations_type kept, std::size_t layer,
             matrix<const typename Adapter::value_type, adapter_memory_space<Adapter>> outputs) {
  { adapter.layer_outputs(layer, kept, outputs) } -> std::convertible_to<decltype(outputs)>;
};

/// Delta tier: lets evaluation change single neurons of a network that has been run, at the price of what they change.
///
/// Syntax: the resumable tier, and `delta()`, const: a `DeltaRunner` of the present weights. It works on the host. Optional:
/// `delta(input_regularity)`, of one that will only be given inputs that are so.
/// Shipped: `network`.
template <class Adapter>
concept DeltaAdapter = ResumableAdapter<Adapter> && is_host_accessible<adapter_memory_space<Adapter>> && requires(const Adapter adapter) {
  { adapter.delta() } -> DeltaRunner<typename Adapter::value_type>;
};

/// An ability beside the tiers: an adapter that runs many mutants of one layer at once, which is what a device wants. The engine `batched`
/// needs it.
///
/// Syntax: the resumable tier, and `forward(layer, activations, mutants, outputs)`: for each mutant the changes of its neurons, all of this
/// layer and each once; row m · inputs + i of `outputs` is mutant m's of input i. Optional: `bytes_per_mutant(layer, neurons)`, what a
/// mutant of so many neurons takes for each input, so that batches keep within the memory limit; `layers_without_delta()`, names of layers
/// whose neurons it cannot change so, which run one by one. Laws: it gives what `predict` would with the changed weights, up to rounding,
/// and leaves the weights and the activations as they are. Shipped: `network`.
template <class Adapter>
concept BatchedAdapter = ResumableAdapter<Adapter> &&
    requires(Adapter adapter, const typename Adapter::activations_type kept, std::size_t layer,
             std::span<const std::span<const neuron_change<typename Adapter::value_type>>> mutants,
             matrix<typename Adapter::value_type, adapter_memory_space<Adapter>> outputs) {
  adapter.forward(layer, kept, mutants, outputs);
};

/// How inputs are cut into passes.
struct evaluation_extent {
  std::size_t inputs = 0;
  std::size_t block = 1;         ///< inputs of a pass; 0 where not even one keeps within the memory limit
  std::size_t batch_inputs = 1;  ///< inputs of a batch of mutants; 0 where there is no room for one
  std::size_t batch_bytes = 0;   ///< that a batch may take
};

/// What the engines take for some mutants and inputs, in an adapter's own unit, such as multiplications; none where an engine cannot run
/// them. An adapter may tell it, by `costs(mutants, extent)`, const: how many mutants each layer has, and how inputs are cut. Law: it
/// depends on nothing else, so that every run and every process takes the same engine.
struct engine_costs {
  double whole = 0;
  std::optional<double> resumable{}, delta{}, batched{};
};

/// The best tier that an adapter models.
enum class adapter_tier { basic, resumable, delta };

template <class Adapter>
inline constexpr adapter_tier tier_of = DeltaAdapter<Adapter>       ? adapter_tier::delta
                                        : ResumableAdapter<Adapter> ? adapter_tier::resumable
                                                                    : adapter_tier::basic;

inline std::string to_string(adapter_tier tier) {
  return tier == adapter_tier::delta ? "delta" : tier == adapter_tier::resumable ? "resumable" : "basic";
}

/// The output layer of a model.
/// \throws model_error where there is not exactly one.
inline const layer_description& output_layer(std::span<const layer_description> layers) {
  const layer_description *found = nullptr, *last = nullptr;
  for (const auto& layer : layers) {
    if (layer.is_mutable()) last = &layer;
    if (!layer.is_output) continue;
    if (found) throw model_error("the model calls both " + found->name + " and " + layer.name + " its output layer; it must name one");
    found = &layer;
  }
  if (found) return *found;
  throw model_error("the model has no output layer: " +
                    (last ? "none of its layers says is_output; set it for the last one that has neurons, " + last->name
                          : std::string("none of its layers has neurons to mutate")));
}

/// Number of classes of a model.
template <ModelAdapter Adapter>
std::size_t class_count(const Adapter& adapter) {
  if constexpr (requires {
                  { adapter.classes() } -> std::convertible_to<std::size_t>;
                })
    return adapter.classes();
  else
    return output_layer(adapter.layers()).neurons;
}

/// Says at compile time what is wrong with a type that is meant to be a model adapter.
template <class Adapter>
constexpr void check_model_adapter() {
  static_assert(detail::NamesItsValueType<Adapter>,
                "deepmaacc::analyze: a model adapter must name its value_type, float or double; see docs/policies/model_adapter.md");
  static_assert(
      detail::ListsItsLayers<Adapter>,
      "deepmaacc::analyze: a model adapter must have `std::vector<layer_description> layers() const`; see docs/policies/model_adapter.md");
  if constexpr (requires { typename Adapter::value_type; }) {
    static_assert(detail::ReadsAndWritesNeurons<Adapter>,
                  "deepmaacc::analyze: a model adapter must have `void read_neuron(neuron_id, std::span<T>) const` and `void "
                  "write_neuron(neuron_id, std::span<const T>)`; see docs/policies/model_adapter.md");
    static_assert(detail::PredictsOutputs<Adapter>,
                  "deepmaacc::analyze: a model adapter must have `void predict(matrix<const T> inputs, matrix<T> outputs)`; see "
                  "docs/policies/model_adapter.md");
  }
  if constexpr (requires { typename Adapter::activations_type; })
    static_assert(ResumableAdapter<Adapter>,
                  "deepmaacc::analyze: a model adapter that names activations_type must be resumable: `void predict(inputs, outputs, "
                  "activations_type&)` and `void forward(std::size_t layer, const activations_type&, outputs)`; see "
                  "docs/policies/model_adapter.md");
  if constexpr (requires(const Adapter adapter) { adapter.delta(); })
    static_assert(
        DeltaAdapter<Adapter>,
        "deepmaacc::analyze: a model adapter that has delta() must be resumable, lie in host memory, and return a copyable runner "
        "with `lanes()`, `load(std::span<const T* const>)`, `outputs()` and `change(layer, std::span<const neuron_change<T>>, "
        "sink)`; see docs/policies/model_adapter.md");
  static_assert(std::movable<Adapter>, "deepmaacc::analyze: a model adapter must be movable; see docs/policies/model_adapter.md");
}

namespace archetype {

/// The least that is a model adapter: one layer with one neuron, whose weight is the output.
class model_adapter {
 public:
  using value_type = float;
  model_adapter() = default;
  model_adapter(model_adapter&&) = default;
  model_adapter& operator=(model_adapter&&) = default;
  std::vector<layer_description> layers() const {
    layer_description only;
    only.name = only.kind = "archetype";
    only.neurons = only.weights_per_neuron = 1;
    only.has_bias = false;
    only.is_output = true;
    return {only};
  }
  void read_neuron(neuron_id, std::span<float> numbers) const { numbers[0] = weight_; }
  void write_neuron(neuron_id, std::span<const float> numbers) { weight_ = numbers[0]; }
  void predict(matrix<const float>, matrix<float> outputs) {
    for (std::size_t i = 0; i < outputs.extent(0); ++i) outputs(i, 0) = weight_;
  }

 private:
  float weight_ = 1;
};
static_assert(ModelAdapter<model_adapter> && !ResumableAdapter<model_adapter> && !std::copyable<model_adapter>);

/// The least that is a resumable model adapter.
class resumable_adapter : public model_adapter {
 public:
  struct activations_type {};
  using model_adapter::predict;
  void predict(matrix<const float> inputs, matrix<float> outputs, activations_type&) { predict(inputs, outputs); }
  void forward(std::size_t, const activations_type&, matrix<float> outputs) { predict({}, outputs); }
};
static_assert(ResumableAdapter<resumable_adapter> && !ObservableAdapter<resumable_adapter>);

/// The least that can be observed: its only layer gives the output.
class observable_adapter : public resumable_adapter {
 public:
  matrix<const float> layer_outputs(std::size_t, const activations_type&, matrix<const float> outputs) const { return outputs; }
};
static_assert(ObservableAdapter<observable_adapter>);

/// The least that is a model adapter of the delta tier.
class delta_adapter : public resumable_adapter {
 public:
  delta_runner delta() const {
    float weight = 0;
    read_neuron({0, 0}, {&weight, 1});
    return delta_runner(weight);
  }
};
static_assert(DeltaAdapter<delta_adapter>);

}  // namespace archetype
}  // namespace deepmaacc
