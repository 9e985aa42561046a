#pragma once

/// \file
/// What the engines take for a network, in counted operations.

#include <algorithm>
#include <cstddef>
#include <deepmaacc/concepts/model_adapter.hpp>
#include <deepmaacc/core/compiled.hpp>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/model/image_shape.hpp>
#include <deepmaacc/network/batches/channel_path.hpp>
#include <deepmaacc/network/lanes/lower.hpp>
#include <deepmaacc/network/plan.hpp>
#include <span>
#include <vector>

namespace deepmaacc {

/// Operations by kind.
struct work_counts {
  double products = 0;  ///< multiplications within weighted sums
  double added = 0;     ///< multiplications for parts that a changed channel adds to sums
  double moved = 0;     ///< numbers that are written by anything else: laid out for a product, activated, pooled, copied
  double kernels = 0;   ///< weights that are read, once per call
  double calls = 0;     ///< of an operation, on however many rows
  double judged = 0;    ///< outputs that are judged

  work_counts& operator+=(const work_counts& other) {
    products += other.products;
    added += other.added;
    moved += other.moved;
    kernels += other.kernels;
    calls += other.calls;
    judged += other.judged;
    return *this;
  }
};

/// What an operation of each kind costs, in multiplications of a large matrix product on one thread.
struct work_rates {
  double products, added, moved, kernels, calls, judged;

  double price(const work_counts& of) const {
    return products * of.products + added * of.added + moved * of.moved + kernels * of.kernels + calls * of.calls + judged * of.judged;
  }
};

/// Operations that grow with the rows, and those of every call.
struct pass_work {
  work_counts of_row, of_call;

  pass_work& operator+=(const pass_work& other) {
    of_row += other.of_row;
    of_call += other.of_call;
    return *this;
  }
  double price(double rows, double calls, const work_rates& rates) const {
    return rows * rates.price(of_row) + calls * rates.price(of_call);
  }
};

/// What each engine does for a network, and what that costs. The rates were fitted to times of networks of many shapes on one machine
/// (`tests/benchmark/engines.cpp --choice`), and are the same everywhere, so that every process chooses alike.
class network_work {
 public:
  /// What engines do for one mutant of a layer.
  struct layer_work {
    pass_work resumed, batched, delta;  ///< batched: a call is of a whole batch
    bool has_sums = false;
  };

  static constexpr work_rates of_rows{1.25, 42, 24, 10, 15000, 650}, of_lanes{1.3, 3.5, 1, 1, 0, 300};

  /// \param paths  of the layers' changes
  /// \param lanes  inputs of a group of the delta tier
  network_work(const network_plan& plan, std::span<const by_batches::channel_path> paths, std::size_t lanes);

  /// A pass over the network.
  const pass_work& whole() const { return whole_; }
  const pass_work& whole_in_lanes() const { return whole_in_lanes_; }
  const layer_work& of(std::size_t layer) const { return layers_[layer]; }

  /// \param mutants  of each layer
  /// \param at_once  of each layer, the mutants of a batch
  engine_costs costs(std::span<const std::size_t> mutants, const evaluation_extent& extent, std::span<const std::size_t> at_once) const;

