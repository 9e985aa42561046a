#pragma once

/// \file
/// GF: adds noise to a neuron.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/concepts/mutation_operator.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/philox.hpp>
#include <numeric>
#include <string>
#include <vector>

namespace deepmaacc::mutation {

/// GF(σ, ratio), "Gaussian fuzzing" (DeepMutation, Ma et al., ISSRE 2018): adds N(0, σ) to floor(n · ratio) of the neuron's n
/// weights and bias, drawn without replacement. Which elements and how much depend on seed, layer, neuron, element and repeat only.
class gaussian_fuzzing {
 public:
  static constexpr mutation_level level = mutation_level::neuron;

  /// \throws usage_error where sigma is negative or not finite, or ratio is not in [0, 1].
  explicit gaussian_fuzzing(double sigma = 0.1, double ratio = 1) : sigma_(sigma), ratio_(ratio) {
    if (!std::isfinite(sigma) || sigma < 0) throw usage_error("operator gf: sigma must be a finite number not below 0, as in gf=0.1");
    if (!(ratio >= 0 && ratio <= 1)) throw usage_error("operator gf: the ratio must lie between 0 and 1, as in gf=0.1,0.5");
  }

  std::string name() const { return "gf"; }
  parameter_list parameters() const { return {{"sigma", sigma_}, {"ratio", ratio_}}; }
  std::string definition() const { return "w -> w + N(0, sigma) for floor(n * ratio) of the n weights and bias"; }

  template <class T>
  void mutate(neuron_weights<T> neuron, const mutation_site& site) const {
    const random_source random(site.seed);
    const std::size_t count = neuron.incoming.size() + neuron.bias.size();
    const auto at = [&](std::size_t element) { return random_site{site.layer, site.neuron, element, site.repeat}; };
    for (const std::size_t element : chosen(count, random, at)) {
      T& number = element < neuron.incoming.size() ? neuron.incoming[element] : neuron.bias[element - neuron.incoming.size()];
      number += static_cast<T>(sigma_ * random.normal(at(element)));
    }
  }

 private:
  /// The elements to change: those with the smallest random keys.
  template <class Site>
  std::vector<std::size_t> chosen(std::size_t count, const random_source& random, const Site& at) const {
    std::vector<std::size_t> elements(count);
    std::iota(elements.begin(), elements.end(), std::size_t{0});
    const auto kept = static_cast<std::size_t>(std::floor(static_cast<double>(count) * ratio_));
    if (kept == count) return elements;
    std::vector<std::uint64_t> keys(count);
    for (std::size_t i = 0; i < count; ++i) keys[i] = random.bits(at(i));
    std::sort(elements.begin(), elements.end(),
              [&](std::size_t a, std::size_t b) { return keys[a] != keys[b] ? keys[a] < keys[b] : a < b; });
    elements.resize(kept);
    return elements;
  }

  double sigma_, ratio_;
};
static_assert(MutationOperator<gaussian_fuzzing>);

}  // namespace deepmaacc::mutation
