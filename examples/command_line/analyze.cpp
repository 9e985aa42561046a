#include "analyze.hpp"

#include <cstdint>
#include <deepmaacc/core/whole_file.hpp>
#include <deepmaacc/deepmaacc.hpp>
#include <deepmaacc/io/keras.hpp>
#include <deepmaacc/io/tests.hpp>
#include <deepmaacc/report/csv.hpp>
#include <deepmaacc/report/json.hpp>
#include <deepmaacc/report/summary.hpp>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "options.hpp"
#include "progress_line.hpp"

namespace command_line {
namespace {

namespace dm = deepmaacc;

/// The options as they are written.
struct analyze_options {
  std::string model, images, labels;
  std::string prepare = "none";
  std::optional<std::size_t> channels, pad;
  std::optional<double> divide_by;
  std::string method = "exhaustive", operators = "cw=0.1,nai,neb", layers = "all", engine = "auto";
  std::vector<std::string> kill_rules;
  int threads = 0;
  std::uint64_t seed = 0;
  std::optional<std::size_t> limit_inputs;
  std::string json, csv;
  bool per_mutant = false, quiet = false;
};

void run(const analyze_options& options) {
  const dm::stopwatch total;
  // Everything that can be wrong with the options is found before a file is read.
  const auto operators = parse_operators(options.operators);
  const auto rules = parse_kill_rules(options.kill_rules);
  auto steps = parse_preparation(options.prepare);
  steps.channels = options.channels.value_or(steps.channels);
  steps.pad = options.pad.value_or(steps.pad);
  steps.divide_by = options.divide_by.value_or(steps.divide_by);
  if (options.method != "exhaustive") throw dm::usage_error("--method: '" + options.method + "' is no method; methods: exhaustive");
  const dm::exhaustive method{.layers = parse_population(options.layers)};
  const progress_line line(!options.quiet);
  const dm::evaluation_options how{.engine = parse_engine(options.engine), .seed = options.seed, .observer = line.watcher()};
  if (options.json == "-" && options.csv == "-") throw dm::usage_error("--json and --csv cannot both go to the standard output");

  for (const auto& place : {options.json, options.csv})
    if (!place.empty() && place != "-") dm::require_writable(place);

  Kokkos::InitializationSettings settings;
  settings.set_disable_warnings(true);
  if (options.threads > 0) settings.set_num_threads(options.threads);
  const Kokkos::ScopeGuard kokkos(settings);

  const dm::stopwatch loading;
  const auto network = dm::io::read_keras(options.model);
  auto tests = dm::io::read_tests(options.images, options.labels, steps);
  if (options.limit_inputs) tests = tests.first(*options.limit_inputs);
  dm::report::report report;
  report.model_file = options.model;
  report.parameters = network.parameter_count();
  report.load_seconds = loading.seconds();
  report.runs.push_back(dm::analyze(Kokkos::DefaultHostExecutionSpace{}, network, tests, method, operators, rules, how));
  report.total_seconds = total.seconds();

  const auto write = [&](const std::string& place, auto&& writer) {
    if (place == "-")
      writer(std::cout);
    else if (!place.empty())
      dm::write_whole_file(place, writer);
  };
  write(options.json, [&](std::ostream& out) { dm::report::write_json(out, report, options.per_mutant); });
  write(options.csv, [&](std::ostream& out) { dm::report::write_csv(out, report, options.per_mutant); });
  if (!options.quiet && options.json != "-" && options.csv != "-") dm::report::write_summary(std::cout, report);
}

}  // namespace

void add_analyze(CLI::App& app) {
  auto options = std::make_shared<analyze_options>();
  CLI::App* command = app.add_subcommand("analyze", "Mutation analysis: which mutants of a model a test set notices");
  command->add_option("MODEL", options->model, "trained model: a .keras file")->required();
  command->add_option("--images", options->images, "test images: IDX, NPY or NPZ, plain or gzip; FILE:ARRAY for an array of an NPZ file")
      ->type_name("FILE[:ARRAY]")
      ->required();
  command->add_option("--labels", options->labels, "one class per image, in the same formats")->type_name("FILE[:ARRAY]")->required();

  const auto preparation = "How images become inputs";
  command->add_option("--prepare", options->prepare, "none, or deepmaacc: 3 channels, padded by 2, divided by 255")
      ->type_name("NAME")
      ->capture_default_str()
      ->group(preparation);
  command->add_option("--channels", options->channels, "repeat the grey channel N times")
      ->type_name("N")
      ->check(whole_number)
      ->group(preparation);
  command->add_option("--pad", options->pad, "zeros on every side")->type_name("N")->check(whole_number)->group(preparation);
  command->add_option("--divide-by", options->divide_by, "divide every number by X")->type_name("X")->group(preparation);

  const auto analysis = "What is analysed";
  command->add_option("--method", options->method, "exhaustive: every mutant")->type_name("NAME")->capture_default_str()->group(analysis);
  command->add_option("--operators", options->operators, "mutation operators: cw[=P], nai, neb, gf[=SIGMA[,RATIO]], separated by commas")
      ->type_name("LIST")
      ->capture_default_str()
      ->group(analysis);
  command->add_option("--kill-rule", options->kill_rules, "predicted-class (the default), true-class or any-flip; may be repeated")
      ->type_name("NAME")
      ->expected(1)
      ->take_all()
      ->allow_extra_args(false)  // what follows the name is no further rule: it may be MODEL
      ->group(analysis);
  command->add_option("--layers", options->layers, "whose neurons are mutated: all, or hidden (without the output layer)")
      ->type_name("NAME")
      ->capture_default_str()
      ->group(analysis);
  command->add_option("--limit-inputs", options->limit_inputs, "use the first N test inputs only")
      ->type_name("N")
      ->check(whole_number)
      ->group(analysis);
  command->add_option("--seed", options->seed, "of random operators")
      ->type_name("N")
      ->check(whole_number)
      ->capture_default_str()
      ->group(analysis);

  const auto running = "How it runs";
  command->add_option("--engine", options->engine, "auto, whole (the whole network per mutant) or resumable (from the mutated layer)")
      ->type_name("NAME")
      ->capture_default_str()
      ->group(running);
  command->add_option("--threads", options->threads, "host threads (default: as Kokkos chooses)")
      ->type_name("N")
      ->check(CLI::Range(1, 512))  // Kokkos' OpenMP back end has room for no more, and does not check
      ->group(running);

  const auto output = "What is written";
  command->add_option("--json", options->json, "the report as JSON; - for the standard output")->type_name("FILE|-")->group(output);
  command->add_option("--csv", options->csv, "the report as CSV; - for the standard output")->type_name("FILE|-")->group(output);
  command->add_flag("--per-mutant", options->per_mutant, "list every mutant in the reports")->group(output);
  command->add_flag("--quiet", options->quiet, "no summary and no progress")->group(output);
  command->callback([options] { run(*options); });
}

}  // namespace command_line
