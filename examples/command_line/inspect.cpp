#include "inspect.hpp"

#include <cstddef>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/evaluation/check_fit.hpp>
#include <deepmaacc/io/keras.hpp>
#include <deepmaacc/mutation/operators.hpp>
#include <deepmaacc/report/text_table.hpp>
#include <iostream>
#include <memory>
#include <string>

#include "running_kokkos.hpp"

namespace command_line {
namespace {

namespace dm = deepmaacc;

void run(const std::string& file) {
  const running_kokkos kokkos;
  const auto network = dm::io::read_keras(file);
  const auto layers = network.layers();
  std::size_t neurons = 0, hidden = 0;
  dm::report::text_table table;
  table.column("layer", true).column("kind", true).column("output shape", true).column("neurons").column("parameters").column("", true);
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const auto& layer = layers[i];
    neurons += layer.neurons;
    if (!layer.is_output) hidden += layer.neurons;
    std::size_t parameters = 0;
    for (const auto& one : network.graph()[i].parameters) parameters += dm::element_count(one.extents);
    table.row({layer.name, layer.kind, dm::to_string(layer.output_shape), std::to_string(layer.neurons), std::to_string(parameters),
               layer.is_output ? "output" : ""});
  }
  table.write(std::cout);
  const std::size_t operators = dm::paper_operators().size();
  std::cout << neurons << " neurons, " << network.parameter_count() << " parameters, " << network.classes() << " classes\n"
            << "exhaustive analysis with cw, nai and neb: " << operators * neurons << " mutants (all layers), " << operators * hidden
            << " (hidden layers)\n";
  try {
    dm::check_outputs(network);
  } catch (const dm::model_error& error) {
    std::cerr << "deepmaacc: warning: no analysis can judge this model: " << error.what() << '\n';
  }
}

}  // namespace

void add_inspect(CLI::App& app) {
  auto model = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("inspect", "A model's layers, and the mutants that an exhaustive analysis would run");
  command->add_option("MODEL", *model, "trained model: a .keras or .h5 file of Keras")->required();
  command->callback([model] { run(*model); });
}

}  // namespace command_line
