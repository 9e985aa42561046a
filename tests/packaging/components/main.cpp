#include <Kokkos_Core.hpp>
#include <deepmaacc/io/keras.hpp>
#include <deepmaacc/report/json.hpp>

// The model of handwritten digits tells ten classes apart.
int main(int argc, char** argv) {
  const Kokkos::ScopeGuard kokkos(argc, argv);
  const auto model = deepmaacc::io::read_keras(argv[1]);
  deepmaacc::report::report report;
  report.runs.resize(1);
  report.runs[0].classes = model.classes();
  return deepmaacc::report::to_json(report)["tests"]["classes"] == 10 ? 0 : 1;
}
