// Programs and their plans, and outcomes: what the library `deepmaacc::compiled` holds of functions that are no templates.
#define DEEPMAACC_COMPILING
#include <deepmaacc/evaluation/outcomes.hpp>
#include <deepmaacc/model/program_builder.hpp>
#include <deepmaacc/network/batches/channel_path.hpp>
#include <deepmaacc/network/plan.hpp>
#include <deepmaacc/network/rows/buffers.hpp>
#include <deepmaacc/network/work.hpp>
