/// \file
/// The `deepmaacc` command. Exit status: 0, or 2 for wrong usage, 3 for a model or data that cannot be used, 1 for anything else.

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <deepmaacc/core/error.hpp>
#include <exception>
#include <iostream>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

#include "analyze.hpp"
#include "build_text.hpp"
#include "cluster.hpp"
#include "inspect.hpp"
#include "names.hpp"

// OpenBLAS has both. Mutants run side by side, so each product belongs on one thread; its OpenMP flavour (2) sees to that itself.
extern "C" int openblas_get_parallel() __attribute__((weak));
extern "C" void openblas_set_num_threads(int) __attribute__((weak));

// Files are mapped: a look behind the end of one that was cut short meanwhile is this signal, from which there is no way back.
extern "C" void end_for_cut_file(int) {
  constexpr char why[] = "deepmaacc: a file was cut off by another program while it was in use\n";
  static_cast<void>(!write(STDERR_FILENO, why, sizeof why - 1));
  _exit(3);
}

namespace {

/// The long names of options of the command, or of a subcommand.
std::vector<std::string> option_names(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* one : command.get_options())
    for (const std::string& name : one->get_lnames()) names.push_back("--" + name);
  return names;
}

/// What is wrong with the arguments that the command or its subcommand does not know, in their order; nothing where it knows all. An option
/// that is misspelt is more to the point than what is missing instead.
std::string unknown_arguments(const CLI::App& app) {
  std::vector<const CLI::App*> commands{&app};
  for (const CLI::App* subcommand : app.get_subcommands()) commands.push_back(subcommand);
  for (const CLI::App* command : commands) {
    std::string unexpected;
    for (const std::string& argument : command->remaining()) {
      if (argument.size() > 1 && argument[0] == '-') {
        const std::string name = argument.substr(0, argument.find('='));
        return command->get_name() + " has no option " + name + command_line::suggestion(name, option_names(*command));
      }
      unexpected += " " + argument;
    }
    if (!unexpected.empty()) return command->get_name() + " expects no more arguments, but there are these:" + unexpected;
  }
  return "";
}

}  // namespace

int main(int argc, char* argv[]) {
  if (openblas_get_parallel && openblas_set_num_threads && openblas_get_parallel() == 1) openblas_set_num_threads(1);
  std::signal(SIGBUS, end_for_cut_file);
  CLI::App app("Mutation analysis of deep neural networks", "deepmaacc");
  app.set_version_flag("--version", command_line::version_text, "the version, and what it was built with");
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
      return fail(command_line::name_list{"command", "commands", {"analyze", "inspect", "cluster"}}.fault_of(first), 2);
    app.parse(argc, argv);
    return std::cout.flush() ? 0 : fail("the standard output cannot be written; check the space that is left", 3);
  } catch (const CLI::Success& asked) {  // --help, --version
    return app.exit(asked);
  } catch (const CLI::ParseError& fault) {
    const std::string unknown = unknown_arguments(app);
    return fail((unknown.empty() ? fault.what() : unknown) + "; --help lists the options", 2);
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
