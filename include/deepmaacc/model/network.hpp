#pragma once

/// \file
/// The native network: a model adapter whose layers run as Kokkos kernels and matrix products.

#include <Kokkos_Core.hpp>
#include <algorithm>
#include <cstddef>
#include <deepmaacc/concepts/execution_space.hpp>
#include <deepmaacc/concepts/model_adapter.hpp>
#include <deepmaacc/concepts/precision.hpp>
#include <deepmaacc/concepts/weight_storage.hpp>
#include <deepmaacc/core/compiled.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/model/lanes/delta_runner.hpp>
#include <deepmaacc/model/lanes/lane_builder.hpp>
#include <deepmaacc/model/layer_graph.hpp>
#include <deepmaacc/model/network_plan.hpp>
#include <deepmaacc/model/rounded_factors.hpp>
#include <deepmaacc/storage/cast.hpp>
#include <deepmaacc/storage/column.hpp>
#include <deepmaacc/storage/copy.hpp>
#include <deepmaacc/storage/kokkos_view.hpp>
#include <deepmaacc/storage/precision.hpp>
#include <deepmaacc/storage/xtensor_host.hpp>
#include <memory>
#include <numeric>
#include <ranges>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace deepmaacc {

/// A trained network: a graph of layers and their weights. Models the delta tier, on devices the resumable one, and can be observed.
/// Outputs are the last layer's, without a final softmax, sigmoid or linear activation. Not to be derived from: what an analysis runs are
/// copies on its execution space, which would be networks without the changes; an adapter that holds a network can change what it does.
///
/// \tparam Storage  what owns weights and activations
/// \tparam Space    where kernels run; with `this_thread` (the default) each copy of the network serves one host thread
/// \tparam Numbers  its precision: the type of the storage's numbers, and whether factors of matrix products are rounded before
template <class Storage = storage::xtensor_host<float>, ExecutionSpace Space = this_thread, class Numbers = precision_of<Storage>>
class network final {
  static_assert((check_weight_storage<Storage>(), true));  // first, so that its sentences come before other faults
  static_assert((check_precision<Numbers>(), true));
  static_assert(
      detail::is_precision_of<Numbers, Storage>,
      "deepmaacc::network: the precision must have the value_type of the weight storage; network::in_precision converts weights, see "
      "docs/policies/precision.md");

 public:
  using value_type = typename Storage::value_type;
  using memory_space = typename Storage::memory_space;
  using precision_type = Numbers;

  /// What a golden run leaves for `forward`: every layer's output. Refers to the inputs, which must outlive it.
  struct activations_type {
    std::vector<Storage> outputs;
    matrix<const value_type, memory_space> inputs;
  };

  /// \param graph       the layers; the last one added gives the output
  /// \param parameters  for each layer its arrays, row-major, in the order and shapes of `graph[layer].parameters`
  /// \throws model_error where an array is missing or of the wrong size, or no layer has neurons.
  network(model::layer_graph graph, std::vector<std::vector<Storage>> parameters, Space space = {});
  /// The same with arrays of host numbers, such as vectors, which are copied.
  template <std::ranges::contiguous_range Array = std::vector<value_type>>
  network(model::layer_graph graph, const std::vector<std::vector<Array>>& parameters, Space space = {})
      : network(std::move(graph), stored(parameters), space) {}

  std::vector<layer_description> layers() const { return plan_->layers; }
  const model::layer_graph& graph() const { return plan_->graph; }
  const shape& input_shape() const { return plan_->graph[0].output_shape; }
  /// Of the last layer.
  const shape& output_shape() const { return plan_->graph[plan_->graph.size() - 1].output_shape; }
  std::size_t classes() const { return plan_->classes; }
  static std::string precision_name() { return Numbers::name(); }

  /// Bytes that a forward pass takes for each input, what it keeps for `forward` included.
  std::size_t bytes_per_input() const;
  /// Bytes that the smallest block of the delta tier takes, about: inputs, sums, activations, a mutant's, and the difference at one layer.
  std::size_t delta_bytes() const {
    const auto& widths = plan_->widths;
    const std::size_t input = element_count(input_shape()), sum = std::accumulate(widths.begin(), widths.end(), input);
    const std::size_t largest = std::max(input, *std::max_element(widths.begin(), widths.end()));
    return (3 * sum + 2 * largest) * model::lanes_per_block<value_type> * sizeof(value_type);
  }

