// No faults: what a program fills in takes designated initialisers of some members, without a warning about the others.

#include <deepmaacc/analysis/compare.hpp>
#include <deepmaacc/analysis/neuron_clustering.hpp>
#include <deepmaacc/analysis/random_sampling.hpp>
#include <deepmaacc/analysis/study.hpp>
#include <deepmaacc/clustering/agglomerate.hpp>
#include <deepmaacc/model/program_builder.hpp>

namespace dm = deepmaacc;

#pragma GCC diagnostic error "-Wmissing-field-initializers"

void fill_in() {
  [[maybe_unused]] const dm::layer_description layer{.name = "hidden", .neurons = 3};
  [[maybe_unused]] const dm::neuron_id neuron{.neuron = 1};
  [[maybe_unused]] const dm::neuron_change<float> change{.neuron = 1};
  [[maybe_unused]] const dm::mutant one{.layer = 1};
  [[maybe_unused]] const dm::mutation_site site{.seed = 1};
  [[maybe_unused]] const dm::mutant_cluster cluster{.layer = 1};
  [[maybe_unused]] const dm::neuron_slice slice{.count = 3};
  [[maybe_unused]] const dm::dense_options dense{.units = 3};
  [[maybe_unused]] const dm::convolution_options<2> convolution{.filters = 3, .kernel = {2, 2}};
  [[maybe_unused]] const dm::depthwise_options<1> depthwise{.kernel = {2}, .multiplier = 2};
  [[maybe_unused]] const dm::separable_options<2> separable{.filters = 3, .padding = dm::padding::same};
  [[maybe_unused]] const dm::batch_normalization_options batch{.has_beta = false};
  [[maybe_unused]] const dm::layer_normalization_options layers{.epsilon = 1e-5};
  [[maybe_unused]] const dm::normalization_options adapted{.is_inverse = true};
  [[maybe_unused]] const dm::progress_observer observer{.interval = std::chrono::milliseconds(1)};
  [[maybe_unused]] const dm::evaluation_options evaluation{.seed = 1};
  [[maybe_unused]] const dm::skip_options skip{.certified = false};
  [[maybe_unused]] const dm::comparison_options comparison{.seed = 1};
  [[maybe_unused]] const dm::subject_summary subject{.inputs = 3};
  [[maybe_unused]] const dm::agglomerate_options agglomerate{.memory_limit = 1};
  [[maybe_unused]] const dm::exhaustive every{.layers = dm::population::hidden};
  [[maybe_unused]] const dm::exhaustive some{.layers = {"dense*", "conv2d_1", 3}};
  [[maybe_unused]] const dm::random_sampling sample{.share = 0.5};
  [[maybe_unused]] const dm::neuron_clustering<> clusters{.neurons_per_cluster = 2};
}
