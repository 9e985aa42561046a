#pragma once

/// \file
/// `deepmaacc inspect`.

#include <CLI/CLI.hpp>

namespace command_line {

/// Adds the subcommand; it runs when it is parsed.
void add_inspect(CLI::App& app);

}  // namespace command_line
