#pragma once

/// \file
/// The native network: a model adapter that runs a program.

#include <Kokkos_Core.hpp>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <deepmaacc/concepts/execution_space.hpp>
#include <deepmaacc/concepts/model_adapter.hpp>
#include <deepmaacc/concepts/outcome.hpp>
#include <deepmaacc/concepts/precision.hpp>
#include <deepmaacc/concepts/weight_storage.hpp>
#include <deepmaacc/core/compiled.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/model/program.hpp>
#include <deepmaacc/network/batches/batch_runner.hpp>
#include <deepmaacc/network/lanes/delta_runner.hpp>
#include <deepmaacc/network/lanes/make_lane_program.hpp>
#include <deepmaacc/network/plan.hpp>
#include <deepmaacc/network/rows/executor.hpp>
#include <deepmaacc/network/stored_parameters.hpp>
#include <deepmaacc/network/work.hpp>
#include <deepmaacc/storage/cast.hpp>
#include <deepmaacc/storage/kokkos_view.hpp>
#include <deepmaacc/storage/precision.hpp>
#include <deepmaacc/storage/strided.hpp>
#include <deepmaacc/storage/xtensor_host.hpp>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace deepmaacc {

/// A trained network. Models the delta tier, on devices the resumable one; runs many mutants at once, and can be
/// observed. Outputs are the last layer's, without a
/// final softmax, sigmoid or linear activation. Not to be derived from: what an analysis runs are copies on its execution space, which
/// would be networks without the changes; an adapter that holds a network can change what it does.
///
/// \tparam Storage  what owns weights and activations
/// \tparam Space    where kernels run; with `this_thread` (the default) each copy of the network serves one host thread
/// \tparam PrecisionPolicy  its precision: the type of the storage's numbers, and whether factors of matrix products are rounded before
template <class Storage = storage::xtensor_host<float>, ExecutionSpace Space = this_thread, class PrecisionPolicy = precision_of<Storage>>
class network final {
  static_assert((check_weight_storage<Storage>(), true));  // first, so that its sentences come before other faults
  static_assert((check_precision<PrecisionPolicy>(), true));
  static_assert(
      detail::is_precision_of<PrecisionPolicy, Storage>,
      "deepmaacc::network: the precision must have the value_type of the weight storage; network::in_precision converts weights, see "
      "docs/policies/precision.md");

 public:
  using value_type = typename Storage::value_type;
  using memory_space = typename Storage::memory_space;
  using precision_type = PrecisionPolicy;

  /// What a golden run leaves: every layer's output, or only what `forward` reads. Refers to the inputs, which must outlive it.
  struct activations_type {
    std::vector<Storage> outputs{};  ///< by node of the program; empty where nothing is kept
    matrix<const value_type, memory_space> inputs{};
    activation_use use = activation_use::observing;
  };

  /// \param model  a complete one; its arrays are copied to the storage one by one, and let go where nobody else has them
  /// \throws model_error where an array has no numbers, or one that is too large for the storage's type, no layer has neurons, or the
  /// output does not depend on a layer; beginning with where the model was read
  explicit network(program model, Space space = {});

  std::vector<layer_description> layers() const { return plan_->layers; }
  /// What it runs; of its arrays only names and shapes are left.
  const program& model() const { return plan_->model; }
  const shape& input_shape() const { return plan_->model.input_shape(); }
  /// Of the last layer.
  const shape& output_shape() const { return plan_->model.output_shape(); }
  std::size_t classes() const { return plan_->classes; }
  /// What is left out behind the outputs.
  deepmaacc::output_form output_form() const { return plan_->form; }
  static std::string precision_name() { return PrecisionPolicy::name(); }
  /// Number of trained numbers.
  std::size_t parameter_count() const { return plan_->model.parameter_count(); }

