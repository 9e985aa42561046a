// CALLED
//   deepmaacc::kill_matrix: a cell must be asked for by name; write is_killed(rule, mutant, cell) or is_borderline(rule, mutant, cell)

#include <cstddef>
#include <deepmaacc/evaluation/kill_matrix.hpp>

bool ask(const deepmaacc::kill_matrix& kills) {
#ifdef CALLED
  return kills(0, 2, 1);
#else
  return kills.is_killed(0, 2, 1);
#endif
}
