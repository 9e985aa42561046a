#include <deepmaacc/analysis/analyze.hpp>
#include <deepmaacc/io/keras.hpp>
#include <deepmaacc/io/test_set.hpp>
#include <string>

#ifndef DEEPMAACC_COMPILED
#error "the target deepmaacc::compiled must say so to the headers"
#endif

namespace dm = deepmaacc;

/// As `predicted_class`, but not of the toolkit.
struct own_rule : dm::kill::predicted_class {
  static std::string name() { return "own"; }
};

// What these files give: by what was compiled, and by a rule that was not.
int main(int argc, char** argv) {
  const Kokkos::ScopeGuard kokkos(argc, argv);
  const std::string data = argv[1];
  const auto network = dm::io::read_keras(data + "/digits-cnn.keras");
  const auto tests = dm::io::read_tests(data + "/digits-test.npz:images", data + "/digits-test.npz:labels");
  const Kokkos::DefaultHostExecutionSpace space;
  const auto shipped = dm::analyze(space, network, tests);
  const auto own = dm::analyze(space, network, tests, dm::exhaustive{}, dm::paper_operators(), dm::kill_rules(own_rule{}));
  return shipped.scores[0].killed == 563 && own.scores[0].killed == 563 ? 0 : 1;
}
