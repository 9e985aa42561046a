#include "inspect.hpp"

#include <cstddef>
#include <deepmaacc/concepts/outcome.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/evaluation/outcomes.hpp>
#include <deepmaacc/io/model.hpp>
#include <deepmaacc/mutation/layer_selection.hpp>
#include <deepmaacc/mutation/mutant.hpp>
#include <deepmaacc/mutation/operators.hpp>
#include <deepmaacc/network/plan.hpp>
#include <deepmaacc/report/text_table.hpp>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "layer_options.hpp"
#include "running_kokkos.hpp"

namespace command_line {
namespace {

namespace dm = deepmaacc;

/// The options as they are written.
struct inspect_options {
  std::string model;
  std::optional<std::string> layers;
};

/// What a network of a model would be like, without weights. \throws as `io::read_model`, and where none can be made
dm::network_plan plan_of(const std::string& path) {
  dm::io::model_readers readers;
  readers.keeps_weights = false;
  return dm::network_plan(dm::io::read_model(path, readers));
}

void run(const inspect_options& options) {
  std::optional<dm::layer_selection> selection;
  if (options.layers) selection = parse_layers(*options.layers);
  const running_kokkos kokkos;
  const dm::network_plan plan = plan_of(options.model);
  const auto& layers = plan.layers;
  std::vector<bool> is_selected(layers.size(), false);
  if (selection) {
    selection = layers_of_model(*selection, layers);
    for (const std::size_t layer : layers_of(*selection, layers)) is_selected[layer] = true;
  }
  std::size_t neurons = 0;
  dm::report::text_table table;
  table.column("index").column("layer", true).column("kind", true).column("output shape", true);
  table.column("neurons").column("parameters").column("", true);
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const auto& layer = layers[i];
    neurons += layer.neurons;
    std::size_t parameters = 0;
    for (const std::size_t one : plan.model.layers()[i].parameters) parameters += plan.model.parameters()[one].size();
    std::string note = layer.is_output ? "output" : "";
    if (is_selected[i]) note += note.empty() ? "selected" : ", selected";
    table.row({std::to_string(i), layer.name, layer.kind, dm::to_string(layer.output_shape), std::to_string(layer.neurons),
               std::to_string(parameters), note});
  }
  table.write(std::cout);
  const auto mutants = [&](const dm::layer_selection& chosen) { return dm::count_mutants(layers, dm::paper_operators().size(), chosen); };
  const dm::output_description outputs{plan.model.output_shape(), plan.classes, plan.form};
  std::string outcome, needs_outcome;
  try {
    outcome = dm::any_outcome().resolved(outputs).name();
    static_cast<void>(dm::any_outcome().judge(outputs));
  } catch (const dm::model_error& error) {
    needs_outcome = error.what();
  }
  std::cout << neurons << " neurons, " << plan.model.parameter_count() << " parameters, " << plan.classes
            << (outcome == "arg-max" && needs_outcome.empty() ? " classes\n"
                : plan.classes == 1                           ? " output\n"
                                                              : " outputs\n")
            << "exhaustive analysis with cw, nai and neb: " << mutants(dm::population::all) << " mutants (all layers), "
            << mutants(dm::population::hidden) << " (hidden layers)\n";
  if (selection)
    std::cout << "with --layers " << *options.layers << ": " << mutants(*selection) << " mutants (" << layers_text(*selection) << ")\n";
  else
    std::cout << "--layers takes these names and indices, and patterns with * and ?, separated by commas\n";
  if (!needs_outcome.empty()) std::cerr << "deepmaacc: warning: analyze needs --outcome for this model: " << needs_outcome << '\n';
}

}  // namespace

void add_inspect(CLI::App& app) {
  auto options = std::make_shared<inspect_options>();
  CLI::App* command = app.add_subcommand("inspect", "A model's layers, and the mutants that an exhaustive analysis would run");
  command->add_option("MODEL", options->model, "trained model: a .keras or .h5 file of Keras")->required();
  command->add_option("--layers", options->layers, "count the mutants of these layers too: a list as analyze takes it")->type_name("LIST");
  command->callback([options] { run(*options); });
}

}  // namespace command_line
