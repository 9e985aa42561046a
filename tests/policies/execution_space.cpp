// A_NUMBER
//   deepmaacc::analyze: the first argument must be an instance of a Kokkos execution space, such as
//   Kokkos::DefaultExecutionSpace{}; see docs/policies/execution_space.md

#include <deepmaacc/analysis/analyze.hpp>

#ifdef A_NUMBER
using where_to_run = int;
#else
using where_to_run = Kokkos::DefaultHostExecutionSpace;
#endif

deepmaacc::analysis_result run(deepmaacc::archetype::model_adapter& model, const deepmaacc::test_set<float>& tests) {
  return deepmaacc::analyze(where_to_run{}, model, tests);
}
