#pragma once

/// \file
/// The layers of a program as mutation sees them.

#include <cstddef>
#include <deepmaacc/concepts/model_adapter.hpp>
#include <deepmaacc/core/compiled.hpp>
#include <deepmaacc/model/program.hpp>
#include <optional>
#include <vector>

namespace deepmaacc {

/// The layers of a program, one description each.
std::vector<layer_description> describe(const program& model);

#if DEEPMAACC_HAS_BODIES
namespace detail {

/// The one layer with neurons that takes what a group of neurons gives, each in a channel of its own; none where there is no such layer.
DEEPMAACC_INLINE std::optional<std::size_t> layer_fed_by(const program& model, const neuron_group& group) {
  if (!group.sums) return {};
  std::size_t at = *group.sums;
  while (model[at].readers.size() == 1) {
    at = model[at].readers.front();
    const std::size_t layer = model[at].layer;
    if (model[at].does.holds<operation::weighted_sums>()) {
      const auto which = model.layers()[layer].neurons;
      if (!which || model.neurons()[*which].sums != at) return {};
      const shape& kernel = model.parameters()[model[at].parameters.front()].extents();
      const auto& sums = model[at].does.as<operation::weighted_sums>();
      if (sums.is_depthwise || kernel[kernel.size() - 2] % group.neurons != 0) return {};  // groups of channels
      return layer;
    }
    if (!keeps_channels(model[at].does, model.input_shapes_of(at))) return {};
  }
  return {};
}

}  // namespace detail

DEEPMAACC_INLINE std::vector<layer_description> describe(const program& model) {
  std::vector<layer_description> all(model.layers().size());
  std::size_t last_with_neurons = all.size();
  for (std::size_t layer = 0; layer < all.size(); ++layer) {
    const program_layer& from = model.layers()[layer];
    layer_description& one = all[layer];
    one.name = from.name;
    one.kind = from.kind;
    one.output_shape = model[from.output].output_shape;
    one.has_bias = from.parameters.size() > 1;
    if (!from.neurons) continue;
    const neuron_group& group = model.neurons()[*from.neurons];
    one.neurons = group.neurons;
    one.weights_per_neuron = group.weights_per_neuron();
    one.has_bias = group.bias.has_value();
    one.kernel_positions = group.kernel_positions;
    one.feeds = detail::layer_fed_by(model, group);
    last_with_neurons = layer;
  }
  if (last_with_neurons < all.size()) all[last_with_neurons].is_output = true;
  return all;
}
#endif

}  // namespace deepmaacc