 private:
  std::size_t lanes_;
  pass_work whole_, whole_in_lanes_;
  std::vector<layer_work> layers_;
};

#if DEEPMAACC_HAS_BODIES
namespace detail {

/// Multiplications and weights of an operation, and what it lays out before, for one row.
struct sums_work {
  double products = 0, laid_out = 0, kernel = 0;
};
DEEPMAACC_INLINE sums_work sums_work_of(const network_plan& plan, std::size_t node) {
  const auto* sums = plan.model[node].does.get_if<operation::weighted_sums>();
  if (!sums) return {};
  const auto taps = static_cast<double>(sums->taps(plan.input_shapes[node]));
  const double all = static_cast<double>(plan.widths[node]) * taps, count = static_cast<double>(sums->sums);
  const double groups = static_cast<double>(sums->groups_of(plan.input_shapes[node].front().back()));
  return {all, sums->window.empty() || sums->is_depthwise ? 0 : all / count * groups, taps * count};
}

/// Whether an operation runs with a function that is fused with the sums before.
DEEPMAACC_INLINE bool is_fused(const network_plan& plan, std::size_t node) { return plan.then[plan.sources[node].front()] == node; }

/// How many times as long as a copy an operation takes for each number that it writes: what takes exponentials takes longer.
DEEPMAACC_INLINE double weight_of(const any_operation& does) {
  constexpr double exponential = 4;
  if (const auto* one = does.get_if<operation::unary>()) {
    const bool is_cheap = is_linear(one->function) || one->function.holds<activation::relu>() || one->function.holds<activation::relu6>() ||
                          one->function.holds<activation::leaky_relu>() || one->function.holds<activation::clipped_relu>();
    return is_cheap ? 1 : exponential;
  }
  return does.holds<operation::softmax>() || does.holds<operation::normalization>() ? exponential : 1;
}

/// Elements that an operation reads.
DEEPMAACC_INLINE double read_by(const network_plan& plan, std::size_t node) {
  double count = 0;
  for (const shape& one : plan.input_shapes[node]) count += static_cast<double>(element_count(one));
  return count;
}

/// An operation over rows.
DEEPMAACC_INLINE pass_work rows_work(const network_plan& plan, std::size_t node) {
  const sums_work sums = sums_work_of(plan, node);
  pass_work work;
  const auto width = static_cast<double>(plan.widths[node]);
  const bool is_pooling = plan.model[node].does.holds<operation::pooling>();
  // A function that is fused with sums spares a pass over them.
  const double moved = is_pooling ? std::max(width, read_by(plan, node)) : width;
  work.of_row.products = sums.products;
  work.of_row.moved = moved * (weight_of(plan.model[node].does) - (is_fused(plan, node) ? 1 : 0)) + sums.laid_out;
  work.of_call.kernels = sums.kernel;
  work.of_call.calls = is_fused(plan, node) ? 0 : 1;
  return work;
}

/// An operation over a group of inputs, of which such a share is computed.
DEEPMAACC_INLINE pass_work lanes_work(const network_plan& plan, std::size_t node, double share) {
  const sums_work sums = sums_work_of(plan, node);
  pass_work work;
  // A change of one channel is added to sums in full.
  (share < 1 ? work.of_row.added : work.of_row.products) = sums.products * share;
  work.of_row.moved = static_cast<double>(plan.widths[node]) * (sums.products > 0 ? 1 : share * weight_of(plan.model[node].does));
  work.of_call.kernels = sums.kernel * share;
  work.of_call.calls = 1;
  if (by_lanes::runs_in_rows_only(plan.model[node].does)) work += rows_work(plan, node);
  return work;
}

/// A mutant of one neuron of a layer, as the delta tier follows its channel: to sums, or to what mixes channels.
DEEPMAACC_INLINE pass_work delta_work(const network_plan& plan, std::size_t layer, std::size_t sums) {
  std::vector<double> shares(plan.model.size(), 0);  // of each node's tensor that changes
  pass_work work;
  for (const std::size_t node : plan.affected[layer]) {
    const auto& does = plan.model[node].does;
    if (node == sums) {
      shares[node] = 1 / static_cast<double>(does.as<operation::weighted_sums>().sums);
      work.of_row.moved += static_cast<double>(plan.widths[node]) * shares[node];
      continue;
    }
    double share = 0;
    for (const std::size_t from : plan.sources[node]) share = std::max(share, shares[from]);
    work += lanes_work(plan, node, share);
    const auto* next = does.get_if<operation::weighted_sums>();
    const bool stays = next ? next->is_depthwise : does.holds<operation::binary>() || keeps_channels(does, plan.input_shapes[node]);
    shares[node] = stays ? share : 1;
  }
  return work;
}

/// A mutant of one neuron in a batch: rows are mutants × inputs, and a call is of a whole batch.
DEEPMAACC_INLINE pass_work batched_work(const network_plan& plan, const by_batches::channel_path& path) {
  const auto channels = static_cast<double>(plan.model[path.sums].does.as<operation::weighted_sums>().sums);
  constexpr double copied = 2;  // for every mutant anew, and read again from beyond the cache
  pass_work work;
  work.of_row.moved =
      static_cast<double>(path.widest * (path.steps.size() + 2)) + copied * static_cast<double>(plan.width_of(path.made(plan)));
  work.of_call.calls = static_cast<double>(path.steps.size() + 3);
  if (path.next != by_batches::channel_path::none) work.of_row.added = sums_work_of(plan, path.next).products / channels;
  for (const std::size_t from : path.across) work.of_row.moved += copied * static_cast<double>(plan.width_of(from));
  for (const std::size_t node : path.rest) work += rows_work(plan, node);
  return work;
}

}  // namespace detail

DEEPMAACC_INLINE network_work::network_work(const network_plan& plan, std::span<const by_batches::channel_path> paths, std::size_t lanes)
    : lanes_(lanes), layers_(paths.size()) {
  for (const std::size_t node : plan.order) {
    whole_ += detail::rows_work(plan, node);
    whole_in_lanes_ += detail::lanes_work(plan, node, 1);
  }
  whole_.of_row.judged = whole_in_lanes_.of_row.judged = static_cast<double>(plan.classes);
  for (std::size_t layer = 0; layer < paths.size(); ++layer) {
    if (!plan.layers[layer].is_mutable()) continue;
    layer_work& one = layers_[layer];
    for (const std::size_t node : plan.affected[layer]) one.resumed += detail::rows_work(plan, node);
    one.has_sums = paths[layer].sums != by_batches::channel_path::none;
    one.batched = one.has_sums ? detail::batched_work(plan, paths[layer]) : one.resumed;
    if (one.has_sums) one.delta = detail::delta_work(plan, layer, paths[layer].sums);
    for (pass_work* each : {&one.resumed, &one.batched, &one.delta}) each->of_row.judged = static_cast<double>(plan.classes);
  }
}

DEEPMAACC_INLINE engine_costs network_work::costs(std::span<const std::size_t> mutants, const evaluation_extent& extent,
                                                  std::span<const std::size_t> at_once) const {
  const auto inputs = static_cast<double>(extent.inputs);
  const auto parts_of = [](std::size_t whole, std::size_t size) {
    const std::size_t parts = (whole + size - 1) / size;
    return static_cast<double>(parts);
  };
  const auto parts = [&](std::size_t size) { return parts_of(extent.inputs, size); };
  const double blocks = parts(std::max<std::size_t>(1, extent.block)), groups = parts(lanes_),
               golden = whole_.price(inputs, blocks, of_rows);
  engine_costs costs{golden, golden, whole_in_lanes_.price(groups * static_cast<double>(lanes_), groups, of_lanes), golden};
  for (std::size_t layer = 0; layer < mutants.size(); ++layer) {
    if (mutants[layer] == 0) continue;
    const auto count = static_cast<double>(mutants[layer]);
    const double batches = parts_of(mutants[layer], at_once[layer]);
    const layer_work& one = layers_[layer];
    costs.whole += count * golden;
    *costs.resumable += one.resumed.price(count * inputs, count * blocks, of_rows);
    *costs.batched +=
        one.batched.price(count * inputs, (one.has_sums ? batches : count) * parts(std::max<std::size_t>(1, extent.batch_inputs)), of_rows);
    if (!one.has_sums) costs.delta.reset();
    if (costs.delta) *costs.delta += one.delta.price(count * groups * static_cast<double>(lanes_), count * groups, of_lanes);
  }
  return costs;
}
#endif

}  // namespace deepmaacc
