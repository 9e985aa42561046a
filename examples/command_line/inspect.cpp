#include "inspect.hpp"

#include <algorithm>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/evaluation/check_fit.hpp>
#include <deepmaacc/io/keras.hpp>
#include <deepmaacc/mutation/operators.hpp>
#include <iomanip>
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
  std::size_t name_width = 5, shape_width = 12, neurons = 0, hidden = 0;
  for (const auto& layer : layers) {
    name_width = std::max(name_width, layer.name.size());
    shape_width = std::max(shape_width, dm::to_string(layer.output_shape).size());
    neurons += layer.neurons;
    if (!layer.is_output) hidden += layer.neurons;
  }
  const int name_column = static_cast<int>(name_width), shape_column = static_cast<int>(shape_width);
  std::cout << std::left << std::setw(name_column) << "layer"
            << "  " << std::setw(18) << "kind" << std::setw(shape_column) << "output shape" << std::right << std::setw(9) << "neurons"
            << std::setw(12) << "parameters" << '\n';
  for (std::size_t i = 0; i < layers.size(); ++i) {
    std::size_t parameters = 0;
    for (const auto& one : network.graph()[i].parameters) parameters += dm::element_count(one.extents);
    std::cout << std::left << std::setw(name_column) << layers[i].name << "  " << std::setw(18) << layers[i].kind << std::setw(shape_column)
              << dm::to_string(layers[i].output_shape) << std::right << std::setw(9) << layers[i].neurons << std::setw(12) << parameters
              << (layers[i].is_output ? "  output" : "") << '\n';
  }
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
