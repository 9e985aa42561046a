#pragma once

/// \file
/// How mutants are put together to run at once.

#include <algorithm>
#include <cstddef>
#include <deepmaacc/concepts/model_adapter.hpp>
#include <deepmaacc/concepts/outcome.hpp>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/evaluation/label_rank.hpp>
#include <deepmaacc/evaluation/options.hpp>
#include <deepmaacc/mutation/mutant.hpp>
#include <map>
#include <numeric>
#include <span>
#include <vector>

namespace deepmaacc {

namespace detail {

/// What mutants take for each input: what the adapter says, their outputs, and what is decided about them.
template <class Adapter>
class bytes_of_mutants {
 public:
  /// \param parts  decisions of each input
  bytes_of_mutants(const Adapter& model, std::size_t parts)
      : model_(model),
        judged_(class_count(model) * sizeof(typename Adapter::value_type) + parts * (sizeof(decision) + sizeof(label_ranks))) {}

  std::size_t operator()(const mutant& one) const {
    if constexpr (requires { model_.bytes_per_mutant(std::size_t{}, std::size_t{}); })
      return judged_ + model_.bytes_per_mutant(one.layer, one.neurons.size());
    else
      return judged_;
  }

 private:
  const Adapter& model_;
  std::size_t judged_;  ///< once for all: an adapter may have to describe its layers for the number of its classes
};

}  // namespace detail

/// Mutants put together: in the order of their layers, and so many at once as memory allows. Depends on nothing else, so that every number
/// of threads runs the same batches.
class mutant_batches {
 public:
  /// \param parts  decisions of each input
  /// \param inputs  of a block
  /// \param limit  bytes that a batch may take, if it has more than one mutant
  template <class Adapter>
  mutant_batches(const Adapter& model, std::size_t parts, std::span<const mutant> mutants, std::size_t inputs, std::size_t limit)
      : order_(mutants.size()) {
    constexpr std::size_t most = 4096;  // where an adapter does not say what they take
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    std::stable_sort(order_.begin(), order_.end(), [&](std::size_t a, std::size_t b) { return mutants[a].layer < mutants[b].layer; });
    const detail::bytes_of_mutants<Adapter> bytes_of(model, parts);
    std::size_t taken = 0;
    for (std::size_t place = 0; place < order_.size(); ++place) {
      const mutant& one = mutants[order_[place]];
      const std::size_t bytes = inputs * bytes_of(one);
      const bool begins =
          place == 0 || one.layer != mutants[order_[place - 1]].layer || taken + bytes > limit || place - begins_.back() == most;
      if (begins) begins_.push_back(place);
      taken = begins ? bytes : taken + bytes;
    }
  }

  std::size_t size() const { return begins_.size(); }
  /// Places of a batch in the order: [begin, end).
  std::size_t begin(std::size_t batch) const { return begins_[batch]; }
  std::size_t end(std::size_t batch) const { return batch + 1 < begins_.size() ? begins_[batch + 1] : order_.size(); }
  /// Mutants of the largest.
  std::size_t largest() const {
    std::size_t found = 1;
    for (std::size_t batch = 0; batch < size(); ++batch) found = std::max(found, end(batch) - begin(batch));
    return found;
  }

  /// The mutants as they are run, by their positions.
  const std::vector<std::size_t>& order() const { return order_; }
  /// Where each mutant stands in that order.
  std::vector<std::size_t> places() const {
    std::vector<std::size_t> all(order_.size());
    for (std::size_t i = 0; i < order_.size(); ++i) all[order_[i]] = i;
    return all;
  }

 private:
  std::vector<std::size_t> order_, begins_;
};

namespace detail {

/// How many inputs a block has that batches run over, 0 where there is no room for one; and what a batch may take beside what is kept of
/// the original model for them.
struct batch_room {
  std::size_t inputs = 0, bytes = 0;
  std::size_t least = 0;  ///< what one input and one mutant take, the largest
};

/// On the host a batch stays in a core's cache. On a device the memory limit is filled, by as many inputs as the mutants of one layer leave
/// room for, so that launches are few, unless the options ask for other blocks than by default.
template <class MemorySpace, class Adapter>
batch_room room_for_batches(const Adapter& model, const evaluation_options& options, std::span<const mutant> mutants, std::size_t inputs,
                            std::size_t parts = 1) {
  constexpr std::size_t cache = std::size_t{1} << 20;
  std::size_t kept = 0, largest = 1, together = 0;  // for an input: of the original, of a mutant, and of all mutants of a layer
  if constexpr (requires { model.bytes_per_input(activation_use::batching); }) kept = model.bytes_per_input(activation_use::batching);
  std::map<std::size_t, std::size_t> by_layer;
  const bytes_of_mutants<Adapter> bytes_of(model, parts);
  for (const mutant& one : mutants) {
    const std::size_t bytes = bytes_of(one);
    largest = std::max(largest, bytes);
    together = std::max(together, by_layer[one.layer] += bytes);
  }
  std::size_t most = rows_that_fit(model, options, inputs), wanted = std::min(cache, options.memory_limit);
  if (!is_host_accessible<MemorySpace> && options.block_inputs == default_block_inputs) {
    most = inputs;
    wanted = options.memory_limit;
  }
  batch_room room;
  room.least = kept + largest;
  room.inputs = std::min(most, options.memory_limit / room.least);
  if (!is_host_accessible<MemorySpace>)
    room.inputs = std::min(room.inputs, std::max<std::size_t>(1, options.memory_limit / (kept + std::max(together, largest))));
  room.bytes = std::min(std::max(wanted, room.inputs * largest), options.memory_limit - room.inputs * kept);
  return room;
}

/// \throws usage_error where there is no room for one input and one mutant.
inline void require_room(const evaluation_options& options, const batch_room& room) {
  if (room.inputs > 0) return;
  throw memory_limit_error("one input and one mutant of engine batched take", room.least, options.memory_limit,
                           ", or choose engine resumable");
}

}  // namespace detail
}  // namespace deepmaacc
