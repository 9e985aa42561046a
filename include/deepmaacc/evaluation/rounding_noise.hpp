#pragma once

/// \file
/// How much rounding moves a network's outputs.

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <deepmaacc/concepts/model_adapter.hpp>
#include <deepmaacc/concepts/precision.hpp>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/core/philox.hpp>
#include <deepmaacc/core/test_set.hpp>
#include <deepmaacc/evaluation/decision.hpp>
#include <deepmaacc/evaluation/outcomes.hpp>
#include <functional>
#include <limits>
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

/// Whether the rounding noise of an adapter is measured: of the delta tier, one that can be copied, and does not round on purpose.
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

/// The root mean square difference of single outputs between two ways to compute them, by the scale of a near tie. None where an output is
/// not finite.
template <class T>
std::optional<double> output_difference(std::span<const T> one, std::span<const T> other) {
  double squares = 0;
  for (std::size_t i = 0; i < one.size(); ++i) {
    const auto here = static_cast<double>(one[i]), there = static_cast<double>(other[i]);
    if (!std::isfinite(here) || !std::isfinite(there)) return std::nullopt;
    const double moved = (here - there) / std::max(1.0, std::abs(here));
    squares += moved * moved;
  }
  return std::sqrt(squares / static_cast<double>(one.size()));
}

/// Moves numbers of every layer's neurons by what rounding their sums amounts to: each weight w of a sum of n terms to (1 ± √n u) w, u half
/// the machine epsilon, the sign at random. Of many neurons some are moved, and farther: as far as all would move what follows.
template <class Adapter>
void perturb(Adapter& model, std::span<const layer_description> layers) {
  using T = typename Adapter::value_type;
  constexpr std::size_t most_neurons = 32;
  const random_source random(0);
  for (std::size_t layer = 0; layer < layers.size(); ++layer) {
    const std::size_t neurons = layers[layer].neurons, moved = std::min(neurons, most_neurons);
    std::vector<T> numbers(layers[layer].numbers_per_neuron());
    for (std::size_t i = 0; i < moved; ++i) {
      const neuron_id which{layer, i * neurons / moved};
      model.read_neuron(which, numbers);
      const double terms = static_cast<double>(numbers.size() * neurons) / static_cast<double>(moved);
      const auto step = static_cast<T>(std::sqrt(terms) * static_cast<double>(std::numeric_limits<T>::epsilon()) / 2);
      for (std::size_t k = 0; k < numbers.size(); ++k) {
        const bool is_up = random.bits({layer, which.neuron, k, 0}) % 2 != 0;
        numbers[k] += (is_up ? step : -step) * numbers[k];
      }
      model.write_neuron(which, numbers);
    }
  }
}

}  // namespace detail

/// Measures by how much rounding moves the decisions of a network: the root mean square difference of the gap z₁ − z₂ of the two largest
/// outputs, in units of max(1, |z₁|, |z₂|), between the network and one whose weights are moved by what rounding their sums amounts to (a
/// sum of n terms is off by about √n u: Higham and Mary, SIAM J. Sci. Comput. 41(5), 2019). Over some inputs, spread evenly: one of 16, but
/// 4 to 16, so that it takes less than a golden run. For the original and for up to 4 mutants, whose neuron's numbers are turned, in layers
/// from first to last. Depends on nothing else.
/// For an outcome that does not compare the two largest outputs it is the difference of single outputs.
/// \param judging  the judge of the outcome
/// \param most_inputs  at most so many
/// \return 0 where no outputs are finite.
/// Complexity: a copy of the network; two passes of the inputs, and two from each mutant's layer.
template <class Adapter, class T, class Judge>
requires has_rounding_noise<Adapter>
double rounding_noise(const Adapter& original, const test_set<T>& tests, const Judge& judging, std::size_t most_inputs = 16) {
  using value_type = typename Adapter::value_type;
  constexpr std::size_t most_mutants = 4;
  const std::size_t classes = class_count(original), features = tests.features();
  const std::size_t count = std::min({tests.size(), most_inputs, std::max<std::size_t>(4, tests.size() / 16)});
  std::vector<value_type> inputs(count * features);
  for (std::size_t i = 0; i < count; ++i) {
    value_type* const to = inputs.data() + i * features;
    const value_type* const from = tests.row(i * tests.size() / count, to);
    if (from != to) std::copy_n(from, features, to);
  }
  const std::vector<layer_description> described = original.layers();
  std::vector<std::size_t> layers, mutated;
  for (std::size_t i = 0; i < described.size(); ++i)
    if (described[i].is_mutable()) layers.push_back(i);
  const std::size_t mutants = std::min(layers.size(), most_mutants);
  for (std::size_t m = 0; m < mutants; ++m) mutated.push_back(layers[mutants > 1 ? m * (layers.size() - 1) / (mutants - 1) : 0]);

  Adapter model(original);
  // Outputs of the original, then of each mutant, one after the other.
  const auto run = [&] {
    std::vector<value_type> all((1 + mutants) * count * classes);
    const auto outputs = [&](std::size_t which) { return matrix<value_type>(all.data() + which * count * classes, count, classes); };
    typename Adapter::activations_type activations;
    if constexpr (requires { activations.use = activation_use::resuming; }) activations.use = activation_use::resuming;
    model.predict(matrix<const value_type>(inputs.data(), count, features), outputs(0), activations);
    for (std::size_t m = 0; m < mutants; ++m) {
      const layer_description& layer = described[mutated[m]];
      const neuron_id which{mutated[m], layer.neurons / 2};
      std::vector<value_type> numbers(layer.numbers_per_neuron()), turned(numbers.size());
      model.read_neuron(which, numbers);
      std::transform(numbers.begin(), numbers.end(), turned.begin(), std::negate<>());
      model.write_neuron(which, turned);
      model.forward(which.layer, activations, outputs(1 + m));
      model.write_neuron(which, numbers);
    }
    return all;
  };
  const std::vector<value_type> exact = run();
  detail::perturb(model, described);
  const std::vector<value_type> moved = run();

  const bool compares_two = detail::with_judge(judging, []<class One>(const One&) { return std::is_same_v<One, judge::arg_max>; });
  double squares = 0;
  std::size_t compared = 0;
  for (std::size_t i = 0; i < exact.size(); i += classes) {
    const auto outputs = [&](const std::vector<value_type>& of) { return std::span(of).subspan(i, classes); };
    const auto found = compares_two ? detail::gap_difference<value_type>(outputs(exact), outputs(moved))
                                    : detail::output_difference<value_type>(outputs(exact), outputs(moved));
    if (found) squares += *found * *found, ++compared;
  }
  return compared > 0 ? std::sqrt(squares / static_cast<double>(compared)) : 0;
}

/// What counts as a near tie for a network whose gaps rounding moves so much, as a rule: some are moved by several times that.
inline double near_tie_tolerance_for(double noise) { return std::max(near_tie_tolerance, 2 * noise); }

}  // namespace deepmaacc
