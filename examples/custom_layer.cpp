// A layer of one's own: a class that somebody wrote for Keras, read from a file in two ways.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <deepmaacc/deepmaacc.hpp>
#include <deepmaacc/io/keras.hpp>
#include <deepmaacc/io/npy.hpp>
#include <deepmaacc/io/test_set.hpp>
#include <iostream>
#include <span>
#include <string>
#include <vector>

#include "expect.hpp"

namespace dm = deepmaacc;

// The class is SqueezeExcite in examples/data/train.py: it weighs the channels of an image by what all of them are on average. Its arrays,
// in the order in which it adds them: squeeze (channels × few), its bias, excite (few × channels), its bias.

// Out of layers that are known. Those with neurons are mutated as any others, and the delta engine has its short cuts.
void read_as_layers(const dm::io::layer_config& settings, dm::program_builder& net) {
  const std::size_t images = net.inputs().front();
  const std::size_t channels = net.shape_of(images).back(), few = channels / settings.size("ratio");
  net.global_average_pooling2d(settings.name() + "/means", true);
  net.dense(settings.name() + "/squeeze", {.units = few, .activation = dm::activation::relu{}});
  const std::size_t weights = net.dense(settings.name() + "/excite", {.units = channels, .activation = dm::activation::sigmoid{}});
  net.from({images, weights}).multiply(settings.name());
}

// As an operation of one's own: a function over rows, one for each input.
template <class T>
void squeeze_and_excite(const dm::operation::custom_rows<T>& rows, std::size_t few) {
  const auto images = rows.inputs[0];
  const std::size_t channels = rows.output_shape.back(), positions = images.extent(1) / channels;
  const T *squeeze = rows.parameters[0], *squeeze_bias = rows.parameters[1];
  const T *excite = rows.parameters[2], *excite_bias = rows.parameters[3];
  std::vector<T> means(channels), hidden(few);
  for (std::size_t row = 0; row < images.extent(0); ++row) {
    std::fill(means.begin(), means.end(), T{0});
    for (std::size_t i = 0; i < positions * channels; ++i) means[i % channels] += images(row, i) / static_cast<T>(positions);
    for (std::size_t k = 0; k < few; ++k) {
      hidden[k] = squeeze_bias[k];
      for (std::size_t c = 0; c < channels; ++c) hidden[k] += means[c] * squeeze[c * few + k];
      hidden[k] = std::max(hidden[k], T{0});
    }
    for (std::size_t c = 0; c < channels; ++c) {
      T sum = excite_bias[c];
      for (std::size_t k = 0; k < few; ++k) sum += hidden[k] * excite[k * channels + c];
      const T weight = 1 / (1 + std::exp(-sum));
      for (std::size_t i = c; i < positions * channels; i += channels) rows.output(row, i) = images(row, i) * weight;
    }
  }
}

void read_as_operation(const dm::io::layer_config& settings, dm::program_builder& net) {
  const std::size_t channels = net.shape_of(net.inputs().front()).back(), few = channels / settings.size("ratio");
  const auto output_shape = [](std::span<const dm::shape> inputs) {
    if (inputs.size() != 1 || inputs[0].size() != 3) throw dm::model_error("it takes one image");
    return inputs[0];
  };
  const auto function = [few](const auto& rows) { squeeze_and_excite(rows, few); };
  net.custom(settings.name(), settings.class_name(), {output_shape, function, {{channels, few}, {few}, {few, channels}, {channels}}},
             {"squeeze", "squeeze_bias", "excite", "excite_bias"});
}

// max |a − b| over the outputs of a network and those that Keras gave for the same inputs.
double largest_difference(dm::network<> network, const dm::test_set<float>& tests, const dm::io::array<float>& wanted) {
  std::vector<float> scratch, found(wanted.values.size());
  const std::size_t rows = wanted.extents[0];
  network.predict(tests.block<float>(0, rows, scratch), dm::matrix<float>(found.data(), rows, network.classes()));
  double largest = 0;
  for (std::size_t i = 0; i < found.size(); ++i) largest = std::max(largest, std::abs(double{found[i]} - double{wanted.values[i]}));
  return largest;
}

int main(int argc, char* argv[]) {
  const Kokkos::ScopeGuard kokkos(argc, argv);
  const std::string data = argc > 1 ? argv[1] : "examples/data", file = data + "/digits-excite.keras";
  const auto tests = dm::io::read_tests(data + "/digits-test.npz:images", data + "/digits-test.npz:labels");
  const auto wanted = dm::io::read_npy<float>(dm::io::read_file(data + "/digits-excite-outputs.npy"));

  dm::io::keras_layers mine;  // all that are known, and one more
  mine.add("Digits>SqueezeExcite", read_as_layers);
  const dm::network<> layers = dm::io::read_keras(file, {.keras = mine});
  mine.add("Digits>SqueezeExcite", read_as_operation);
  const dm::network<> operation = dm::io::read_keras(file, {.keras = mine});
  expect(largest_difference(layers, tests, wanted) < 1e-5, "made of layers, it gives what Keras gives");
  expect(largest_difference(operation, tests, wanted) < 1e-5, "as an operation, it gives what Keras gives");

  const auto print = [](const char* what, const dm::analysis_result& result) {
    std::cout << what << ": " << result.mutants.size() << " mutants, " << result.scores[0].killed << " of " << result.scores[0].possible
              << " classes killed, engine " << to_string(result.engine) << '\n';
  };
  print("made of layers", dm::analyze(layers, tests));
  print("an operation", dm::analyze(operation, tests));

  // The layers around it are the same, and so is what kills their mutants.
  const dm::exhaustive around{.layers = {"conv2d*", "dense*"}};
  const auto a = dm::analyze(layers, tests, around), b = dm::analyze(operation, tests, around);
  expect(a.mutants.size() == b.mutants.size() && a.scores[0].killed == b.scores[0].killed, "other layers have the same kills both ways");
  return expectations_failed();
}
