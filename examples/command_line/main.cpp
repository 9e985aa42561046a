/// \file
/// The `deepmaacc` command. Exit status: 0, or 2 for wrong usage, 3 for a model or data that cannot be used, 1 for anything else.

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/version.hpp>
#include <exception>
#include <iostream>
#include <new>
#include <stdexcept>
#include <string>

#include "analyze.hpp"
#include "cluster.hpp"
#include "inspect.hpp"

// OpenBLAS has both. Mutants run side by side, so each product belongs on one thread; its OpenMP flavour (2) sees to that itself.
extern "C" int openblas_get_parallel() __attribute__((weak));
extern "C" void openblas_set_num_threads(int) __attribute__((weak));

// Files are mapped: a look behind the end of one that was cut short meanwhile is this signal, from which there is no way back.
extern "C" void end_for_cut_file(int) {
  constexpr char why[] = "deepmaacc: a file was cut off by another program while it was in use\n";
  static_cast<void>(!write(STDERR_FILENO, why, sizeof why - 1));
  _exit(3);
}

int main(int argc, char* argv[]) {
  if (openblas_get_parallel && openblas_set_num_threads && openblas_get_parallel() == 1) openblas_set_num_threads(1);
  std::signal(SIGBUS, end_for_cut_file);
  CLI::App app("Mutation analysis of deep neural networks", "deepmaacc");
  app.set_version_flag("--version", deepmaacc::version());
  app.require_subcommand(1);
  app.get_formatter()->column_width(34);
  command_line::add_analyze(app);
  command_line::add_inspect(app);
  command_line::add_cluster(app);
  const auto fail = [](const std::string& why, int status) {
    std::cerr << "deepmaacc: " << why << '\n';
    return status;
  };
  try {
    const std::string first = argc > 1 ? argv[1] : "";
    if (!first.empty() && first[0] != '-' && app.get_subcommands([&](CLI::App* one) { return one->get_name() == first; }).empty())
      return fail("there is no command '" + first + "'; commands: analyze, inspect, cluster", 2);
    app.parse(argc, argv);
    return std::cout.flush() ? 0 : fail("the standard output cannot be written; check the space that is left", 3);
  } catch (const CLI::Success& asked) {  // --help, --version
    return app.exit(asked);
  } catch (const CLI::ParseError& fault) {
    return fail(std::string(fault.what()) + "; --help lists the options", 2);
  } catch (const deepmaacc::usage_error& fault) {
    return fail(fault.what(), 2);
  } catch (const deepmaacc::error& fault) {
    return fail(fault.what(), 3);
  } catch (const std::bad_alloc&) {
    return fail("there is not enough memory", 1);
  } catch (const std::length_error&) {  // of a container that could never be so large
    return fail("there is not enough memory", 1);
  } catch (const std::exception& fault) {
    return fail(fault.what(), 1);
  }
}