  /// Number of trained numbers.
  std::size_t parameter_count() const {
    std::size_t count = 0;
    for (const auto& arrays : parameters_)
      for (const auto& one : arrays) count += one.size();
    return count;
  }

  /// The same network with kernels on another space, and its weights in memory of that space. A host space gives a network for one
  /// thread of it, to be copied for the others.
  template <ExecutionSpace Other>
  auto on(const Other& other) const {
    if constexpr (HostExecutionSpace<Other>)
      return moved<this_thread>({});
    else
      return moved<Other>(other);
  }

  /// The same network on the same space in another precision: a copy, its weights converted where that precision stores another type.
  /// What a precision rounds before it multiplies is stored as it is.
  template <class Other>
  auto in_precision(const Other&) const {
    check_precision<Other>();
    if constexpr (Precision<Other>) {
      using there = storage::holding<Storage, typename Other::value_type>;
      std::vector<std::vector<there>> parameters(parameters_.size());
      for (std::size_t layer = 0; layer < parameters_.size(); ++layer)
        for (const auto& one : parameters_[layer]) parameters[layer].push_back(storage::cast<typename Other::value_type>(one));
      return network<there, Space, Other>(plan_, std::move(parameters), space_);
    }
  }

  /// Copies a neuron's incoming weights, then its bias where there is one.
  void read_neuron(neuron_id neuron, std::span<value_type> numbers) const {
    const auto& layer = with_neuron(neuron, numbers.size());
    const auto& arrays = parameters_[neuron.layer];
    storage::read_column(space_, columns<const value_type>(arrays[0], layer), neuron.neuron, numbers.first(layer.weights_per_neuron));
    if (layer.has_bias)
      storage::read_column(space_, columns<const value_type>(arrays[1], layer), neuron.neuron, numbers.subspan(layer.weights_per_neuron));
  }

  /// Sets a neuron's incoming weights, then its bias where there is one.
  void write_neuron(neuron_id neuron, std::span<const value_type> numbers) {
    const auto& layer = with_neuron(neuron, numbers.size());
    auto& arrays = parameters_[neuron.layer];
    storage::write_column(space_, numbers.first(layer.weights_per_neuron), columns<value_type>(arrays[0], layer), neuron.neuron);
    if (layer.has_bias)
      storage::write_column(space_, numbers.subspan(layer.weights_per_neuron), columns<value_type>(arrays[1], layer), neuron.neuron);
  }

  /// Allocates what a pass over this many inputs needs, so that passes over no more allocate nothing.
  void reserve(std::size_t rows);
  void reserve(activations_type& activations, std::size_t rows) const { reserve(activations.outputs, rows); }

  /// Outputs (inputs × classes) of a batch (inputs × elements of one input).
  void predict(matrix<const value_type, memory_space> inputs, matrix<value_type, memory_space> outputs) {
    check_extents(inputs, outputs);
    reserve(inputs.extent(0));
    run(plan_->order, std::vector<const value_type*>(plan_->graph.size()), inputs, workspace_.outputs, outputs);
  }

  /// The same, and keeps what `forward` starts from.
  void predict(matrix<const value_type, memory_space> inputs, matrix<value_type, memory_space> outputs, activations_type& activations) {
    check_extents(inputs, outputs);
    reserve(inputs.extent(0));
    reserve(activations.outputs, inputs.extent(0));
    activations.inputs = inputs;
    run(plan_->order, std::vector<const value_type*>(plan_->graph.size()), inputs, activations.outputs, outputs);
  }

  /// Outputs with the present weights of `layer` and all that depend on it; everything else as in `activations`.
  void forward(std::size_t layer, const activations_type& activations, matrix<value_type, memory_space> outputs) {
    check_extents(activations.inputs, outputs);
    reserve(outputs.extent(0));
    std::vector<const value_type*> golden(plan_->graph.size());
    for (std::size_t i = 0; i < golden.size(); ++i) golden[i] = activations.outputs[i].data();
    run(plan_->affected.at(layer), std::move(golden), activations.inputs, workspace_.outputs, outputs);
  }

