#pragma once

/// \file
/// Turns the layers of a network into steps over blocks of inputs.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/concepts/model_adapter.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/parallel.hpp>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/model/activation.hpp>
#include <deepmaacc/model/lanes/lane_program.hpp>
#include <deepmaacc/model/layer_base.hpp>
#include <deepmaacc/model/layer_graph.hpp>
#include <deepmaacc/model/network_plan.hpp>
#include <memory>
#include <numeric>
#include <span>
#include <utility>
#include <variant>
#include <vector>

namespace deepmaacc::model {

/// What a layer is given to add its steps with, by its member `lower(builder)`, which returns the tensor that it makes. Layers without that
/// member run as rows.
template <class T>
class lane_builder {
 public:
  using value_type = T;
  using sum_shape = model::sum_shape<T>;
  using place = lane_rearrangement::place;

  /// \param regularity  of the network's inputs; null where this layer is not the only one that reads them
  /// \param round       for factors of products, where the layer is one; else null
  lane_builder(lane_program<T>& program, const layer_node& node, std::span<const T* const> parameters, std::vector<std::size_t> inputs,
               const input_regularity* regularity, factor_rounding<T> round)
      : program_(program), node_(node), parameters_(parameters), inputs_(std::move(inputs)), regularity_(regularity), round_(round) {}

  std::size_t input(std::size_t which = 0) const { return inputs_[which]; }
  const std::vector<std::size_t>& inputs() const { return inputs_; }
  const shape& input_shape(std::size_t which = 0) const { return node_.input_shapes[which]; }
  const std::vector<shape>& input_shapes() const { return node_.input_shapes; }
  const shape& output_shape() const { return node_.output_shape; }
  const T* parameter(std::size_t which) const { return parameters_[which]; }
  std::size_t period(std::size_t tensor) const { return program_.tensors[tensor].period; }

  /// Weighted sums; those of a layer with neurons are its neurons'.
  std::size_t weighted_sums(sum_shape sums, std::size_t input) {
    sums.period = period(input);
    sums.round = round_;
    if (regularity_ && input == 0) leave_out_inputs(sums);
    const std::size_t elements = sums.height * sums.width * sums.sums;
    return program_.add_step(model::weighted_sums<T>(sums), {input}, elements, sums.sums);
  }
  /// An activation, where there is one.
  std::size_t activated(std::size_t input, const activation_function& function) {
    if (is_linear(function)) return input;
    const auto [rows, period] = std::pair(program_.tensors[input].rows, program_.tensors[input].period);
    if (std::holds_alternative<activations::softmax>(function))
      return program_.add_step(lane_softmax{output_shape().back()}, {input}, rows, period);
    return program_.add_step(lane_activation{function}, {input}, rows, period);
  }
  /// function(element, first[i], second[i]), where i is what `index` says of the element.
  template <class Function>
  std::size_t per_number(Function function, std::vector<std::uint32_t> index, std::vector<T> first, std::vector<T> second) {
    const std::size_t rows = index.size();
    return program_.add_step(lane_numbers<T>{lane_numbers<T>::over(function), std::move(index), std::move(first), std::move(second)},
                             {input()}, rows, period(input()));
  }
  template <class Reduction>
  std::size_t pooled(Reduction, const window_axes<false>& axes, std::size_t height, std::size_t width, std::size_t channels) {
    return program_.add_step(lane_pooling<Reduction>{axes, height, width, channels}, {input()}, height * width * channels, channels);
  }
  /// \param source           where each element comes from, of all inputs
  /// \param channel_offsets  for each input how far its channels, those of its last axis, are moved; none where they are not kept
  std::size_t rearranged(std::vector<place> source, std::vector<std::size_t> channel_offsets) {
    for (std::size_t i = 0; i < inputs_.size(); ++i)
      if (period(inputs_[i]) != input_shape(i).back()) channel_offsets.clear();
    const std::size_t rows = source.size(), channels = output_shape().back();
    return program_.add_step(lane_rearrangement{std::move(source), channels, std::move(channel_offsets)}, inputs_, rows, channels);
  }
  /// \param index  for each input the elements that it gives, where these are not the output's
  template <class Operation>
  std::size_t merged(Operation operation, std::vector<std::vector<std::uint32_t>> index) {
    const std::size_t rows = element_count(output_shape());
    return program_.add_step(lane_merge<T>{lane_merge<T>::over(operation), rows, std::move(index)}, inputs_, rows, period(input()));
  }

 private:
  /// Keeps one of channels that are equal, with the sum of their weights; and no inputs of a dense layer that are always 0. Each sum has
  /// fewer terms then, and so a smaller bound on its rounding error.
  void leave_out_inputs(sum_shape& sums) {
    lane_tensor& inputs = program_.tensors[0];
    const std::size_t channels = inputs.period, equal = regularity_->channels_equal ? channels : 1;
    const bool is_dense = sums.height * sums.width * sums.axes.x.taps * sums.axes.y.taps * sums.axes.x.input * sums.axes.y.input == 1;
    if (sums.groups != 1 || sums.round || (!is_dense && (equal == 1 || sums.channels != channels))) return;
    std::vector<std::uint32_t> kept;
    for (std::uint32_t element = 0; element < inputs.rows; element += static_cast<std::uint32_t>(equal))
      if (!is_dense || regularity_->is_zero.empty() || !regularity_->is_zero[element]) kept.push_back(element);
    if (kept.empty()) return;
    sums.equal_weights = equal;
    sums.given_weights = sums.axes.x.taps * sums.axes.y.taps * sums.channels;
    if (is_dense) {
      sums.first_weight = kept;
      sums.channels = kept.size();
    } else {
      sums.channels = 1;
      for (std::size_t tap = 0; tap < sums.axes.x.taps * sums.axes.y.taps; ++tap)
        sums.first_weight.push_back(static_cast<std::uint32_t>(tap * channels));
    }
    sums.period = sums.channels;
    inputs.rows = kept.size();
    inputs.period = sums.channels;
    program_.input_elements = std::move(kept);
  }

