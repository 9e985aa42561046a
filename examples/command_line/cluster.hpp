#pragma once

/// \file
/// `deepmaacc cluster`.

#include <CLI/CLI.hpp>

namespace command_line {

/// Adds the subcommand; it runs when it is parsed.
void add_cluster(CLI::App& app);

}  // namespace command_line