  /// Bytes that a forward pass takes for each input, what it keeps for `forward` included.
  std::size_t bytes_per_input(activation_use use = activation_use::resuming) const {
    const std::vector<bool>& is_kept = use == activation_use::batching ? batches_.is_kept() : plan_->is_resumed_from;
    std::size_t kept = 0;
    for (std::size_t node = 0; node < plan_->widths.size(); ++node) kept += is_kept[node] ? plan_->widths[node] : 0;
    return kept * sizeof(value_type) + executor_.bytes_per_row();
  }
  /// Bytes that a mutant takes for each input where many run at once, what is kept of the original network for all of them left out.
  std::size_t bytes_per_mutant(std::size_t layer, std::size_t neurons) const {
    require_layer(layer);
    return batches_.numbers_per_row(*plan_, layer, neurons) * sizeof(value_type) + executor_.bytes_per_row();
  }
  /// Bytes that the smallest block of the delta tier takes, about: inputs, sums, activations, a mutant's, and the difference at one layer.
  std::size_t delta_bytes() const {
    const auto& widths = plan_->widths;
    const std::size_t input = element_count(input_shape()), largest = std::max(input, *std::max_element(widths.begin(), widths.end()));
    std::size_t original = input, changed = input;
    for (const std::size_t node : plan_->order) {
      original += widths[node];
      if (plan_->then[plan_->sources[node].front()] != node) changed += widths[node];
    }
    return (original + changed + 2 * largest) * by_lanes::lanes_per_group<value_type> * sizeof(value_type);
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
      std::vector<there> parameters;
      for (const auto& one : parameters_) parameters.push_back(storage::cast<typename Other::value_type>(one));
      return network<there, Space, Other>(plan_, std::move(parameters), space_);
    }
  }

  /// Copies a neuron's incoming weights, then its bias where there is one.
  void read_neuron(neuron_id neuron, std::span<value_type> numbers) const {
    for_each_slice(neuron, numbers, [&](const neuron_slice& slice, std::span<value_type> part) {
      storage::read_strided(space_, numbers_of(parameters_[slice.parameter]), first_of(slice, neuron), slice.step, part);
    });
  }
  /// Sets a neuron's incoming weights, then its bias where there is one.
  void write_neuron(neuron_id neuron, std::span<const value_type> numbers) {
    for_each_slice(neuron, numbers, [&](const neuron_slice& slice, std::span<const value_type> part) {
      storage::write_strided(space_, part, numbers_of(parameters_[slice.parameter]), first_of(slice, neuron), slice.step);
    });
  }

  /// What the engines take for so many mutants of each layer, in multiplications of a large matrix product: see `network_work`.
  engine_costs costs(std::span<const std::size_t> mutants, const evaluation_extent& extent) const;

  /// Layers whose neurons the delta tier cannot change: those whose pre-activations are no weighted sums.
  std::vector<std::string> layers_without_delta() const;

  /// Allocates the tensors of a pass over this many inputs, so that passes over no more allocate none.
  void reserve(std::size_t rows) { executor_.reserve(rows); }
  void reserve(activations_type& activations, std::size_t rows) const;

  /// Outputs (inputs × classes) of a batch (inputs × elements of one input).
  void predict(matrix<const value_type, memory_space> inputs, matrix<value_type, memory_space> outputs);
  /// The same, and keeps what `forward` starts from.
  void predict(matrix<const value_type, memory_space> inputs, matrix<value_type, memory_space> outputs, activations_type& activations);

  /// Outputs with the present weights of `layer` and all that depend on it; everything else as in `activations`.
  /// \throws usage_error where there is no such layer, these do not hold what it reads, or the outputs do not fit
  void forward(std::size_t layer, const activations_type& activations, matrix<value_type, memory_space> outputs);
  /// Outputs of many mutants of one layer, whose neurons must be weighted sums: row m · inputs + i is mutant m's of input i. The weights
  /// stay.
  /// \param activations  kept for `batching`
  /// \throws usage_error where there is no such layer or neuron, the activations do not hold what it takes, or the outputs do not fit
  void forward(std::size_t layer, const activations_type& activations, std::span<const std::span<const neuron_change<value_type>>> mutants,
               matrix<value_type, memory_space> outputs);

  /// What a layer gave, (inputs × elements of its output), neurons the fastest index: a view of what `predict` left when it kept these
  /// activations. It lies in them, in `outputs` where the layer gives the network's output (then without the activation that is left out),
  /// or in the inputs where nothing is computed before. So it is valid as long as all three are, and until the next `predict`.
  /// \param layer    by its position in `layers()`; one that computes nothing, such as Flatten, gives what it is given
  /// \param outputs  what that `predict` wrote
  /// \throws usage_error where there is no such layer, its output was not kept, or the outputs do not fit the activations.
  matrix<const value_type, memory_space> layer_outputs(std::size_t layer, const activations_type& activations,
                                                       matrix<const value_type, memory_space> outputs) const;

  /// The present weights, copied, for changes of single neurons.
  /// \param regularity  of all inputs that it will be given
  auto delta(const input_regularity& regularity = {}) const requires(is_host_accessible<memory_space>) {
    return delta_runner<value_type>(lowered(regularity));
  }

 private:
  template <class, ExecutionSpace, class>
  friend class network;

  /// A network that shares what does not change.
  network(std::shared_ptr<const network_plan> plan, std::vector<Storage> parameters, Space space)
      : space_(space), plan_(std::move(plan)), parameters_(std::move(parameters)), executor_(plan_), batches_(*plan_) {}

  template <ExecutionSpace Other>
  auto moved(const Other& other) const {
    if constexpr (std::is_same_v<typename Other::memory_space, memory_space>) {
      return network<Storage, Other, PrecisionPolicy>(plan_, parameters_, other);
    } else {
      using there = storage::kokkos_view<value_type, typename Other::memory_space>;
      std::vector<there> parameters;
      for (const auto& one : parameters_) parameters.push_back(storage::converted<there>(one));
      return network<there, Other, PrecisionPolicy>(plan_, std::move(parameters), other);
    }
  }

  using kernel_space = std::conditional_t<std::is_same_v<Space, this_thread>, Kokkos::HostSpace, Space>;

  /// The network as steps over blocks of inputs.
  std::shared_ptr<const by_lanes::lane_program<value_type>> lowered(const input_regularity& regularity) const;

  void require_layer(std::size_t layer) const {
    const std::size_t count = plan_->layers.size();
    if (layer >= count)
      throw usage_error(detail::text("deepmaacc::network: there is no layer ", layer, "; layers count from 0 to ", count - 1));
  }
  /// \throws usage_error where a pass from a layer on would read what was not kept.
  void require_kept(std::size_t layer, const activations_type& activations) const;
  /// \throws usage_error where inputs or outputs are not as wide as the network's, or differ in their rows.
  void check_extents(matrix<const value_type, memory_space> inputs, matrix<const value_type, memory_space> outputs) const {
    const std::size_t features = element_count(input_shape());
    if (inputs.extent(1) != features || outputs.extent(1) != classes() || inputs.extent(0) != outputs.extent(0))
      throw usage_error(detail::text("deepmaacc::network: inputs of ", inputs.extent(0), " x ", inputs.extent(1), " and outputs of ",
                                     outputs.extent(0), " x ", outputs.extent(1), " do not fit; give n x ", features, " and n x ",
                                     classes()));
  }

  /// Calls `visit(slice, part)` for the slices of a neuron's numbers.
  /// \throws usage_error where there is no such neuron, or it has another count of numbers.
  template <class T, class Visit>
  void for_each_slice(neuron_id neuron, std::span<T> numbers, const Visit& visit) const {
    const auto& layers = plan_->layers;
    if (neuron.layer >= layers.size() || neuron.neuron >= layers[neuron.layer].neurons)
      throw usage_error(detail::text("deepmaacc::network: there is no neuron ", neuron.neuron, " in layer ", neuron.layer));
    const auto& layer = layers[neuron.layer];
    if (numbers.size() != layer.numbers_per_neuron())
      throw usage_error(detail::text("deepmaacc::network: a neuron of layer ", layer.name, " has ", layer.numbers_per_neuron(),
                                     " numbers, its bias included, but room for ", numbers.size(), " is given"));
    const neuron_group& group = plan_->model.neurons()[*plan_->model.layers()[neuron.layer].neurons];
    for (const neuron_slice& slice : group.weights) {
      visit(slice, numbers.first(slice.count));
      numbers = numbers.subspan(slice.count);
    }
    if (group.bias) visit(*group.bias, numbers);
  }
  static std::size_t first_of(const neuron_slice& slice, neuron_id neuron) { return slice.first + neuron.neuron * slice.neuron_step; }
  static auto numbers_of(const Storage& array) { return matrix<const value_type, memory_space>(array.data(), 1, array.size()); }
  static auto numbers_of(Storage& array) { return matrix<value_type, memory_space>(array.data(), 1, array.size()); }

  Space space_;
  std::shared_ptr<const network_plan> plan_;
  std::vector<Storage> parameters_;  ///< by array of the program
  by_rows::executor<Storage, PrecisionPolicy> executor_;
  by_batches::batch_runner<Storage, PrecisionPolicy> batches_;
};

