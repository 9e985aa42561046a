#pragma once

/// \file
/// What the layers of a network give for the inputs of a random case, on the host.

#include <Kokkos_Core.hpp>
#include <cstddef>
#include <vector>

#include "support/random_networks.hpp"

namespace support {

/// For each layer of the network and each input the elements of the layer's output.
template <class Space, class Network>
std::vector<std::vector<std::vector<double>>> observed(const Space& space, Network& network, const random_case& from) {
  using T = typename Network::value_type;
  using memory = typename Network::memory_space;
  const auto tests = tests_of<T>(from);
  const std::size_t rows = tests.size();
  std::vector<T> scratch;
  Kokkos::View<T**, Kokkos::LayoutRight, memory> inputs("inputs", rows, tests.features()), outputs("outputs", rows, from.classes);
  Kokkos::deep_copy(inputs, tests.template block<T>(0, rows, scratch));
  typename Network::activations_type activations;
  network.predict(deepmaacc::matrix<const T, memory>(inputs), deepmaacc::matrix<T, memory>(outputs), activations);
  space.fence();
  std::vector<std::vector<std::vector<double>>> all;
  for (std::size_t layer = 0; layer < network.layers().size(); ++layer) {
    const auto found = network.layer_outputs(layer, activations, outputs);
    const auto host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace{}, found);
    auto& of_layer = all.emplace_back();
    for (std::size_t i = 0; i < rows; ++i) of_layer.emplace_back(host.data() + i * host.extent(1), host.data() + (i + 1) * host.extent(1));
  }
  return all;
}

/// The verifier's layer as a network runs it: the activation of the last one is left out.
inline naive::layer as_run(const naive::network& network, std::size_t i) {
  naive::layer l = network[i];
  if (i + 1 == network.size() && l.activation != "relu" && l.activation != "tanh") l.activation = "linear";
  return l;
}

}  // namespace support
