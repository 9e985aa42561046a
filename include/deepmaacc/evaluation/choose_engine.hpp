#pragma once

/// \file
/// Which engine runs: the one that is asked for, or the cheapest.

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <deepmaacc/concepts/model_adapter.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/evaluation/batches.hpp>
#include <deepmaacc/evaluation/engines.hpp>
#include <deepmaacc/evaluation/options.hpp>
#include <deepmaacc/evaluation/worker_pool.hpp>
#include <deepmaacc/mutation/mutant.hpp>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace deepmaacc {

namespace detail {

/// Layers whose neurons an adapter cannot change as the delta tier does.
template <class Adapter>
std::vector<std::string> layers_without_delta(const Adapter& model) {
  if constexpr (requires { model.layers_without_delta(); })
    return model.layers_without_delta();
  else
    return {};
}

/// What the smallest block of the delta tier takes, in bytes; 0 where the adapter does not say.
template <class Adapter>
std::size_t delta_bytes(const Adapter& model) {
  if constexpr (requires { model.delta_bytes(); })
    return model.delta_bytes();
  else
    return 0;
}

/// Whether an adapter says what engines take.
template <class Adapter>
concept tells_costs = requires(const Adapter model, std::span<const std::size_t> mutants, const evaluation_extent extent) {
  { model.costs(mutants, extent) } -> std::convertible_to<engine_costs>;
};

/// The best of the engines that run one mutant after the other, as rows.
template <class Adapter>
any_engine engine_of_rows() {
  if constexpr (ResumableAdapter<Adapter>)
    return engine::resumable{};
  else
    return engine::whole{};
}

/// \throws usage_error where an engine is asked for that the adapter's tier, its layers or the memory limit do not allow.
template <class Adapter>
void require_possible(const Adapter& model, const evaluation_options& options) {
  require_engine<Adapter>(options.engine);
  if (!std::holds_alternative<engine::delta>(options.engine)) return;
  if (const auto names = layers_without_delta(model); !names.empty())
    throw usage_error("engine delta cannot change the neurons of layer " + names.front() +
                      ", which are no weighted sums; choose auto or resumable");
  if (const std::size_t least = delta_bytes(model); least > options.memory_limit)
    throw memory_limit_error("the smallest block of engine delta takes, of each thread,", least, options.memory_limit,
                             ", or choose engine resumable");
}

}  // namespace detail

/// The engine that costs least; of equal ones the simplest.
inline any_engine cheapest(const engine_costs& costs) {
  any_engine best = engine::whole{};
  double least = costs.whole;
  const auto offer = [&](const std::optional<double>& cost, const any_engine& one) {
    if (!cost || *cost >= least) return;
    least = *cost;
    best = one;
  };
  offer(costs.resumable, engine::resumable{});
  offer(costs.batched, engine::batched{});
  offer(costs.delta, engine::delta{});
  return best;
}

/// The engine that runs so many mutants of each layer.
/// \param model  of the type that runs
/// \throws usage_error where an engine is asked for that the adapter's tier or the memory limit does not allow.
template <class Adapter>
any_engine engine_for(const Adapter& model, const evaluation_options& options, std::span<const std::size_t> mutants,
                      const evaluation_extent& extent) {
  detail::require_possible(model, options);
  if (!std::holds_alternative<engine::automatic>(options.engine)) return options.engine;
  const bool has_delta =
      DeltaAdapter<Adapter> && detail::layers_without_delta(model).empty() && detail::delta_bytes(model) <= options.memory_limit;
  const bool has_mutants = std::any_of(mutants.begin(), mutants.end(), [](std::size_t count) { return count > 0; });
  // A golden run by itself is made as the best tier does, which leaves most to go on with.
  if (has_delta && !has_mutants) return engine::delta{};
  if constexpr (detail::tells_costs<Adapter>) {
    engine_costs costs = model.costs(mutants, extent);
    if (!has_delta) costs.delta.reset();
    if (!BatchedAdapter<Adapter> || extent.batch_inputs == 0) costs.batched.reset();
    if (!ResumableAdapter<Adapter> || extent.block == 0) costs.resumable.reset();
    if (extent.block == 0) costs.whole = std::numeric_limits<double>::infinity();
    return cheapest(costs);
  } else if (has_delta) {
    return engine::delta{};
  }
  return detail::engine_of_rows<Adapter>();
}

namespace detail {

/// How many mutants each of so many layers has.
inline std::vector<std::size_t> mutants_by_layer(std::size_t layers, std::span<const mutant> mutants) {
  std::vector<std::size_t> each(layers, 0);
  for (const mutant& one : mutants) ++each[one.layer];
  return each;
}

/// The engine that runs some mutants for a model on a space.
/// \param parts  decisions of each input
template <class Space, class Model>
any_engine engine_on(const Space& space, Model& model, const evaluation_options& options, std::span<const mutant> mutants,
                     std::size_t inputs, std::size_t parts = 1) {
  using adapter = typename worker_pool<Space, Model>::adapter_type;
  using memory = adapter_memory_space<adapter>;
  if constexpr (is_host_accessible<memory>) {
    const adapter& runs = adapter_on(space, model);
    evaluation_extent extent{inputs};
    // Room is worked out mutant by mutant, so only for who asks for it.
    if (tells_costs<adapter> && std::holds_alternative<engine::automatic>(options.engine)) {
      const batch_room room = room_for_batches<memory>(runs, options, mutants, inputs, parts);
      extent = {inputs, rows_that_fit(runs, options, inputs), room.inputs, room.bytes};
    }
    return engine_for(runs, options, mutants_by_layer(model.layers().size(), mutants), extent);
  } else {
    // Kernels of one mutant are too small for a device; and to ask a model there, its weights would have to be moved.
    require_engine<adapter>(options.engine);
    if (!std::holds_alternative<engine::automatic>(options.engine)) return options.engine;
    return BatchedAdapter<adapter> ? any_engine(engine::batched{}) : engine_of_rows<adapter>();
  }
}

}  // namespace detail
}  // namespace deepmaacc
