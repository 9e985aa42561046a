#pragma once

/// \file
/// The whole toolkit, but for reading files (`io/`) and writing reports (`report/`).

#include <deepmaacc/analysis/analyze.hpp>
#include <deepmaacc/concepts/execution_space.hpp>
#include <deepmaacc/concepts/kill_rule.hpp>
#include <deepmaacc/concepts/model_adapter.hpp>
#include <deepmaacc/concepts/mutation_operator.hpp>
#include <deepmaacc/concepts/weight_storage.hpp>
#include <deepmaacc/core/version.hpp>
#include <deepmaacc/model/network.hpp>