  /// What a layer gave, (inputs × elements of its output), neurons the fastest index: a view of what `predict` left when it kept these
  /// activations. It lies in them, in `outputs` where the layer gives the network's output (then without the activation that is left out),
  /// or in the inputs where nothing is computed before. So it is valid as long as all three are, and until the next `predict`.
  /// \param layer    by its position in `layers()`; one that computes nothing, such as Flatten, gives what it is given
  /// \param outputs  what that `predict` wrote
  /// \throws usage_error where there is no such layer, or the outputs do not fit the activations.
  matrix<const value_type, memory_space> layer_outputs(std::size_t layer, const activations_type& activations,
                                                       matrix<const value_type, memory_space> outputs) const {
    if (layer >= plan_->graph.size())
      throw usage_error(
          detail::text("deepmaacc::network: there is no layer ", layer, "; layers count from 0 to ", plan_->graph.size() - 1));
    if (activations.outputs.empty())
      throw usage_error("deepmaacc::network: the activations hold nothing yet; give them to predict(inputs, outputs, activations) before");
    check_extents(activations.inputs, outputs);
    const std::size_t from = plan_->computed_by[layer];
    const value_type* numbers = from == 0               ? activations.inputs.data()
                                : from == plan_->output ? outputs.data()
                                                        : activations.outputs[from].data();
    return matrix<const value_type, memory_space>(numbers, outputs.extent(0), element_count(plan_->graph[layer].output_shape));
  }

  /// The present weights, copied, for changes of single neurons.
  /// \param regularity  of all inputs that it will be given
  auto delta(const input_regularity& regularity = {}) const requires(is_host_accessible<memory_space>) {
    return delta_runner<value_type>(lowered(regularity));
  }

 private:
  template <class, ExecutionSpace, class>
  friend class network;

  /// A network that shares what does not change.
  network(std::shared_ptr<const model::network_plan> plan, std::vector<std::vector<Storage>> parameters, Space space)
      : space_(space), plan_(std::move(plan)), parameters_(std::move(parameters)) {}

  template <ExecutionSpace Other>
  auto moved(const Other& other) const {
    if constexpr (Kokkos::SpaceAccessibility<typename Other::memory_space, memory_space>::accessible) {
      return network<Storage, Other, Numbers>(plan_, parameters_, other);
    } else {
      using there = storage::kokkos_view<value_type, typename Other::memory_space>;
      std::vector<std::vector<there>> parameters(parameters_.size());
      for (std::size_t layer = 0; layer < parameters_.size(); ++layer)
        for (const auto& one : parameters_[layer]) parameters[layer].push_back(storage::converted<there>(one));
      return network<there, Other, Numbers>(plan_, std::move(parameters), other);
    }
  }

  using kernel_space = std::conditional_t<std::is_same_v<Space, this_thread>, Kokkos::HostSpace, Space>;

  /// Buffers of one thread; a copied network begins with none.
  struct workspace {
    std::vector<Storage> outputs;
    Storage scratch;
    model::rounded_factors<Numbers, Storage> factors;
    workspace() = default;
    workspace(const workspace&) {}
    workspace(workspace&&) noexcept = default;
    workspace& operator=(const workspace&) { return *this; }
    workspace& operator=(workspace&&) noexcept = default;
    ~workspace() = default;
  };

  template <class Array>
  static std::vector<std::vector<Storage>> stored(const std::vector<std::vector<Array>>& parameters) {
    std::vector<std::vector<Storage>> all(parameters.size());
    for (std::size_t layer = 0; layer < parameters.size(); ++layer)
      for (const Array& one : parameters[layer]) all[layer].push_back(storage::from_host<Storage>(one));
    return all;
  }

  void check_parameters() const;
  /// Numbers of scratch that a pass over this many rows needs.
  std::size_t scratch_size(std::size_t rows) const;
  /// The network as steps over blocks of inputs.
  std::shared_ptr<const model::lane_program<value_type>> lowered(const input_regularity& regularity) const;

