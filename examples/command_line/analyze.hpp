#pragma once

/// \file
/// `deepmaacc analyze`.

#include <CLI/CLI.hpp>

namespace command_line {

/// Adds the subcommand; it runs when it is parsed.
void add_analyze(CLI::App& app);

}  // namespace command_line
