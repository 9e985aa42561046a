#pragma once

/// \file
/// Laws of every model adapter, each a function that returns what refutes it.

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <deepmaacc/concepts/model_adapter.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/evaluation/adapter_probe.hpp>
#include <future>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace deepmaacc {
namespace detail {

template <class Probe>
std::optional<adapter_counterexample> layers_are_described(Probe& probe) {
  const auto& again = probe.adapter.layers();
  std::set<std::string> names;
  std::size_t outputs = 0;
  for (std::size_t i = 0; i < probe.layers.size(); ++i) {
    const layer_description& one = probe.layers[i];
    const std::string what = "layer " + one.name;
    if (again.size() != probe.layers.size() || again[i].name != one.name || again[i].neurons != one.neurons ||
        again[i].weights_per_neuron != one.weights_per_neuron || again[i].has_bias != one.has_bias || again[i].is_output != one.is_output)
      return adapter_counterexample{"layers() must be the same each time", what + " is another than before"};
    if (!names.insert(one.name).second) return adapter_counterexample{"names of layers must be unique", "there are two called " + one.name};
    if (one.is_mutable() && (one.weights_per_neuron == 0 || one.weights_per_neuron % std::max<std::size_t>(one.kernel_positions, 1) != 0))
      return adapter_counterexample{"a neuron must have weights, as many for each position of a kernel",
                                    text(what, " has ", one.weights_per_neuron, " for ", one.kernel_positions, " positions")};
    if (one.feeds && (*one.feeds >= probe.layers.size() || !probe.layers[*one.feeds].is_mutable()))
      return adapter_counterexample{"feeds must be a layer with neurons", text(what, " feeds layer ", *one.feeds)};
    outputs += one.is_output && one.is_mutable();
  }
  if (outputs != 1)
    return adapter_counterexample{"one layer with neurons must be the output layer", text(outputs, " of them say that they are")};
  return std::nullopt;
}

template <class Probe>
std::optional<adapter_counterexample> predictions_are_of_each_input(Probe& probe) {
  using numbers = typename Probe::numbers;
  probe.original = probe.predicted(probe.adapter, probe.inputs);
  for (std::size_t i = 0; i < probe.original.size(); ++i)
    if (std::isnan(probe.original[i]))
      return adapter_counterexample{"predict must write a number for every input and class",
                                    text("for input ", i / probe.classes, " class ", i % probe.classes, " of ", probe.classes, " is NaN")};
  if (probe.wrote_too_much)
    return adapter_counterexample{"predict must write as many numbers as there are inputs and classes", "it writes more"};
  const typename Probe::law again{"predict must depend on weights and inputs only", "the second time", probe.original};
  if (auto found = probe.differs(again, probe.predicted(probe.adapter, probe.inputs))) return found;
  const typename Probe::law here{"each output must depend on its own input only", "alone", probe.original};
  for (std::size_t i = 0; i < probe.rows; ++i) {
    const numbers alone = probe.predicted(probe.adapter, numbers(probe.input(i), probe.input(i) + probe.features));
    if (auto found = probe.differs(here, alone, i)) return found;
  }
  return std::nullopt;
}

template <class Probe>
std::optional<adapter_counterexample> neurons_are_read_and_written(Probe& probe, std::size_t layer) {
  using T = typename Probe::T;
  using numbers = typename Probe::numbers;
  const layer_description& about = probe.layers[layer];
  const neuron_id last{layer, about.neurons - 1};
  const std::size_t size = about.numbers_per_neuron();
  const numbers before = probe.read(last, T(1)), other = probe.read({layer, 0}, T(1));
  const auto faulty = [&](const char* law, std::size_t k, const char* what) {
    return adapter_counterexample{
        law, text("number ", k, " of ", size, " of the last neuron of layer ", about.name, what, " (weights_per_neuron ",
                  about.weights_per_neuron, about.has_bias ? ", and a bias)" : ", no bias)")};
  };
  const numbers again = probe.read(last, T(2));
  for (std::size_t k = 0; k < size; ++k)
    if (before[k] != again[k]) return faulty("read_neuron must give every number", k, " is left as it was");
  if (before[size] != 1 || again[size] != 2)
    return faulty("read_neuron must give no more numbers than it is asked for", size, " is written");
  numbers changed(size);  // what any type of weights can hold
  for (std::size_t k = 0; k < size; ++k) changed[k] = T(0.125) * static_cast<T>(1 + k % 61);
  probe.adapter.write_neuron(last, changed);
  const numbers written = probe.read(last, T(1));
  for (std::size_t k = 0; k < size; ++k)
    if (written[k] != changed[k]) return faulty("read_neuron must give what was written", k, " is another");
  if (about.neurons > 1 && probe.read({layer, 0}, T(1)) != other)
    return faulty("writing a neuron must leave the others as they are", 0, ", when written, changes the first neuron");
  if (about.is_output) {  // turned as well: one alone may leave a saturated output where it is
    bool has_changed = probe.predicted(probe.adapter, probe.inputs) != probe.original;
    for (T& one : changed) one = T(-8) * one;
    probe.adapter.write_neuron(last, changed);
    has_changed = has_changed || probe.predicted(probe.adapter, probe.inputs) != probe.original;
    if (!has_changed) return faulty("predict must use the present weights", 0, ", when written, changes no output");
  }
  return probe.restores(last, before, about.name);
}

/// The numbers of the output layer: weights first, the bias last.
template <class Probe>
std::optional<adapter_counterexample> the_bias_is_last(Probe& probe) {
  using T = typename Probe::T;
  using numbers = typename Probe::numbers;
  const auto at = static_cast<std::size_t>(
      std::find_if(probe.layers.begin(), probe.layers.end(), [](const auto& l) { return l.is_output; }) - probe.layers.begin());
  const layer_description& about = probe.layers[at];
  const std::size_t size = about.numbers_per_neuron();
  std::vector<numbers> before;
  for (std::size_t j = 0; j < about.neurons; ++j) before.push_back(probe.read({at, j}, T(0)));
  const auto with_only_the_last = [&](double number) {
    for (std::size_t j = 0; j < about.neurons; ++j) {
      numbers bare(size, T(0));
      bare.back() = static_cast<T>(number * static_cast<double>(j + 1));
      probe.adapter.write_neuron({at, j}, bare);
    }
    return probe.predicted(probe.adapter, probe.inputs);
  };
  const numbers none = with_only_the_last(0), some = with_only_the_last(0.5);
  for (std::size_t j = 0; j < about.neurons; ++j) probe.adapter.write_neuron({at, j}, std::span<const T>(before[j]).first(size));
  const bool acts_as_bias = probe.same_for_all_inputs(some) && some != none;
  const std::string what = "in layer " + about.name + " the last number of a neuron ";
  if (!probe.same_for_all_inputs(none)) return std::nullopt;  // inputs come to the outputs by another way, too
  if (about.has_bias && !probe.same_for_all_inputs(some))
    return adapter_counterexample{"a neuron's numbers must be its incoming weights, then its bias",
                                  what + "is no bias: it depends on the input"};
  if (!about.has_bias && acts_as_bias && probe.rows > 2 && !probe.same_for_all_inputs(probe.original))
    return adapter_counterexample{"weights_per_neuron must not count the bias; has_bias says that there is one",
                                  what + "seems to be a bias: it adds the same for every input"};
  return std::nullopt;
}

template <class Probe>
std::optional<adapter_counterexample> copies_share_nothing(Probe& probe) {
  using adapter_type = typename Probe::adapter_type;
  using T = typename Probe::T;
  using numbers = typename Probe::numbers;
  if constexpr (std::copy_constructible<adapter_type>) {
    const char* const law = "copies of an adapter must share nothing that changes";
    const std::size_t layer = probe.mutable_layers().back();
    const neuron_id last{layer, probe.layers[layer].neurons - 1};
    const numbers before = probe.read(last, T(0));
    std::vector<adapter_type> copies(4, std::as_const(probe.adapter));
    numbers changed(before.begin(), before.end() - 1);
    for (T& one : changed) one = one * T(2) + T(1);
    copies[0].write_neuron(last, changed);
    probe.predicted(copies[0], probe.inputs);
    if (probe.read(last, T(0)) != before ||
        probe.differs(typename Probe::law{law, "", probe.original}, probe.predicted(probe.adapter, probe.inputs)))
      return adapter_counterexample{law, "writing a neuron of a copy changes the original"};
    copies[0].write_neuron(last, std::span<const T>(before).first(changed.size()));
    // Side by side, each with inputs of its own: buffers that they share would mix them up.
    std::vector<numbers> found(copies.size());
    for (int round = 0; round < 20; ++round) {
      std::vector<std::future<numbers>> running;
      for (std::size_t c = 0; c < copies.size(); ++c)
        running.push_back(std::async(std::launch::async, [&, c] { return probe.predicted_of(copies[c], probe.input(c % probe.rows), 1); }));
      for (std::size_t c = 0; c < copies.size(); ++c) found[c] = running[c].get();
      for (std::size_t c = 0; c < copies.size(); ++c)
        if (auto broken = probe.differs(typename Probe::law{law, "in a copy, beside others,", probe.original}, found[c], c % probe.rows))
          return broken;
    }
  }
  return std::nullopt;
}

}  // namespace detail
}  // namespace deepmaacc