  void reserve(std::vector<Storage>& buffers, std::size_t rows) const {
    buffers.resize(plan_->graph.size());
    for (std::size_t i = 0; i < buffers.size(); ++i)
      if (i != plan_->output && buffers[i].size() < rows * plan_->widths[i]) buffers[i] = Storage(rows * plan_->widths[i]);
  }

  /// Runs some layers, in order. `at`: where the outputs of the other layers lie; those that run write to `buffers`, the last to `outputs`.
  void run(const std::vector<std::size_t>& which, std::vector<const value_type*> at, matrix<const value_type, memory_space> inputs,
           std::vector<Storage>& buffers, matrix<value_type, memory_space> outputs);

  /// \throws usage_error where inputs or outputs are not as wide as the network's, or differ in their rows.
  void check_extents(matrix<const value_type, memory_space> inputs, matrix<const value_type, memory_space> outputs) const {
    const std::size_t features = element_count(input_shape());
    if (inputs.extent(1) != features || outputs.extent(1) != classes() || inputs.extent(0) != outputs.extent(0))
      throw usage_error(detail::text("deepmaacc::network: inputs of ", inputs.extent(0), " x ", inputs.extent(1), " and outputs of ",
                                     outputs.extent(0), " x ", outputs.extent(1), " do not fit; give n x ", features, " and n x ",
                                     classes()));
  }

  /// The layer of a neuron. \throws usage_error where there is no such neuron, or it has another count of numbers.
  const layer_description& with_neuron(neuron_id neuron, std::size_t numbers) const {
    const auto& layers = plan_->layers;
    if (neuron.layer >= layers.size() || neuron.neuron >= layers[neuron.layer].neurons)
      throw usage_error(detail::text("deepmaacc::network: there is no neuron ", neuron.neuron, " in layer ", neuron.layer));
    const auto& layer = layers[neuron.layer];
    if (numbers != layer.numbers_per_neuron())
      throw usage_error(detail::text("deepmaacc::network: a neuron of layer ", layer.name, " has ", layer.numbers_per_neuron(),
                                     " numbers, its bias included, but room for ", numbers, " is given"));
    return layer;
  }

  /// A weight array as a matrix with one column per neuron.
  template <class T, class Array>
  static matrix<T, memory_space> columns(Array& array, const layer_description& layer) {
    return matrix<T, memory_space>(array.data(), array.size() / layer.neurons, layer.neurons);
  }

  Space space_;
  std::shared_ptr<const model::network_plan> plan_;
  std::vector<std::vector<Storage>> parameters_;
  workspace workspace_;
};

template <class Storage, ExecutionSpace Space, class Numbers>
network<Storage, Space, Numbers>::network(model::layer_graph graph, std::vector<std::vector<Storage>> parameters, Space space)
    : space_(space), parameters_(std::move(parameters)) {
  static_assert(Kokkos::SpaceAccessibility<kernel_space, memory_space>::accessible,
                "deepmaacc::network: the weight storage must lie in memory that the execution space can access; see "
                "docs/policies/weight_storage.md");
  plan_ = std::make_shared<const model::network_plan>(std::move(graph));
  check_parameters();
}

template <class Storage, ExecutionSpace Space, class Numbers>
std::size_t network<Storage, Space, Numbers>::scratch_size(std::size_t rows) const {
  std::size_t needed = 0;
  for (std::size_t layer = 0; layer < plan_->graph.size(); ++layer) {
    const auto& node = plan_->graph[layer];
    node.operation.visit([&](const auto& kind) { needed = std::max(needed, kind.scratch_size(node.input_shapes, rows)); });
  }
  return needed;
}

template <class Storage, ExecutionSpace Space, class Numbers>
std::size_t network<Storage, Space, Numbers>::bytes_per_input() const {
  const std::size_t kept = std::accumulate(plan_->widths.begin(), plan_->widths.end(), std::size_t{0});
  return (2 * kept + scratch_size(1)) * sizeof(value_type);
}