template <class Storage, ExecutionSpace Space, class PrecisionPolicy>
network<Storage, Space, PrecisionPolicy>::network(program model, Space space)
    : space_(space),
      parameters_(detail::about(model, [&] { return detail::stored_parameters<Storage>(model); })),
      executor_(plan_ = std::make_shared<const network_plan>(std::move(model))),
      batches_(*plan_) {
  static_assert(std::is_same_v<typename kernel_space::memory_space, memory_space>,
                "deepmaacc::network: the weight storage must lie in the memory of the execution space; see "
                "docs/policies/weight_storage.md");
}

template <class Storage, ExecutionSpace Space, class PrecisionPolicy>
engine_costs network<Storage, Space, PrecisionPolicy>::costs(std::span<const std::size_t> mutants, const evaluation_extent& extent) const {
  std::vector<std::size_t> at_once(mutants.size(), 1);
  for (std::size_t layer = 0; layer < at_once.size(); ++layer)
    at_once[layer] =
        std::max<std::size_t>(1, extent.batch_bytes / std::max<std::size_t>(1, extent.batch_inputs * bytes_per_mutant(layer, 1)));
  return network_work(*plan_, batches_.paths(), by_lanes::lanes_per_group<value_type>).costs(mutants, extent, at_once);
}

template <class Storage, ExecutionSpace Space, class PrecisionPolicy>
std::vector<std::string> network<Storage, Space, PrecisionPolicy>::layers_without_delta() const {
  std::vector<std::string> names;
  for (const neuron_group& group : plan_->model.neurons())
    if (!group.sums) names.push_back(plan_->layers[group.layer].name);
  return names;
}

