#pragma once

/// \file
/// Laws of the resumable and delta tiers, and of what adapters can do beside, each a function that returns what refutes it.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/concepts/model_adapter.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/evaluation/adapter_probe.hpp>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace deepmaacc {
namespace detail {

template <class Probe>
std::optional<adapter_counterexample> resuming_is_predicting(Probe& probe) {
  using adapter_type = typename Probe::adapter_type;
  using numbers = typename Probe::numbers;
  if constexpr (ResumableAdapter<adapter_type>) {
    typename adapter_type::activations_type kept;
    numbers outputs(probe.original.size());
    probe.adapter.predict(probe.view(probe.inputs, probe.features), probe.writable(outputs), kept);
    if (auto found = probe.differs(
            typename Probe::law{"predict must give the same where it keeps activations", "keeping them", probe.original}, outputs))
      return found;
    const numbers shown = outputs;
    for (const std::size_t layer : probe.mutable_layers()) {
      const neuron_id last{layer, probe.layers[layer].neurons - 1};
      const numbers before = probe.change(last);
      const numbers expected = probe.predicted(probe.adapter, probe.inputs);
      probe.adapter.forward(layer, kept, probe.writable(outputs));
      probe.restore(last, before);
      const typename Probe::law exactly{"forward must give what predict does after weights of its layer have changed",
                                        "from layer " + probe.layers[layer].name, expected};
      if (auto found = probe.differs(exactly, outputs)) return found;
      probe.adapter.forward(layer, kept, probe.writable(outputs));
      if (auto found = probe.differs(
              {"forward must leave the activations as they are", "from layer " + probe.layers[layer].name, probe.original}, outputs))
        return found;
    }
    if constexpr (ObservableAdapter<adapter_type>)
      for (std::size_t layer = 0; layer < probe.layers.size(); ++layer) {
        const auto seen = probe.adapter.layer_outputs(layer, kept, probe.view(shown, probe.classes));
        const shape& expected = probe.layers[layer].output_shape;
        if (seen.extent(0) != probe.rows || (!expected.empty() && seen.extent(1) != element_count(expected)))
          return adapter_counterexample{"layer_outputs must have a row per input, as wide as the layer's output_shape",
                                        text("for layer ", probe.layers[layer].name, " it is ", seen.extent(0), " x ", seen.extent(1))};
      }
  }
  return std::nullopt;
}

/// The last neuron of a layer, its numbers turned, and what is predicted then; the adapter is left as it was.
template <class Probe>
struct turned_neuron {
  using T = typename Probe::T;
  neuron_id which;
  std::string layer;
  typename Probe::numbers turned, expected;

