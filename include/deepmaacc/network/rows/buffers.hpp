#pragma once

/// \file
/// Where tensors lie while a network runs over rows: in one piece of memory, of which tensors that are not alive at once share parts.

#include <algorithm>
#include <cstddef>
#include <deepmaacc/core/compiled.hpp>
#include <deepmaacc/network/plan.hpp>
#include <numeric>
#include <vector>

namespace deepmaacc::by_rows {

/// For each node where its tensor begins, in numbers per row; and how many numbers per row all of them take.
struct buffer_layout {
  std::vector<std::size_t> offsets;
  std::size_t width = 0;

  /// Large tensors are placed first, each as far to the front as those that are alive with it allow. Operations on single elements write
  /// where they read, where nothing else reads there.
  /// Complexity: nodes².
  explicit buffer_layout(const network_plan& plan);

 private:
  /// Tensors that share a place: from when to when they are needed, as positions in the plan's order.
  struct place {
    std::size_t width = 0, first = 0, last = 0, offset = 0;
  };
};

#if DEEPMAACC_HAS_BODIES
DEEPMAACC_INLINE buffer_layout::buffer_layout(const network_plan& plan) : offsets(plan.model.size(), 0) {
  std::vector<std::size_t> position(plan.model.size(), 0), last_use(plan.model.size(), 0), place_of(plan.model.size(), network_plan::none);
  for (std::size_t at = 0; at < plan.order.size(); ++at) {
    position[plan.order[at]] = at;
    for (const std::size_t from : plan.sources[plan.order[at]]) last_use[from] = at;
  }
  std::vector<place> places;
  for (const std::size_t node : plan.order) {
    // The memory of outputs is the caller's; sums that a function alone reads are written where it writes.
    if (node == plan.output || plan.then[node] != network_plan::none) continue;
    const auto& does = plan.model[node].does;
    const auto* merged = does.get_if<operation::binary>();
    const bool is_elementwise =
        does.holds<operation::unary>() || does.holds<operation::scale_and_shift>() || does.holds<operation::standardization>() ||
        (merged && merged->constant == operation::binary::constant_side::none && plan.input_shapes[node][0] == plan.input_shapes[node][1]);
    const std::size_t from = plan.sources[node].front(), end = std::max(last_use[node], position[node]);
    const std::size_t first = plan.then[from] == node ? position[from] : position[node];
    // Its last reader may take its place; a tensor read twice by this one is read before it is written, element by element.
    if (is_elementwise && place_of[from] != network_plan::none && last_use[from] == position[node]) {
      place_of[node] = place_of[from];
      places[place_of[node]].last = end;
      continue;
    }
    place_of[node] = places.size();
    places.push_back({plan.widths[node], first, end, 0});
  }
  std::vector<std::size_t> by_size(places.size());
  std::iota(by_size.begin(), by_size.end(), std::size_t{0});
  std::stable_sort(by_size.begin(), by_size.end(), [&](std::size_t a, std::size_t b) { return places[a].width > places[b].width; });
  std::vector<std::size_t> placed;  // ascending by offset
  for (const std::size_t which : by_size) {
    place& one = places[which];
    for (const std::size_t other : placed) {
      const place& there = places[other];
      if (there.last < one.first || one.last < there.first) continue;
      if (one.offset + one.width <= there.offset) break;
      one.offset = std::max(one.offset, there.offset + there.width);
    }
    const auto behind = [&](std::size_t offset, std::size_t other) { return offset < places[other].offset; };
    placed.insert(std::upper_bound(placed.begin(), placed.end(), one.offset, behind), which);
    width = std::max(width, one.offset + one.width);
  }
  for (const std::size_t node : plan.order)
    if (place_of[node] != network_plan::none) offsets[node] = places[place_of[node]].offset;
}
#endif

}  // namespace deepmaacc::by_rows
