#pragma once

/// \file
/// What a network works out once from its program.

#include <algorithm>
#include <cstddef>
#include <deepmaacc/concepts/model_adapter.hpp>
#include <deepmaacc/concepts/outcome.hpp>
#include <deepmaacc/core/compiled.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/model/program.hpp>
#include <deepmaacc/network/describe.hpp>
#include <utility>
#include <vector>

namespace deepmaacc {

/// What does not change while a network is mutated; shared by its copies. Nodes are those of the program, of whose arrays only names and
/// shapes are asked for. A final softmax, sigmoid or linear activation is left out: the arg max along the last axis is the same without.
struct network_plan {
  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  program model;
  std::vector<layer_description> layers;
  std::vector<std::vector<shape>> input_shapes;       ///< for each node
  std::vector<std::size_t> order;                     ///< nodes that compute something, each after those it reads
  std::vector<std::vector<std::size_t>> affected;     ///< for each layer: what to run when its weights change
  std::vector<std::size_t> computed_by;               ///< for each node: the one whose tensor it gives on; itself but for identities
  std::vector<std::vector<std::size_t>> sources;      ///< for each node: whose tensors it reads, identities looked through
  std::vector<std::size_t> readers;                   ///< for each node: how many nodes that compute something read its tensor
  std::vector<std::size_t> widths;                    ///< elements of each node's tensor; 0 for those that compute nothing
  std::vector<std::size_t> then;                      ///< for each node of sums: the function that alone reads them, or `none`
  std::vector<std::vector<std::size_t>> read_across;  ///< for each layer: nodes whose tensors `affected` reads, and does not make
  /// For each node whether some layer reads across from it: one with neurons, and any.
  std::vector<bool> is_resumed_from, is_read_across;
  std::size_t output = 0;  ///< the node that computes the network's outputs
  std::size_t classes = 0;
  output_form form = output_form::numbers;  ///< of what is computed

  /// Elements of the tensor that a node gives on, the input's included.
  std::size_t width_of(std::size_t node) const { return node == 0 ? element_count(model.input_shape()) : widths[node]; }
  /// Whose tensors some nodes read that they do not make, in the order in which they are first read.
  /// \param nodes  each after those that it reads
  /// \param given  for each node whether its tensor is there anyway
  std::vector<std::size_t> read_beyond(const std::vector<std::size_t>& nodes, std::vector<bool> given) const;

  /// \throws model_error where there is no layer with neurons, or one that the output does not depend on; beginning with where the program
  /// was read.
  explicit network_plan(program whole);

 private:
  void work_out();
  std::vector<std::size_t> affected_by(std::size_t layer) const;
};

#if DEEPMAACC_HAS_BODIES
namespace detail {

/// What an operation that ends a network makes of its outputs.
DEEPMAACC_INLINE output_form form_by(const any_operation& does) {
  if (does.holds<operation::softmax>()) return output_form::before_softmax;
  const auto* unary = does.get_if<operation::unary>();
  if (unary == nullptr) return output_form::numbers;
  if (unary->function.holds<activation::sigmoid>()) return output_form::before_sigmoid;
  const bool is_hard = unary->function.holds<activation::hard_sigmoid>() || unary->function.holds<activation::hard_sigmoid_of_keras2>();
  return is_hard ? output_form::probabilities : output_form::activated;
}

}  // namespace detail

DEEPMAACC_INLINE network_plan::network_plan(program whole) : model(std::move(whole)), layers(describe(model)) {
  detail::about(model, [&] { work_out(); });
}

DEEPMAACC_INLINE void network_plan::work_out() {
  model.require_layers();
  const std::size_t count = model.size();
  std::size_t last = model.output();
  while (last > 0 && is_identity(model[last].does)) last = model[last].inputs.front();
  if (last > 0) form = detail::form_by(model[last].does);
  // A softmax over other rows than those of the output stays: the largest of such a row may be another without.
  if (form == output_form::before_softmax && model[last].output_shape.back() != model.output_shape().back())
    form = output_form::probabilities;
  const std::size_t dropped = form == output_form::before_softmax || form == output_form::before_sigmoid ? last : none;

  input_shapes.resize(count);
  computed_by.resize(count);
  sources.resize(count);
  readers.resize(count);
  widths.resize(count);
  then.assign(count, none);
  for (std::size_t i = 0; i < count; ++i) {
    input_shapes[i] = model.input_shapes_of(i);
    for (const std::size_t from : model[i].inputs) sources[i].push_back(computed_by[from]);
    const bool computes = i != dropped && !is_identity(model[i].does);
    computed_by[i] = computes || i == 0 ? i : sources[i].front();
    if (!computes) continue;
    order.push_back(i);
    widths[i] = element_count(model[i].output_shape);
    for (const std::size_t from : sources[i]) ++readers[from];
  }
  output = computed_by[model.output()];
  classes = element_count(model.output_shape());
  for (const std::size_t i : order) {
    const std::size_t from = sources[i].front();
    const bool follows = model[i].does.holds<operation::unary>() && from != output && readers[from] == 1;
    if (follows && model[from].does.holds<operation::weighted_sums>()) then[from] = i;
  }

  is_resumed_from.assign(count, false);
  is_read_across.assign(count, false);
  for (std::size_t layer = 0; layer < layers.size(); ++layer) {
    affected.push_back(affected_by(layer));
    std::vector<bool> inputs_only(count, false);
    inputs_only[0] = true;
    read_across.push_back(read_beyond(affected.back(), std::move(inputs_only)));
    for (const std::size_t from : read_across.back()) {
      is_read_across[from] = true;
      if (layers[layer].is_mutable()) is_resumed_from[from] = true;
    }
  }
  output_layer(layers);
}

DEEPMAACC_INLINE std::vector<std::size_t> network_plan::read_beyond(const std::vector<std::size_t>& nodes, std::vector<bool> given) const {
  std::vector<std::size_t> found;
  for (const std::size_t one : nodes) {
    for (const std::size_t from : sources[one]) {
      if (!given[from]) found.push_back(from);
      given[from] = true;
    }
    given[one] = true;
  }
  return found;
}

DEEPMAACC_INLINE std::vector<std::size_t> network_plan::affected_by(std::size_t layer) const {
  const program_layer& of = model.layers()[layer];
  std::vector<bool> changes(model.size(), false);
  for (std::size_t i = 0; i < model.size(); ++i) {
    const bool is_within = model[i].layer == layer, has_neurons = of.neurons && model.neurons()[*of.neurons].sums;
    const bool is_first = is_within && (!has_neurons || i == *model.neurons()[*of.neurons].sums);
    const auto& from = model[i].inputs;
    changes[i] = is_first || std::any_of(from.begin(), from.end(), [&](std::size_t one) { return changes[one]; });
  }
  if (!changes[model.output()])
    throw model_error("layer " + of.name + " leads nowhere: the output, " + model.layers().back().name + ", does not depend on it");
  std::vector<std::size_t> all;
  for (const std::size_t i : order)
    if (changes[i]) all.push_back(i);
  // Where nothing is computed any more, the output is, so that there is one.
  if (all.empty() && output != 0) {
    const std::size_t from = sources[output].front();
    if (then[from] == output) all.push_back(from);
    all.push_back(output);
  }
  return all;
}
#endif

}  // namespace deepmaacc
