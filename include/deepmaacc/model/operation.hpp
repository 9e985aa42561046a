#pragma once

/// \file
/// The registry of operations: a new one is a struct in `operations/`, a line here, and a body in each executor.

#include <algorithm>
#include <cstddef>
#include <deepmaacc/core/compiled.hpp>
#include <deepmaacc/core/one_of.hpp>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/model/operations/custom.hpp>
#include <deepmaacc/model/operations/elementwise.hpp>
#include <deepmaacc/model/operations/input.hpp>
#include <deepmaacc/model/operations/normalization.hpp>
#include <deepmaacc/model/operations/pooling.hpp>
#include <deepmaacc/model/operations/rearrangement.hpp>
#include <deepmaacc/model/operations/weighted_sums.hpp>
#include <span>
#include <string>
#include <vector>

namespace deepmaacc {

/// What one step of a network computes. Each kind has a `name`, `output_shape(inputs)`, which refuses inputs that do not fit by
/// `model_error`, and `parameter_shapes(inputs)`, those of its trained arrays.
using any_operation = one_of<    //
    operation::input,            //
    operation::weighted_sums,    //
    operation::unary,            //
    operation::binary,           //
    operation::scale_and_shift,  //
    operation::standardization,  //
    operation::pooling,          //
    operation::softmax,          //
    operation::normalization,    //
    operation::rearrangement,    //
    operation::reshape,          //
    operation::custom>;

/// Whether the output's elements are the input's, in the same order: nothing runs then.
inline bool is_identity(const any_operation& one) {
  if (const auto* function = one.get_if<operation::unary>()) return is_linear(function->function);
  return one.holds<operation::reshape>() || one.holds<operation::input>();
}

/// Whether each channel of the output, an index of its last axis, comes from that channel of its only input alone; a flattened tensor has
/// the channels of what was flattened.
bool keeps_channels(const any_operation& one, std::span<const shape> inputs);

#if DEEPMAACC_HAS_BODIES
namespace detail {

/// Boxes cut from one tensor keep channels where every step, and the way from a box's place to its target, moves whole rows of channels, or
/// as far on both sides.
DEEPMAACC_INLINE bool boxes_keep_channels(const operation::rearrangement& one) {
  if (one.inputs.size() != 1 || one.output.empty() || one.inputs.front().empty()) return false;
  const std::size_t channels = one.output.back();
  const auto fits = [&](std::size_t source, std::size_t target) { return source % channels == target % channels; };
  return one.inputs.front().back() == channels && std::all_of(one.boxes.begin(), one.boxes.end(), [&](const auto& box) {
           return fits(box.source, box.target) &&
                  std::all_of(box.axes.begin(), box.axes.end(), [&](const auto& axis) { return fits(axis.source_step, axis.target_step); });
         });
}

}  // namespace detail

DEEPMAACC_INLINE bool keeps_channels(const any_operation& one, std::span<const shape> inputs) {
  if (const auto* moved = one.get_if<operation::rearrangement>()) return detail::boxes_keep_channels(*moved);
  if (const auto* shaped = one.get_if<operation::reshape>())
    return shaped->output.size() == 1 || (!shaped->output.empty() && shaped->output.back() == inputs.front().back());
  if (const auto* merged = one.get_if<operation::binary>())
    return merged->constant != operation::binary::constant_side::none && merged->output_shape(inputs).back() == inputs.front().back();
  return one.holds<operation::unary>() || one.holds<operation::scale_and_shift>() || one.holds<operation::standardization>() ||
         one.holds<operation::pooling>();
}
#endif

}  // namespace deepmaacc
