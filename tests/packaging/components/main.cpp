#include <Kokkos_Core.hpp>
#include <deepmaacc/analysis/analyze.hpp>
#include <deepmaacc/io/keras.hpp>
#include <deepmaacc/io/test_set.hpp>
#include <deepmaacc/report/json.hpp>
#include <string>

#ifdef DEEPMAACC_COMPILED
#error "without deepmaacc::compiled everything is in the headers"
#endif

// By the headers alone: what the compiled library gives, too (../compiled).
int main(int argc, char** argv) {
  const Kokkos::ScopeGuard kokkos(argc, argv);
  const std::string data = argv[1];
  const auto model = deepmaacc::io::read_keras(data + "/digits-cnn.keras");
  const auto tests = deepmaacc::io::read_tests(data + "/digits-test.npz:images", data + "/digits-test.npz:labels");
  deepmaacc::report::report report;
  report.runs.push_back(deepmaacc::analyze(Kokkos::DefaultHostExecutionSpace{}, model, tests));
  const auto found = deepmaacc::report::to_json(report);
  return found["tests"]["classes"] == 10 && report.runs[0].scores[0].killed == 563 ? 0 : 1;
}
