#pragma once

/// \file
/// How far changes of single neurons keep to channels of their own.

#include <algorithm>
#include <cstddef>
#include <deepmaacc/core/compiled.hpp>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/network/plan.hpp>
#include <utility>
#include <vector>

namespace deepmaacc::by_batches {

/// The way of a change from the sums of a layer's neurons to the outputs. As long as every node keeps channels apart and nothing else reads
/// it, only the changed channels run, each as an image of one channel. Where that ends in weighted sums, a changed channel adds its part to
/// the original ones; else the unchanged channels are put beside the changed ones. All that follows runs in full.
struct channel_path {
  static constexpr std::size_t none = network_plan::none;

  std::size_t sums = none;          ///< the node of the neurons' sums; `none` for a layer whose neurons are no such sums
  std::vector<std::size_t> steps;   ///< nodes that run on the changed channels, one after the other
  std::size_t end = none;           ///< the last of these, or `sums`
  std::size_t next = none;          ///< the weighted sums that alone read it; `none` where the unchanged channels are put beside
  bool is_flattened = false;        ///< whether `next` reads it as one line, of which every position has weights of its own
  std::vector<std::size_t> rest;    ///< nodes that run in full, the function on `next` excepted
  std::vector<std::size_t> across;  ///< nodes whose original tensors the rest reads
  std::size_t widest = 0;           ///< positions of a changed channel, at most

  /// For a layer of the plan.
  /// Complexity: nodes · steps.
  channel_path(const network_plan& plan, std::size_t layer);

  /// The node whose tensor is made for every mutant before the rest runs: the function on `next` where it alone reads these sums.
  std::size_t made(const network_plan& plan) const {
    if (next == none) return end;
    return plan.then[next] == none ? next : plan.then[next];
  }
  /// Nodes whose original tensors must be kept, the network's output among them where it is read.
  std::vector<std::size_t> kept(const network_plan& plan) const;

 private:
  void follow(const network_plan& plan);
};

/// The way of each layer's changes, and whose original tensors they need.
struct batch_plan {
  std::vector<channel_path> paths;  ///< by layer
  std::vector<bool> is_kept;        ///< by node

  explicit batch_plan(const network_plan& plan);
};

#if DEEPMAACC_HAS_BODIES
namespace detail {

/// The only node that reads another's tensor, and nothing else; `none` where there is no such node.
DEEPMAACC_INLINE std::size_t only_reader(const network_plan& plan, std::size_t node) {
  if (node == plan.output || plan.readers[node] != 1) return network_plan::none;
  const auto reads = [&](std::size_t one) { return plan.sources[one] == std::vector<std::size_t>{node}; };
  const auto found = std::find_if(plan.order.begin(), plan.order.end(), reads);
  return found == plan.order.end() ? network_plan::none : *found;
}

/// Whether an operation does the same to every channel, or by numbers that it has for each.
DEEPMAACC_INLINE bool runs_on_channels(const any_operation& does, const shape& input) {
  const auto is_last_axis = [&](const axis_range& axes) { return axes.first + 1 == input.size() && axes.end == input.size(); };
  if (const auto* scaled = does.get_if<operation::scale_and_shift>()) return is_last_axis(scaled->axes);
  if (const auto* standardized = does.get_if<operation::standardization>()) return is_last_axis(standardized->axes);
  return does.holds<operation::unary>() || does.holds<operation::pooling>();
}

}  // namespace detail

DEEPMAACC_INLINE channel_path::channel_path(const network_plan& plan, std::size_t layer) {
  const auto& neurons = plan.model.layers()[layer].neurons;
  if (!neurons || !plan.model.neurons()[*neurons].sums) return;
  sums = end = *plan.model.neurons()[*neurons].sums;
  follow(plan);
  const std::size_t given = made(plan);
  for (const std::size_t node : plan.affected[layer]) {
    const bool is_before = node == sums || node == next || node == given || std::find(steps.begin(), steps.end(), node) != steps.end();
    if (!is_before) rest.push_back(node);
  }
  std::vector<bool> made_only(plan.model.size(), false);
  made_only[given] = true;
  across = plan.read_beyond(rest, std::move(made_only));
}

DEEPMAACC_INLINE void channel_path::follow(const network_plan& plan) {
  const std::size_t channels = plan.model[sums].output_shape.back();
  const auto positions = [&](std::size_t node) { return plan.widths[node] / channels; };
  widest = positions(sums);
  for (std::size_t reader = detail::only_reader(plan, end); reader != none; reader = detail::only_reader(plan, end)) {
    const shape& read = plan.input_shapes[reader].front();
    const any_operation& does = plan.model[reader].does;
    const bool is_line = read.size() == 1 && positions(end) > 1;
    if (!is_line && read.back() != channels) return;
    if (const auto* following = does.get_if<operation::weighted_sums>()) {
      if (following->groups != 1 || following->is_depthwise) return;
      next = reader;
      is_flattened = is_line;
      return;
    }
    if (is_line ? !does.holds<operation::unary>() : !detail::runs_on_channels(does, read)) return;
    steps.push_back(reader);
    end = reader;
    widest = std::max(widest, positions(end));
  }
}

DEEPMAACC_INLINE std::vector<std::size_t> channel_path::kept(const network_plan& plan) const {
  std::vector<std::size_t> all = across;
  if (sums == none) return all;
  all.insert(all.end(), {plan.sources[sums].front(), sums, end});
  if (next != none) all.push_back(next);
  return all;
}

DEEPMAACC_INLINE batch_plan::batch_plan(const network_plan& plan) : is_kept(plan.model.size(), false) {
  for (std::size_t layer = 0; layer < plan.layers.size(); ++layer) {
    paths.emplace_back(plan, layer);
    if (!plan.layers[layer].is_mutable()) continue;
    for (const std::size_t node : paths.back().sums == channel_path::none ? plan.read_across[layer] : paths.back().kept(plan))
      is_kept[node] = true;
  }
}
#endif

}  // namespace deepmaacc::by_batches
