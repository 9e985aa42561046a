/// \file
/// Without Kokkos::initialize the entry points say what is missing.

#include <deepmaacc/deepmaacc.hpp>
#include <iostream>
#include <string>

int main() {
  deepmaacc::archetype::resumable_adapter model;
  xt::xtensor<float, 2> inputs(std::array<std::size_t, 2>{1, 1});
  try {
    deepmaacc::analyze(Kokkos::DefaultHostExecutionSpace{}, model, deepmaacc::test_set(inputs, std::vector<int>{0}));
  } catch (const deepmaacc::usage_error& fault) {
    std::cout << fault.what() << '\n';
    return std::string(fault.what()).find("Kokkos::ScopeGuard") != std::string::npos ? 0 : 1;
  }
  return 1;
}
