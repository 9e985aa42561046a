// A network that comes from no file: layer by layer, with its weights; and what is seen of it then.
#include <array>
#include <cstddef>
#include <deepmaacc/core/xtensor.hpp>
#include <deepmaacc/deepmaacc.hpp>
#include <deepmaacc/model/program_graph.hpp>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "expect.hpp"

namespace dm = deepmaacc;

// Tells images of 3 × 3 pixels apart: a whole row is lit, else a whole column, or neither.
dm::program lines() {
  const std::vector<float> ones(3, 1), above_two{-2};
  dm::program_builder net({3, 3, 1}, "image");
  const std::size_t image = net.last();
  net.conv2d("across", {.filters = 1, .kernel = {1, 3}, .activation = dm::activation::relu{}}, {ones, above_two});
  const std::size_t row = net.global_max_pooling2d("any_row");
  net.from({image}).conv2d("down", {.filters = 1, .kernel = {3, 1}, .activation = dm::activation::relu{}}, {ones, above_two});
  const std::size_t column = net.global_max_pooling2d("any_column");
  net.from({row, column}).concatenate("both");
  net.dense("line", {.units = 3, .activation = dm::activation::softmax{}},
            {std::vector<float>{2, 0, 0,   // from a row
                                0, 1, 0},  // from a column
             std::vector<float>{0, 0, 0.5F}});
  return std::move(net).finish();
}

// Every image of pixels that are lit or not, and what it shows.
dm::test_set<float> images() {
  xt::xtensor<float, 4> pixels(std::array<std::size_t, 4>{512, 3, 3, 1});
  std::vector<int> labels;
  for (std::size_t i = 0; i < 512; ++i) {
    float* const image = pixels.data() + 9 * i;
    for (std::size_t pixel = 0; pixel < 9; ++pixel) image[pixel] = (i >> pixel) % 2 == 1 ? 1.0F : 0.0F;
    bool has_row = false, has_column = false;
    for (std::size_t at = 0; at < 3; ++at) {
      has_row = has_row || image[3 * at] + image[3 * at + 1] + image[3 * at + 2] == 3;
      has_column = has_column || image[at] + image[at + 3] + image[at + 6] == 3;
    }
    labels.push_back(has_row ? 0 : has_column ? 1 : 2);
  }
  return dm::test_set<float>(std::move(pixels), labels);
}

int main(int argc, char* argv[]) {
  const Kokkos::ScopeGuard kokkos(argc, argv);
  const dm::program model = lines();

  // A program is plain data: operations and who reads whom, layers, trained arrays, neurons.
  for (std::size_t node = 0; node < model.size(); ++node) {
    std::cout << node << ": " << model[node].does.visit([](const auto& does) { return std::string(does.name); }) << " of layer "
              << model.layers()[model[node].layer].name << ", gives " << dm::to_string(model[node].output_shape) << ", reads";
    for (const std::size_t from : model[node].inputs) std::cout << ' ' << from;
    std::cout << '\n';
  }
  const auto graph = dm::program_graph(model);  // for the algorithms of Boost.Graph
  std::cout << boost::num_edges(graph) << " edges, " << model.parameter_count() << " trained numbers\n";
  for (const dm::neuron_group& group : model.neurons())
    std::cout << model.layers()[group.layer].name << ": neurons " << group.neurons << ", weights of each " << group.weights_per_neuron()
              << '\n';

  const dm::test_set<float> tests = images();
  const auto result = dm::analyze(model, tests);
  std::cout << result.subject->correct << " of " << result.subject->inputs << " images right, " << result.scores[0].killed << " of "
            << result.scores[0].possible << " classes killed by " << result.mutants.size() << " mutants\n";
  expect(result.subject->correct == 512, "the network is right");
  expect(result.scores[0].borderline == 0, "nothing depends on rounding");
  return expectations_failed();
}
