#pragma once

/// \file
/// Looks for what refutes a model adapter, tier by tier, on inputs of the author's.

#include <cstddef>
#include <deepmaacc/concepts/model_adapter.hpp>
#include <deepmaacc/core/test_set.hpp>
#include <deepmaacc/evaluation/adapter_laws.hpp>
#include <deepmaacc/evaluation/adapter_probe.hpp>
#include <deepmaacc/evaluation/adapter_tier_laws.hpp>
#include <deepmaacc/evaluation/check_fit.hpp>
#include <optional>
#include <type_traits>

namespace deepmaacc {

/// Tries to refute the laws of the tiers that a model adapter models, on a few inputs: an adapter that breaks one gives wrong numbers
/// without a word. Run it once in a test of your adapter, on some inputs that differ. One that passes may still be wrong; where it does
/// not, the example tells whether the law is broken, or looks so on these inputs: a weight whose input is always the same is like a bias.
/// The model is changed meanwhile, and restored unless a law is broken.
/// \param adapter  on the host; where `on(space)` makes the models that run, examine such a one
/// \param tests  at most 8 inputs are used
/// \returns what refutes the adapter, or nothing
/// \throws what the adapter throws; data_error where the inputs do not fit its `input_shape`; model_error where not one layer is the output
///         layer
template <class Adapter, class Input>
std::optional<adapter_counterexample> check_adapter(Adapter& adapter, const test_set<Input>& tests) {
  using model = std::remove_const_t<Adapter>;
  check_model_adapter<model>();
  static_assert(
      !std::is_const_v<Adapter>,
      "deepmaacc::check_adapter: the model adapter must not be const, since its neurons are changed meanwhile; give a copy of it");
  constexpr bool is_on_host = is_host_accessible<adapter_memory_space<model>>;
  static_assert(
      is_on_host,
      "deepmaacc::check_adapter: the model adapter must take inputs in memory that the host can read; examine the one that on(space) "
      "makes for a host space");
  if constexpr (ModelAdapter<model> && !std::is_const_v<Adapter> && is_on_host) {
    detail::check_inputs(adapter, tests);
    detail::adapter_probe<Adapter> probe(adapter, tests);
    auto found = detail::layers_are_described(probe);
    if (!found) found = detail::predictions_are_of_each_input(probe);
    for (const std::size_t layer : probe.mutable_layers())
      if (!found) found = detail::neurons_are_read_and_written(probe, layer);
    if (!found) found = detail::the_bias_is_last(probe);
    if (!found) found = detail::copies_share_nothing(probe);
    if (!found) found = detail::resuming_is_predicting(probe);
    if (!found) found = detail::batching_is_predicting(probe);
    if (!found) found = detail::changing_is_predicting(probe);
    if (!found) found = detail::layers_are_described(probe);  // still
    return found;
  } else {
    return std::nullopt;
  }
}

}  // namespace deepmaacc