template <class Storage, ExecutionSpace Space, class Numbers>
void network<Storage, Space, Numbers>::reserve(std::size_t rows) {
  reserve(workspace_.outputs, rows);
  workspace_.factors.reserve(plan_->graph, rows);
  const std::size_t needed = scratch_size(rows);
  if (workspace_.scratch.size() < needed) workspace_.scratch = Storage(needed);
}

template <class Storage, ExecutionSpace Space, class Numbers>
std::shared_ptr<const model::lane_program<typename Storage::value_type>> network<Storage, Space, Numbers>::lowered(
    const input_regularity& regularity) const {
  std::vector<std::vector<const value_type*>> numbers(parameters_.size());
  for (std::size_t layer = 0; layer < parameters_.size(); ++layer)
    for (const auto& one : parameters_[layer]) numbers[layer].push_back(one.data());
  model::factor_rounding<value_type> round = nullptr;
  if constexpr (precision_traits<Numbers>::rounds_factors)
    round = [](const value_type* from, value_type* to, std::size_t count) {
      vector_loop(count, [&](std::size_t i) { to[i] = Numbers::round(from[i]); });
    };
  return std::make_shared<const model::lane_program<value_type>>(model::make_lane_program<value_type>(plan_, numbers, regularity, round));
}

template <class Storage, ExecutionSpace Space, class Numbers>
void network<Storage, Space, Numbers>::check_parameters() const {
  const auto& graph = plan_->graph;
  if (parameters_.size() != graph.size())
    throw model_error(detail::text("the network has ", graph.size(), " layers, but weights for ", parameters_.size()));
  for (std::size_t i = 0; i < graph.size(); ++i) {
    const auto& wanted = graph[i].parameters;
    if (parameters_[i].size() != wanted.size())
      throw model_error(
          detail::text("layer ", graph[i].name, " has ", wanted.size(), " weight arrays, but is given ", parameters_[i].size()));
    for (std::size_t j = 0; j < wanted.size(); ++j)
      if (parameters_[i][j].size() != element_count(wanted[j].extents))
        throw model_error(detail::text("layer ", graph[i].name, ": ", wanted[j].name, " has shape ", to_string(wanted[j].extents),
                                       ", but is given ", parameters_[i][j].size(), " numbers"));
  }
}

template <class Storage, ExecutionSpace Space, class Numbers>
void network<Storage, Space, Numbers>::run(const std::vector<std::size_t>& which, std::vector<const value_type*> at,
                                           matrix<const value_type, memory_space> inputs, std::vector<Storage>& buffers,
                                           matrix<value_type, memory_space> outputs) {
  using input_matrix = matrix<const value_type, memory_space>;
  const std::size_t rows = outputs.extent(0);
  const auto& graph = plan_->graph;
  at[0] = inputs.data();
  std::vector<input_matrix> sources;
  std::vector<const value_type*> parameters;
  for (const std::size_t i : which) {
    value_type* to = i == plan_->output ? outputs.data() : buffers[i].data();
    sources.clear();
    parameters.clear();
    for (std::size_t j = 0; j < plan_->sources[i].size(); ++j)
      sources.emplace_back(at[plan_->sources[i][j]], rows, element_count(graph[i].input_shapes[j]));
    for (const auto& one : parameters_[i]) parameters.push_back(one.data());
    workspace_.factors.round(space_, graph[i], sources, parameters);
    const model::layer_context<Space, value_type> context{space_,
                                                          sources,
                                                          graph[i].input_shapes,
                                                          matrix<value_type, memory_space>(to, rows, plan_->widths[i]),
                                                          graph[i].output_shape,
                                                          parameters,
                                                          workspace_.scratch.data()};
    graph[i].operation.visit([&](const auto& kind) { kind.forward(context); });
    at[i] = to;
  }
}

#ifdef DEEPMAACC_COMPILED
#define DEEPMAACC_DECLARE(EXTERN, SPACE, T, ...) EXTERN template class __VA_ARGS__;
DEEPMAACC_DECLARE_COMPILED_NETWORKS(DEEPMAACC_DECLARE)
#undef DEEPMAACC_DECLARE
#endif

}  // namespace deepmaacc
