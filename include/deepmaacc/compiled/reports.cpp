// Writing reports.
#define DEEPMAACC_COMPILING
#include <deepmaacc/report/csv.hpp>
#include <deepmaacc/report/json.hpp>
#include <deepmaacc/report/summary.hpp>