// Bodies that compile long stand outside the class: within, they would be inline, and `extern template` does not stop inline functions
// from being compiled again.
template <class Storage, ExecutionSpace Space, class PrecisionPolicy>
void network<Storage, Space, PrecisionPolicy>::predict(matrix<const value_type, memory_space> inputs,
                                                       matrix<value_type, memory_space> outputs) {
  check_extents(inputs, outputs);
  reserve(inputs.extent(0));
  const std::vector<Storage> nothing;
  executor_.run(space_, plan_->order, parameters_, nothing, false, inputs, outputs);
}

template <class Storage, ExecutionSpace Space, class PrecisionPolicy>
void network<Storage, Space, PrecisionPolicy>::predict(matrix<const value_type, memory_space> inputs,
                                                       matrix<value_type, memory_space> outputs, activations_type& activations) {
  check_extents(inputs, outputs);
  reserve(inputs.extent(0));
  reserve(activations, inputs.extent(0));
  activations.inputs = inputs;
  executor_.run(space_, plan_->order, parameters_, activations.outputs, true, inputs, outputs);
  if (activations.use == activation_use::batching && batches_.is_kept()[plan_->output])
    by_batches::repeat_rows(space_, matrix<const value_type, memory_space>(outputs), 1, activations.outputs[plan_->output].data());
}

template <class Storage, ExecutionSpace Space, class PrecisionPolicy>
void network<Storage, Space, PrecisionPolicy>::forward(std::size_t layer, const activations_type& activations,
                                                       matrix<value_type, memory_space> outputs) {
  require_layer(layer);
  check_extents(activations.inputs, outputs);
  require_kept(layer, activations);
  reserve(outputs.extent(0));
  executor_.run(space_, plan_->affected[layer], parameters_, activations.outputs, false, activations.inputs, outputs);
}

template <class Storage, ExecutionSpace Space, class PrecisionPolicy>
void network<Storage, Space, PrecisionPolicy>::require_kept(std::size_t layer, const activations_type& activations) const {
  for (const std::size_t from : plan_->read_across[layer])
    if (from >= activations.outputs.size() || activations.outputs[from].size() < activations.inputs.extent(0) * plan_->widths[from])
      throw usage_error("deepmaacc::network: the activations do not hold what layer " + plan_->layers[layer].name +
                        " reads; give them to predict(inputs, outputs, activations) before, with their use left as observing for "
                        "layers without neurons");
}

