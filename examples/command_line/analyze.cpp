#include "analyze.hpp"

#include <cstdint>
#include <deepmaacc/core/progress.hpp>
#include <deepmaacc/report/csv.hpp>
#include <deepmaacc/report/json.hpp>
#include <deepmaacc/report/summary.hpp>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "analysis.hpp"
#include "environment.hpp"
#include "method_options.hpp"
#include "names.hpp"
#include "options.hpp"
#include "outputs.hpp"
#include "progress_line.hpp"
#include "running_kokkos.hpp"

namespace command_line {
namespace {

namespace dm = deepmaacc;

/// The options as they are written.
struct analyze_options {
  std::string model, images;
  std::optional<std::string> labels;
  std::string prepare = "none";
  method_options method;
  std::string operators = "cw=0.1,nai,neb", outcome = "auto", oracle = "labels", engine = "auto", skip = "auto", precision = "float32",
              memory_limit = "512M";
  std::vector<std::string> kill_rules;
  int threads = 0;
  std::uint64_t seed = 0;
  std::size_t repeats = 1;
  std::optional<std::size_t> limit_inputs;
  std::optional<std::string> json, csv, kill_matrix;
  bool is_timed_alone = false, is_compared = false, per_mutant = false, quiet = false;
};

using analysis = dm::report::report (*)(analysis_plan);

analysis analysis_in(const std::string& precision) {
  return choose<analysis>("--precision", precision, "precision", "precisions",
                          {{"float32", run_analysis<dm::precision::float32>},
                           {"float64", run_analysis<dm::precision::float64>},
                           {"tf32", run_analysis<dm::precision::tf32>}});
}

/// Reads the options. \throws usage_error: what can be wrong with them is found before a file is read, but for layers that the model does
/// not have.
analysis_plan plan_analysis(const analyze_options& options) {
  analysis_plan plan;
  plan.model = options.model;
  plan.images = options.images;
  plan.labels = options.labels;
  plan.limit_inputs = options.limit_inputs;
  plan.method = plan_method(options.method, options.seed);
  plan.operators = parse_operators(options.operators);
  const dm::any_outcome outcome = parse_outcome(options.outcome);
  plan.rules = {parse_kill_rules(options.kill_rules, outcome.has_no_classes() ? "any-flip" : "predicted-class"), outcome};
  plan.steps = parse_preparation(options.prepare);
  plan.how = {.engine = parse_engine(options.engine, options.skip), .oracle = parse_oracle(options.oracle), .seed = options.seed};
  plan.how.memory_limit = parse_bytes("--memory-limit", options.memory_limit);
  if (!plan.labels && plan.how.oracle == dm::oracle_kind::labels)
    throw dm::usage_error("--labels is required, unless --oracle predictions takes what the model predicts for right");
  plan.repeats = options.repeats;
  if (plan.repeats == 0) throw dm::usage_error("--repeat: 0 runs are asked for; ask for 1 or more");
  plan.is_timed_alone = options.is_timed_alone;
  plan.is_compared = options.is_compared;
  plan.kill_matrix = options.kill_matrix;
  plan.how.by_input = options.kill_matrix.has_value();
  if (plan.is_compared && std::holds_alternative<dm::exhaustive>(plan.method))
    throw dm::usage_error("--compare: exhaustive is what others are compared with; choose another --method");
  if (plan.kill_matrix && (count_runs(plan) > 1 || plan.is_compared))
    throw dm::usage_error(
        "--kill-matrix: one run is written, but several are asked for; leave out --compare, --repeat and lists of settings");
  return plan;
}

void run(const analyze_options& options) {
  const dm::stopwatch total;
  analysis_plan plan = plan_analysis(options);
  const analysis analyze = analysis_in(options.precision);
  dm::report::report report;
  outputs written;
  written.add("--json", options.json, [&](std::ostream& out) { dm::report::write_json(out, report, options.per_mutant); });
  written.add("--csv", options.csv, [&](std::ostream& out) { dm::report::write_csv(out, report, options.per_mutant); });
  written.add_file("--kill-matrix", options.kill_matrix);
  std::vector<input> inputs{{"the model", options.model}, {"the images", options.images}};
  if (options.labels) inputs.push_back({"the labels", *options.labels});
  written.check(inputs);

  const running_kokkos kokkos(options.threads);
  {
    progress_line line(!options.quiet);
    plan.how.observer = line.observer();
    report = analyze(plan);
  }
  report.total_seconds = total.seconds();
  written.write();
  if (const double tolerance = report.subject().near_tie_tolerance; tolerance > 1e-3)
    std::cerr << "deepmaacc: warning: rounding decides much of this network's predictions (near ties up to " << tolerance
              << (options.precision == "float64" ? ")\n" : "); --precision float64 tells more\n");
  if (options.quiet || written.has_stdout()) return;
  dm::report::write_summary(std::cout, report);
  if (options.repeats > 1 && !is_random(plan.method))
    std::cout << "the method makes no random choice with these options, so --repeat " << options.repeats << " ran it once\n";
}

/// Options that choose which mutants are run.
void add_method_options(CLI::App& command, analyze_options& options) {
  method_options& method = options.method;
  const auto add = [&](const std::string& group) {
    return [&command, group](const std::string& name, std::optional<std::string>& text, const std::string& type, const std::string& what) {
      command.add_option(name, text, what)->type_name(type)->group(group);
    };
  };
  const std::string all = "Which mutants are run";
  command
      .add_option("--method", method.method,
                  "exhaustive: every mutant; neuron-clustering: similar neurons are mutated together; mutant-clustering: one of similar "
                  "mutants for all; random-sampling")
      ->type_name("NAME")
      ->capture_default_str()
      ->group(all);
  add(all)("--layers", method.layers, "LIST",
           "whose neurons are mutated: all; hidden (without the output layer); or layers as inspect lists them, by name, index or pattern "
           "with * and ?, separated by commas; default: hidden for clusterings, else all");
  command.add_option("--seed", options.seed, "of random choices")->type_name("N")->check(whole_number)->capture_default_str()->group(all);
  command.add_option("--repeat", options.repeats, "run a method that makes random choices R times, with a seed each")
      ->type_name("R")
      ->check(whole_number)
      ->capture_default_str()
      ->group(all);
  command.add_flag("--compare", options.is_compared, "run exhaustive too, and compare with it and with random samples of equal cost")
      ->group(all);
  const auto neuron = add("Which mutants are run: --method neuron-clustering");
  neuron("--neurons-per-cluster", method.neurons_per_cluster, "LIST", "mean sizes, separated by commas, a run for each; default: 3");
  neuron("--use", method.use, "NAME",
         "joint: all neurons of a cluster are mutated together; representative: one, for all of them; default: joint");
  const auto mutant = add("Which mutants are run: --method mutant-clustering");
  mutant("--threshold", method.threshold, "LIST",
         "least similarities within a cluster, from 0 to 1, separated by commas, a run for each; default: 0.6");
  mutant("--mode", method.mode, "NAME", "similarity as in the paper, or as in the artifact published with it; default: paper");
  const auto both = add("Which mutants are run: both clusterings");
  both("--representative", method.representative, "NAME", "random, medoid or nearest (to the centroid); default: random");
  both("--features", method.features, "NAMES",
       "what neurons or mutants are compared by: incoming-weights (default for neurons), mutated-weights (for mutants), "
       "activation-profile[=N inputs], outgoing-weights, neuron-index; several joined by +");
  both("--scaler", method.scaler, "NAME", "none (default for mutants), min-max (for neurons) or standard");
  both("--metric", method.metric, "NAME", "those of deepmaacc cluster without precomputed; default: euclidean");
  both("--linkage", method.linkage, "NAME",
       "those of deepmaacc cluster; default: ward for neurons, average for mutants; for mutants also graph-average, "
       "graph-approximate[=EPSILON]");
  const auto sampling = add("Which mutants are run: --method random-sampling");
  sampling("--sample", method.sample, "P%|N", "a share of the mutants, or their number; default: 5%");
  command.add_flag("--unstratified", method.is_unstratified, "draw from all mutants at once, not by layer and operator")
      ->group("Which mutants are run: --method random-sampling");
}

}  // namespace

void add_analyze(CLI::App& app) {
  auto options = std::make_shared<analyze_options>();
  CLI::App* command = app.add_subcommand("analyze", "Mutation analysis: which mutants of a model a test set notices");
  command->add_option("MODEL", options->model, "trained model: a .keras or .h5 file of Keras")->required();
  command->add_option("--images", options->images, "test images: IDX, NPY or NPZ, plain or gzip; FILE:ARRAY for an array of an NPZ file")
      ->type_name("FILE[:ARRAY]")
      ->required();
  command
      ->add_option(
          "--labels", options->labels,
          "one class per image, or one-hot rows, in the same formats; for outcomes within, multi-label and per-position one or several "
          "numbers; not needed with --oracle predictions")
      ->type_name("FILE[:ARRAY]");

  command
      ->add_option(
          "--prepare", options->prepare,
          "how images become inputs: none; or steps in their order, separated by commas: channels=N (repeat the grey channel), pad=N "
          "(zeros on every side), divide-by=X, subtract-mean=M[,M...] (one, or one per channel), standardise=M[,M...]/D[,D...] (means "
          "and deviations); deepmaacc is channels=3,pad=2,divide-by=255")
      ->type_name("STEPS")
      ->capture_default_str();

  const auto analysed = "What is analysed";
  command->add_option("--operators", options->operators, "mutation operators: cw[=P], nai, neb, gf[=SIGMA[,RATIO]], separated by commas")
      ->type_name("LIST")
      ->capture_default_str()
      ->group(analysed);
  command
      ->add_option("--kill-rule", options->kill_rules,
                   "predicted-class (the default), true-class, any-flip (the default of outcomes without classes), top-k[=K] or "
                   "accuracy-drop[=DROP]; may be repeated")
      ->type_name("NAME")
      ->expected(1)
      ->take_all()
      ->allow_extra_args(false)  // what follows the name is no further rule: it may be MODEL
      ->group(analysed);
  command
      ->add_option(
          "--outcome", options->outcome,
          "what outputs say: arg-max (the class of the largest); threshold[=P] (one output: class 1 from a probability of P, 0.5 by "
          "default); within=ERROR (numbers, right where no error is larger); multi-label[=P] (each output by itself); "
          "per-position[=SHARE] (a class at each position, right at that share of them, all by default); or auto: arg-max, or "
          "threshold for one output with a sigmoid")
      ->type_name("NAME")
      ->capture_default_str()
      ->group(analysed);
  command->add_option("--oracle", options->oracle, "what is right: labels, or predictions (of the original model)")
      ->type_name("NAME")
      ->capture_default_str()
      ->group(analysed);
  command->add_option("--limit-inputs", options->limit_inputs, "use the first N test inputs only")
      ->type_name("N")
      ->check(whole_number)
      ->group(analysed);
  add_method_options(*command, *options);

  const auto running = "How it runs";
  command->add_option("--precision", options->precision, "float32, float64, or tf32: float32 with the factors of products rounded")
      ->type_name("NAME")
      ->capture_default_str()
      ->group(running);
  command
      ->add_option(
          "--engine", options->engine,
          "whole (the whole network per mutant), resumable (from the mutated layer), delta (what a neuron changes), batched (many mutants "
          "at once), or auto, the one of the fewest operations")
      ->type_name("NAME")
      ->capture_default_str()
      ->group(running);
  command
      ->add_option("--skip", options->skip,
                   "what engine delta need not compute: all, none, some of dead,certified,saturated; or auto: all or none, whichever is "
                   "likely to take fewer operations; anything but auto takes engine delta")
      ->type_name("LIST")
      ->capture_default_str()
      ->group(running);
  command
      ->add_option(
          "--memory-limit", options->memory_limit,
          "what one thread's activations may take, as 512M or 1.5G; auto takes another engine where delta's smallest block is larger")
      ->type_name("SIZE")
      ->capture_default_str()
      ->group(running);
  command->add_option("--threads", options->threads, "host threads (default: as Kokkos chooses)")
      ->type_name("N")
      ->check(CLI::Range(1, most_threads))
      ->group(running);
  command->add_flag("--time-alone", options->is_timed_alone, "each run takes no kills from others, so that its time is its own")
      ->group(running);

  const auto output = "What is written";
  command->add_option("--json", options->json, "the report as JSON; - for the standard output")->type_name("FILE|-")->group(output);
  command->add_option("--csv", options->csv, "the report as CSV; - for the standard output")->type_name("FILE|-")->group(output);
  command
      ->add_option("--kill-matrix", options->kill_matrix,
                   "for each mutant the inputs whose outcome it changes, as arrays for NumPy (NPZ); of one run")
      ->type_name("FILE")
      ->group(output);
  command->add_flag("--per-mutant", options->per_mutant, "list every mutant in the reports")->group(output);
  command->add_flag("--quiet", options->quiet, "no summary and no progress")->group(output);
  command->callback([options] { run(*options); });
}

}  // namespace command_line