  lane_program<T>& program_;
  const layer_node& node_;
  std::span<const T* const> parameters_;
  std::vector<std::size_t> inputs_;
  const input_regularity* regularity_;
  factor_rounding<T> round_;
};

/// The layer as the network runs it. Keeps the plan, and copies the weights.
template <class T, class Kind>
lane_rows_layer<T> rows_layer(const std::shared_ptr<const network_plan>& plan, std::size_t vertex, const Kind& kind,
                              std::span<const T* const> parameters) {
  const layer_node& node = plan->graph[vertex];
  auto kept = std::make_shared<std::vector<std::vector<T>>>();
  for (std::size_t i = 0; i < parameters.size(); ++i)
    kept->emplace_back(parameters[i], parameters[i] + element_count(node.parameters[i].extents));
  const auto forward = [plan, kept, &node, &kind](std::span<const matrix<const T>> inputs, matrix<T> output) {
    std::vector<const T*> numbers;
    for (const auto& one : *kept) numbers.push_back(one.data());
    std::vector<T> scratch(kind.scratch_size(node.input_shapes, output.extent(0)));
    kind.forward(layer_context<this_thread, T>{{}, inputs, node.input_shapes, output, node.output_shape, numbers, scratch.data()});
  };
  return {forward, element_count(node.output_shape)};
}

/// Says at compile time what is wrong with a kind of layers: the delta engine changes neurons where their sums are a step.
template <class Kind, class Builder>
constexpr void check_layer_kind() {
  static_assert(
      !Kind::has_neurons ||
          requires(const Kind kind, Builder& builder) {
            { kind.lower(builder) } -> std::convertible_to<std::size_t>;
          },
      "deepmaacc::network: a layer kind with neurons must have `template <class Builder> std::size_t lower(Builder&) const`, which "
      "adds its weighted sums; see model/lanes/lane_builder.hpp");
}

/// \param parameters  of each layer, as the plan's graph lists them
/// \param regularity  of all inputs that will be run
/// \param round       for factors of products; null where nothing is rounded
template <class T>
lane_program<T> make_lane_program(const std::shared_ptr<const network_plan>& plan, const std::vector<std::vector<const T*>>& parameters,
                                  const input_regularity& regularity = {}, factor_rounding<T> round = nullptr) {
  lane_program<T> program;
  const layer_graph& graph = plan->graph;
  std::vector<std::size_t> at(graph.size(), 0);
  at[0] = program.add_tensor(element_count(graph[0].output_shape), graph[0].output_shape.back());
  program.input_elements.resize(program.tensors[0].rows);
  std::iota(program.input_elements.begin(), program.input_elements.end(), std::uint32_t{0});
  std::size_t input_readers = 0;
  for (const std::size_t vertex : plan->order)
    input_readers += static_cast<std::size_t>(std::count(plan->sources[vertex].begin(), plan->sources[vertex].end(), std::size_t{0}));
  program.sums_of.assign(graph.size(), lane_program<T>::no_step);
  for (const std::size_t vertex : plan->order) {
    std::vector<std::size_t> inputs;
    for (const std::size_t from : plan->sources[vertex]) inputs.push_back(at[from]);
    const std::size_t first_step = program.steps.size();
    graph[vertex].operation.visit([&]<class Kind>(const Kind& kind) {
      check_layer_kind<Kind, lane_builder<T>>();
      lane_builder<T> builder(program, graph[vertex], parameters[vertex], inputs, input_readers == 1 ? &regularity : nullptr,
                              kind.is_product ? round : nullptr);
      if constexpr (requires { kind.lower(builder); }) {
        at[vertex] = kind.lower(builder);
        if (kind.has_neurons) program.sums_of[vertex] = program.sums_from(first_step);
        if (kind.has_neurons && program.sums_of[vertex] == lane_program<T>::no_step)
          throw model_error("layer " + graph[vertex].name + " has neurons, but its lower() adds no weighted sums");
      } else {
        program.in_rows.push_back(graph[vertex].name);
        const std::size_t elements = element_count(graph[vertex].output_shape);
        at[vertex] = program.add_step(rows_layer<T>(plan, vertex, kind, parameters[vertex]), inputs, elements, elements);
      }
    });
  }
  program.output = at[plan->output];
  program.lay_out();
  return program;
}

#ifdef DEEPMAACC_COMPILED
extern template lane_program<float> make_lane_program(const std::shared_ptr<const network_plan>&,
                                                      const std::vector<std::vector<const float*>>&, const input_regularity&,
                                                      factor_rounding<float>);
extern template lane_program<double> make_lane_program(const std::shared_ptr<const network_plan>&,
                                                       const std::vector<std::vector<const double*>>&, const input_regularity&,
                                                       factor_rounding<double>);
#endif

}  // namespace deepmaacc::model
