#pragma once

/// \file
/// What the mutants of a batch do to their channels.

#include <array>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/concepts/model_adapter.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/shared_array.hpp>
#include <deepmaacc/network/batches/changed_sums.hpp>
#include <deepmaacc/network/plan.hpp>
#include <span>
#include <utility>
#include <vector>

namespace deepmaacc::by_batches {

/// \param outputs  rows and columns
/// \throws usage_error where a layer's neurons are no weighted sums, or mutants or outputs do not fit
template <class T>
void require_batch(const network_plan& plan, std::size_t layer, std::span<const std::span<const neuron_change<T>>> mutants,
                   std::size_t inputs, const std::array<std::size_t, 2>& outputs) {
  const layer_description& of = plan.layers[layer];
  const auto& neurons = plan.model.layers()[layer].neurons;
  if (!neurons || !plan.model.neurons()[*neurons].sums)
    throw usage_error("deepmaacc::network: the neurons of layer " + of.name + " are no weighted sums, so mutants run one by one");
  if (outputs[0] != mutants.size() * inputs || outputs[1] != plan.classes)
    throw usage_error(deepmaacc::detail::text("deepmaacc::network: outputs of ", outputs[0], " x ", outputs[1], " do not fit ",
                                              mutants.size(), " mutants of ", inputs, " inputs and ", plan.classes, " classes"));
  for (const auto& changes : mutants)
    for (const neuron_change<T>& one : changes)
      if (one.neuron >= of.neurons || (!one.numbers.empty() && one.numbers.size() != of.numbers_per_neuron()))
        throw usage_error(deepmaacc::detail::text("deepmaacc::network: there is no neuron ", one.neuron, " of ", one.numbers.size(),
                                                  " numbers in layer ", of.name));
}

/// Changes of some mutants of one layer, in a network's memory.
template <class T, class MemorySpace>
struct batch_changes {
  std::size_t mutants = 0, changes = 0, numbers_apart = 0;
  shared_array<channel_change<T>, MemorySpace> of_channels;
  shared_array<std::uint32_t, MemorySpace> begins;
  shared_array<T, MemorySpace> numbers;

  explicit batch_changes(std::span<const std::span<const neuron_change<T>>> of) : mutants(of.size()) {
    std::vector<channel_change<T>> all;
    std::vector<std::uint32_t> first{0};
    std::vector<T> given;
    std::uint32_t neurons = 0;
    for (std::size_t mutant = 0; mutant < of.size(); ++mutant) {
      for (const neuron_change<T>& one : of[mutant]) {
        all.push_back(
            {static_cast<std::uint32_t>(mutant), static_cast<std::uint32_t>(one.neuron), channel_change<T>::none, one.factor, one.shift});
        if (one.numbers.empty()) continue;
        all.back().numbers = neurons++;
        numbers_apart = one.numbers.size();
        given.insert(given.end(), one.numbers.begin(), one.numbers.end());
      }
      first.push_back(static_cast<std::uint32_t>(all.size()));
    }
    changes = all.size();
    of_channels = decltype(of_channels)("deepmaacc::network::changes", std::move(all));
    begins = decltype(begins)("deepmaacc::network::begins", std::move(first));
    numbers = decltype(numbers)("deepmaacc::network::numbers", std::move(given));
  }
};

}  // namespace deepmaacc::by_batches