  turned_neuron(Probe& probe, std::size_t of) : which{of, probe.layers[of].neurons - 1}, layer(probe.layers[of].name) {
    const typename Probe::numbers before = probe.change(which);
    turned = probe.read(which, T(0));
    turned.pop_back();
    expected = probe.predicted(probe.adapter, probe.inputs);
    probe.restore(which, before);
  }
  /// What turns it; refers to this.
  neuron_change<T> change(bool is_map) const {
    neuron_change<T> one;
    one.neuron = which.neuron;
    if (is_map)
      one.factor = -1;
    else
      one.numbers = turned;
    return one;
  }
  std::string where(bool is_map) const {
    return text("with neuron ", which.neuron, " of layer ", layer, " turned by ", is_map ? "a factor" : "new numbers");
  }
};

/// Both ways to turn the last neuron of each layer at once.
template <class Probe>
std::optional<adapter_counterexample> batching_is_predicting(Probe& probe) {
  using adapter_type = typename Probe::adapter_type;
  using T = typename Probe::T;
  using numbers = typename Probe::numbers;
  if constexpr (BatchedAdapter<adapter_type>) {
    typename adapter_type::activations_type kept;
    if constexpr (requires { kept.use = activation_use::batching; }) kept.use = activation_use::batching;
    numbers outputs(probe.original.size()), of_both(2 * outputs.size());
    probe.adapter.predict(probe.view(probe.inputs, probe.features), probe.writable(outputs), kept);
    for (const std::size_t layer : probe.mutable_layers()) {
      if constexpr (requires { probe.adapter.layers_without_delta(); }) {
        const std::vector<std::string> without = probe.adapter.layers_without_delta();
        if (std::find(without.begin(), without.end(), probe.layers[layer].name) != without.end()) continue;
      }
      const turned_neuron<Probe> last(probe, layer);
      const std::array<neuron_change<T>, 2> changes{last.change(true), last.change(false)};
      const std::array<std::span<const neuron_change<T>>, 2> mutants{std::span(&changes[0], 1), std::span(&changes[1], 1)};
      probe.adapter.forward(layer, kept, std::span<const std::span<const neuron_change<T>>>(mutants), probe.writable(of_both));
      for (std::size_t which = 0; which < mutants.size(); ++which) {
        const auto first = of_both.begin() + static_cast<std::ptrdiff_t>(which * outputs.size());
        if (auto found = probe.differs(typename Probe::law{"forward must give for many mutants what predict does with their weights",
                                                           last.where(which == 0), last.expected},
                                       numbers(first, first + static_cast<std::ptrdiff_t>(outputs.size()))))
          return found;
      }
    }
  }
  return std::nullopt;
}

template <class Probe>
std::optional<adapter_counterexample> changing_is_predicting(Probe& probe) {
  using adapter_type = typename Probe::adapter_type;
  using T = typename Probe::T;
  using numbers = typename Probe::numbers;
  if constexpr (DeltaAdapter<adapter_type>) {
    auto runner = std::as_const(probe.adapter).delta();
    const std::size_t count = std::min<std::size_t>(probe.rows, runner.lanes());
    std::vector<const T*> pointers;
    for (std::size_t i = 0; i < count; ++i) pointers.push_back(probe.input(i));
    runner.load(pointers);
    if (runner.outputs().extent(0) != probe.classes)
      return adapter_counterexample{"a runner's outputs must have a row per class", text("there are ", runner.outputs().extent(0))};
    const auto column = [&](const matrix<const T>& from, std::size_t at) {
      numbers one(probe.classes);
      for (std::size_t c = 0; c < probe.classes; ++c) one[c] = from(c, at);
      return one;
    };
    for (std::size_t i = 0; i < count; ++i)
      if (auto found = probe.differs(typename Probe::law{"a runner must give what predict does", "unchanged", probe.original},
                                     column(runner.outputs(), i), i))
        return found;
    for (const std::size_t layer : probe.mutable_layers()) {
      const turned_neuron<Probe> last(probe, layer);
      for (const bool is_map : {false, true}) {
        const neuron_change<T> change = last.change(is_map);
        const std::string where = last.where(is_map);
        std::vector<numbers> found(count);
        bool is_twice = false, is_narrow = false;
        runner.change(layer, std::span<const neuron_change<T>>(&change, 1),
                      [&](const matrix<const T>& outputs, std::span<const std::uint32_t> lanes) {
                        is_narrow = is_narrow || outputs.extent(0) != probe.classes || outputs.extent(1) < lanes.size();
                        for (std::size_t at = 0; at < lanes.size() && !is_narrow; ++at) {
                          if (lanes[at] >= count) continue;
                          is_twice = is_twice || !found[lanes[at]].empty();
                          found[lanes[at]] = column(outputs, at);
                        }
                      });
        if (is_narrow)
          return adapter_counterexample{"a runner must give the sink a row per class, and a column per input", where + " there are fewer"};
        if (is_twice)
          return adapter_counterexample{"a runner must give each input to the sink once per change", where + " one comes twice"};
        for (std::size_t i = 0; i < count; ++i) {
          const numbers given =
              found[i].empty() ? numbers(&probe.original[i * probe.classes], &probe.original[i * probe.classes] + probe.classes) : found[i];
          if (auto broken = probe.differs(
                  typename Probe::law{"a runner's change must give what predict does with the changed weights", where, last.expected},
                  given, i))
            return broken;
        }
      }
    }
  }
  return std::nullopt;
}

}  // namespace detail
}  // namespace deepmaacc
