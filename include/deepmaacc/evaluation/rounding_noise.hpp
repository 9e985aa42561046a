#pragma once

/// \file
/// How much rounding moves a network's outputs.

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/concepts/model_adapter.hpp>
#include <deepmaacc/concepts/precision.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/core/test_set.hpp>
#include <deepmaacc/evaluation/decision.hpp>
#include <functional>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace deepmaacc {

/// Whether a model says that its precision rounds factors of products.
template <class Adapter>
inline constexpr bool rounds_factors = false;
template <class Adapter>
requires requires { typename Adapter::precision_type; }
inline constexpr bool rounds_factors<Adapter> = precision_traits<typename Adapter::precision_type>::rounds_factors;

/// Whether `rounding_noise` can measure an adapter: it computes the same in two ways, without rounding on purpose, and can be copied.
template <class Adapter>
inline constexpr bool has_rounding_noise = DeltaAdapter<Adapter>&& std::copyable<Adapter> && !rounds_factors<Adapter>;

namespace detail {

/// By how much the gap of the two largest outputs differs between two ways to compute them, by the scale of a near tie. None where an
/// output is not finite, or there is one only.
template <class T>
std::optional<double> gap_difference(std::span<const T> one, std::span<const T> other) {
  std::size_t winner = 0, second = one.size();
  for (std::size_t c = 0; c < one.size(); ++c) {
    if (!std::isfinite(one[c]) || !std::isfinite(other[c])) return std::nullopt;
    if (c == 0) continue;
    if (one[c] > one[winner])
      second = winner, winner = c;
    else if (second == one.size() || one[c] > one[second])
      second = c;
  }
  if (second == one.size()) return std::nullopt;
  const auto gap = [&](std::span<const T> of) { return static_cast<double>(of[winner]) - static_cast<double>(of[second]); };
  const double largest = std::max(std::abs(static_cast<double>(one[winner])), std::abs(static_cast<double>(one[second])));
  return std::abs(gap(one) - gap(other)) / std::max(1.0, largest);
}

/// \throws model_error where a runner's outputs are not as many as the model's classes.
template <class T>
void check_runner_outputs(const matrix<const T>& outputs, std::size_t classes) {
  if (outputs.extent(0) != classes)
    throw model_error(text("the model's delta() gives ", outputs.extent(0), " outputs, but the model has ", classes, " classes"));
}

}  // namespace detail

/// Measures by how much rounding moves the decisions of a network: the root mean square difference of the gap z₁ − z₂ of the two largest
/// outputs between the delta tier's sums and those of `predict`, which add up in other orders, in units of max(1, |z₁|, |z₂|). Over up to
/// 16 inputs, spread evenly, for the original and for 4 mutants, whose neuron's numbers are turned, spread evenly over the layers. Depends
/// on nothing else. Complexity: 16 inputs through the network 6 times.
template <class Adapter, class T>
requires has_rounding_noise<Adapter>
double rounding_noise(const Adapter& original, const test_set<T>& tests) {
  using value_type = typename Adapter::value_type;
  constexpr std::size_t most_inputs = 16, most_mutants = 4;
  Adapter model(original);
  auto runner = original.delta();
  const std::size_t classes = class_count(original), features = tests.features();
  const std::size_t count = std::min({tests.size(), most_inputs, static_cast<std::size_t>(runner.lanes())});
  std::vector<value_type> inputs(count * features), outputs(count * classes), column(classes);
  std::vector<const value_type*> rows;
  for (std::size_t i = 0; i < count; ++i) {
    value_type* const to = inputs.data() + i * features;
    const value_type* const from = tests.row(i * tests.size() / count, to);
    if (from != to) std::copy_n(from, features, to);
    rows.push_back(to);
  }
  const matrix<value_type> by_rows(outputs.data(), count, classes);
  double squares = 0;
  std::size_t compared = 0;
  const auto compare = [&](const matrix<const value_type>& lanes, std::size_t at, std::size_t input) {
    detail::check_runner_outputs(lanes, classes);
    for (std::size_t c = 0; c < classes; ++c) column[c] = lanes(c, at);
    const auto found = detail::gap_difference<value_type>(std::span(outputs).subspan(input * classes, classes), column);
    if (found) squares += *found * *found, ++compared;
  };

  typename Adapter::activations_type activations;
  model.predict(matrix<const value_type>(inputs.data(), count, features), by_rows, activations);
  runner.load(rows);
  for (std::size_t i = 0; i < count; ++i) compare(runner.outputs(), i, i);
  std::vector<std::size_t> layers;
  const auto described = original.layers();
  for (std::size_t i = 0; i < described.size(); ++i)
    if (described[i].is_mutable()) layers.push_back(i);
  const std::size_t mutants = std::min(layers.size(), most_mutants);
  for (std::size_t m = 0; m < mutants; ++m) {
    const std::size_t layer = layers[mutants > 1 ? m * (layers.size() - 1) / (mutants - 1) : 0];
    const neuron_id which{layer, described[layer].neurons / 2};
    std::vector<value_type> before(described[which.layer].numbers_per_neuron()), turned(before.size());
    model.read_neuron(which, before);
    std::transform(before.begin(), before.end(), turned.begin(), std::negate<>());
    model.write_neuron(which, turned);
    model.forward(which.layer, activations, by_rows);
    model.write_neuron(which, before);
    neuron_change<value_type> change;
    change.neuron = which.neuron;
    change.numbers = turned;
    runner.change(which.layer, std::span<const neuron_change<value_type>>(&change, 1),
                  [&](const matrix<const value_type>& lanes, std::span<const std::uint32_t> of) {
                    for (std::size_t at = 0; at < of.size(); ++at) compare(lanes, at, of[at]);
                  });
  }
  return compared > 0 ? std::sqrt(squares / static_cast<double>(compared)) : 0;
}

/// What counts as a near tie for a network whose gaps rounding moves so much, as a rule: some are moved by several times that.
inline double near_tie_tolerance_for(double noise) { return std::max(near_tie_tolerance, 5 * noise); }

}  // namespace deepmaacc
