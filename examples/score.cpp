// A mutation score: reads a trained network and a test set, runs every mutant, prints what the tests noticed.
#include <deepmaacc/deepmaacc.hpp>
#include <deepmaacc/io/model.hpp>
#include <deepmaacc/io/test_set.hpp>
#include <iostream>
#include <string>

int main(int argc, char* argv[]) {
  const Kokkos::ScopeGuard kokkos(argc, argv);
  const std::string data = argc > 1 ? argv[1] : "examples/data";
  const auto model = deepmaacc::io::read_model(data + "/digits-cnn.keras");
  const auto tests = deepmaacc::io::read_tests(data + "/digits-test.npz:images", data + "/digits-test.npz:labels");
  const auto result = deepmaacc::analyze(Kokkos::DefaultExecutionSpace{}, model, tests);
  std::cout << result << '\n';
  return result.scores[0].killed == 563 ? 0 : 1;  // what these files give
}