template <class Storage, ExecutionSpace Space, class PrecisionPolicy>
void network<Storage, Space, PrecisionPolicy>::forward(std::size_t layer, const activations_type& activations,
                                                       std::span<const std::span<const neuron_change<value_type>>> mutants,
                                                       matrix<value_type, memory_space> outputs) {
  require_layer(layer);
  if (activations.use != activation_use::batching || activations.outputs.empty())
    throw usage_error("deepmaacc::network: many mutants at once need activations that predict has kept for batching");
  for (const std::size_t node : batches_.paths()[layer].kept(*plan_))
    if (node != 0 && activations.outputs[node].size() < activations.inputs.extent(0) * plan_->widths[node])
      throw usage_error("deepmaacc::network: the activations do not hold what many mutants of layer " + plan_->layers[layer].name +
                        " read; set their use to batching, and then give them to predict");
  by_batches::require_batch<value_type>(*plan_, layer, mutants, activations.inputs.extent(0), {outputs.extent(0), outputs.extent(1)});
  if (outputs.extent(0) == 0) return;
  batches_.run(space_, *plan_, executor_, layer, parameters_, activations.outputs, activations.inputs, mutants, outputs);
}

template <class Storage, ExecutionSpace Space, class PrecisionPolicy>
void network<Storage, Space, PrecisionPolicy>::reserve(activations_type& activations, std::size_t rows) const {
  auto& outputs = activations.outputs;
  outputs.resize(plan_->model.size());
  const auto keep = [&](std::size_t node) {
    const bool is_elsewhere = node == 0 || (node == plan_->output && activations.use != activation_use::batching);
    if (!is_elsewhere && outputs[node].size() < rows * plan_->widths[node]) outputs[node] = Storage(rows * plan_->widths[node]);
  };
  for (std::size_t node = 0; node < outputs.size(); ++node)
    if (activations.use == activation_use::batching   ? batches_.is_kept()[node]
        : activations.use == activation_use::resuming ? plan_->is_resumed_from[node]
                                                      : plan_->is_read_across[node])
      keep(node);
  if (activations.use != activation_use::observing) return;
  for (const program_layer& layer : plan_->model.layers()) keep(plan_->computed_by[layer.output]);
}

template <class Storage, ExecutionSpace Space, class PrecisionPolicy>
auto network<Storage, Space, PrecisionPolicy>::layer_outputs(std::size_t layer, const activations_type& activations,
                                                             matrix<const value_type, memory_space> outputs) const
    -> matrix<const value_type, memory_space> {
  require_layer(layer);
  const auto& layers = plan_->model.layers();
  if (activations.outputs.empty())
    throw usage_error("deepmaacc::network: the activations hold nothing yet; give them to predict(inputs, outputs, activations) before");
  check_extents(activations.inputs, outputs);
  const std::size_t from = plan_->computed_by[layers[layer].output];
  const bool is_elsewhere = from == 0 || from == plan_->output;
  if (!is_elsewhere && activations.outputs[from].size() == 0)
    throw usage_error("deepmaacc::network: the activations hold what forward reads only; leave their use as observing to look at layers");
  const value_type* numbers = from == 0               ? activations.inputs.data()
                              : from == plan_->output ? outputs.data()
                                                      : activations.outputs[from].data();
  return matrix<const value_type, memory_space>(numbers, outputs.extent(0), element_count(plan_->model[layers[layer].output].output_shape));
}

template <class Storage, ExecutionSpace Space, class PrecisionPolicy>
std::shared_ptr<const by_lanes::lane_program<typename Storage::value_type>> network<Storage, Space, PrecisionPolicy>::lowered(
    const input_regularity& regularity) const {
  std::vector<const value_type*> numbers;
  for (const auto& one : parameters_) numbers.push_back(one.data());
  by_lanes::factor_rounding<value_type> round = nullptr;
  if constexpr (precision_traits<PrecisionPolicy>::rounds_factors)
    round = [](const value_type* from, value_type* to, std::size_t count) {
      vector_loop(count, [&](std::size_t i) { to[i] = PrecisionPolicy::round(from[i]); });
    };
  return std::make_shared<const by_lanes::lane_program<value_type>>(
      by_lanes::make_lane_program<value_type>(plan_, numbers, regularity, round));
}

#ifdef DEEPMAACC_COMPILED
#define DEEPMAACC_DECLARE(EXTERN, SPACE, T, ...) EXTERN template class __VA_ARGS__;
DEEPMAACC_DECLARE_COMPILED_NETWORKS(DEEPMAACC_DECLARE)
#undef DEEPMAACC_DECLARE
#endif

}  // namespace deepmaacc
