#pragma once

/// \file
/// Networks to measure: the paper's from their files, and usual shapes with random weights.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <deepmaacc/deepmaacc.hpp>
#include <deepmaacc/io/keras.hpp>
#include <deepmaacc/io/test_set.hpp>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace benchmark {

namespace activation = deepmaacc::activation;

/// A network and inputs for it, labelled by its own predictions where it is random.
struct subject {
  deepmaacc::network<> network;
  deepmaacc::test_set<float> tests;
};

/// Weights as Keras initialises them.
inline deepmaacc::network<> with_random_weights(deepmaacc::program_builder net) {
  deepmaacc::program& made = net.made();
  const deepmaacc::random_source random(1);
  for (std::size_t layer = 0; layer < made.layers().size(); ++layer)
    for (std::size_t position = 0; position < made.layers()[layer].parameters.size(); ++position) {
      const std::size_t which = made.layers()[layer].parameters[position];
      const deepmaacc::shape& extents = made.parameters()[which].extents();
      std::vector<float> numbers(deepmaacc::element_count(extents));
      const double scale = std::sqrt(2 * static_cast<double>(extents.back()) / static_cast<double>(numbers.size()));
      for (std::size_t i = 0; i < numbers.size(); ++i) {
        const double drawn = random.normal({layer, position + 1, i, 0});
        numbers[i] = static_cast<float>(extents.size() > 1 ? scale * drawn : std::abs(drawn));
      }
      made.fill(which, std::move(numbers));
    }
  return deepmaacc::network<>(std::move(net).finish());
}

/// The name of a layer that is one of many alike.
inline std::string numbered(const std::string& name, const deepmaacc::program_builder& net) {
  return name + "_" + std::to_string(net.made().layers().size());
}

/// Dense layers with relu, then 10 classes.
inline deepmaacc::program_builder dense_network(const deepmaacc::shape& input, const std::vector<std::size_t>& widths) {
  deepmaacc::program_builder net(input);
  net.flatten();
  for (const std::size_t width : widths) net.dense(numbered("dense", net), {width, activation::relu{}});
  net.dense("outputs", {10, activation::softmax{}});
  return net;
}

/// The paper's LeNet-5 (6 and 16 channels, 120-84-10, sigmoid), or a narrow one.
inline deepmaacc::program_builder lenet5(bool tiny) {
  const activation::sigmoid sigmoid;
  const std::size_t kernel = tiny ? 3 : 5;
  deepmaacc::program_builder net(tiny ? deepmaacc::shape{12, 12, 1} : deepmaacc::shape{32, 32, 3});
  net.conv2d("conv2d", {.filters = tiny ? 3U : 6U, .kernel = {kernel, kernel}, .activation = sigmoid});
  net.average_pooling2d("pooling");
  net.conv2d("conv2d_1", {.filters = tiny ? 4U : 16U, .kernel = {kernel, kernel}, .activation = sigmoid});
  if (!tiny) net.average_pooling2d("pooling_1");
  net.flatten();
  net.dense("dense", {tiny ? 6U : 120U, sigmoid});
  net.dense("dense_1", {tiny ? 5U : 84U, sigmoid});
  net.dense("dense_2", {10, activation::softmax{}});
  return net;
}

/// ResNet-20 for small images (He et al. 2016): three stages of three residual blocks, widths w, 2w, 4w.
inline deepmaacc::program_builder resnet20(std::size_t side, std::size_t width) {
  deepmaacc::program_builder net({side, side, 3});
  const auto convolution = [&](std::size_t from, std::size_t channels, std::size_t kernel, std::size_t stride) {
    net.from({from}).conv2d(numbered("conv", net), {.filters = channels,
                                                    .kernel = {kernel, kernel},
                                                    .strides = {stride, stride},
                                                    .padding = deepmaacc::padding::same,
                                                    .use_bias = false});
    return net.batch_normalization(numbered("normalised", net));
  };
  const auto activated = [&] { return net.activation(numbered("relu", net), activation::relu{}); };
  convolution(net.last(), width, 3, 1);
  std::size_t at = activated();
  for (std::size_t stage = 0; stage < 3; ++stage)
    for (std::size_t block = 0; block < 3; ++block) {
      const std::size_t channels = width << stage, stride = stage > 0 && block == 0 ? 2 : 1;
      convolution(at, channels, 3, stride);
      const std::size_t inner = convolution(activated(), channels, 3, 1);
      const std::size_t skip = stride == 2 ? convolution(at, channels, 1, 2) : at;
      net.from({inner, skip}).add(numbered("add", net));
      at = activated();
    }
  net.global_average_pooling2d("pooled");
  net.dense("outputs", {10, activation::softmax{}});
  return net;
}

/// VGG-11 for small images (Simonyan and Zisserman 2015): eight convolutions in five stages, one dense layer.
inline deepmaacc::program_builder vgg11(std::size_t side, std::size_t width) {
  deepmaacc::program_builder net({side, side, 3});
  const auto stage = [&](std::size_t channels, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
      net.conv2d(numbered("conv", net),
                 {.filters = channels, .kernel = {3, 3}, .padding = deepmaacc::padding::same, .activation = activation::relu{}});
    net.max_pooling2d(numbered("pooling", net));
  };
  stage(width, 1);
  stage(2 * width, 1);
  stage(4 * width, 2);
  if (side >= 32) stage(8 * width, 2);
  if (side >= 32) stage(8 * width, 2);
  net.flatten();
  net.dense("outputs", {10, activation::softmax{}});
  return net;
}

/// Random inputs for a network, labelled by what it predicts.
inline subject with_random_inputs(deepmaacc::network<> network, std::size_t inputs) {
  deepmaacc::shape extents{inputs};
  extents.insert(extents.end(), network.input_shape().begin(), network.input_shape().end());
  xt::xarray<float> images(extents);
  const deepmaacc::random_source random(2);
  for (std::size_t i = 0; i < images.size(); ++i) images.data()[i] = static_cast<float>(std::abs(random.normal({0, 0, i, 0})));
  const deepmaacc::test_set<float> unlabelled(images);
  deepmaacc::evaluation_options options;
  options.oracle = deepmaacc::oracle_kind::predictions;
  std::vector<std::uint32_t> labels;
  for (const auto& one : deepmaacc::run_golden(Kokkos::DefaultHostExecutionSpace{}, network, unlabelled, options).decisions)
    labels.push_back(one.winner);
  return {std::move(network), deepmaacc::test_set<float>(std::move(images), labels)};
}

/// A network of a random shape, dense or with convolutions, and random inputs.
inline subject random_subject(std::uint64_t seed, bool tiny) {
  const deepmaacc::random_source random(seed);
  std::size_t drawn = 0;
  const auto between = [&](double least, double most) {  // evenly by their logarithms
    const double share = static_cast<double>(random.bits({.element = ++drawn}) >> 11) * 0x1p-53;
    return static_cast<std::size_t>(std::exp(std::log(least) + share * std::log(most / least)));
  };
  const double size = tiny ? 0.02 : 1;
  const std::size_t inputs = 10 + between(30, 3000 * size + 40), depth = between(1, 5);
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < depth; ++i) widths.push_back(4 + between(8, 1200 * size + 10));
  deepmaacc::program_builder net = dense_network({4 + between(16, 1000 * size + 20)}, widths);
  if (seed % 4 == 1) net = lenet5(tiny);
  if (seed % 4 == 3) net = vgg11(tiny ? 8 : 16, 2 + between(2, 12));
  if (seed % 8 == 6) net = resnet20(tiny ? 8 : 16, 2 + between(2, 8));
  const std::size_t of_convolutions = seed % 4 == 3 || seed % 8 == 6 ? 10 + inputs / 20 : inputs;
  return with_random_inputs(with_random_weights(std::move(net)), seed % 5 == 4 ? 1 + inputs / 100 : of_convolutions);
}

/// The paper's model and test set of a name such as "fcnn-mnist", from `DEEPMAACC_DATA_DIR`.
inline subject from_files(const std::string& name, std::size_t inputs) {
  const char* directory = std::getenv("DEEPMAACC_DATA_DIR");
  if (!directory) throw std::runtime_error("network " + name + " needs DEEPMAACC_DATA_DIR, see docs/data.md");
  const std::string data = std::string(directory) + "/", set = data + name.substr(name.find('-') + 1) + "/t10k-";
  namespace io = deepmaacc::io;
  const io::preparation steps{io::channels{3}, io::pad{2}, io::divide_by{255}};
  const auto stored = io::read_tests(set + "images-idx3-ubyte.gz", set + "labels-idx1-ubyte.gz", steps, inputs);
  // Prepared once: engines are what is measured.
  deepmaacc::shape extents{stored.size()};
  extents.insert(extents.end(), stored.input_shape().begin(), stored.input_shape().end());
  xt::xarray<float> images(extents);
  std::vector<float> scratch;
  const auto rows = stored.block<float>(0, stored.size(), scratch);
  std::copy_n(rows.data(), rows.size(), images.data());
  return {io::read_keras(data + "models/" + name + ".keras"), deepmaacc::test_set<float>(std::move(images), stored.labels())};
}

/// A subject by name. \param tiny  whether a narrow network of that shape will do
inline subject subject_of(const std::string& name, std::size_t inputs, bool tiny) {
  const auto random = [&](deepmaacc::program_builder net) { return with_random_inputs(with_random_weights(std::move(net)), inputs); };
  if (name == "fcnn")
    return random(
        dense_network(tiny ? deepmaacc::shape{8, 8, 1} : deepmaacc::shape{32, 32, 3}, std::vector<std::size_t>(3, tiny ? 6 : 50)));
  if (name == "lenet5") return random(lenet5(tiny));
  if (name == "dense") return random(dense_network({784}, std::vector<std::size_t>(2, tiny ? 20 : 2048)));
  if (name == "resnet20") return random(resnet20(tiny ? 8 : 32, tiny ? 2 : 16));
  if (name == "vgg11") return random(vgg11(tiny ? 8 : 32, tiny ? 2 : 64));
  return from_files(name, inputs);
}

}  // namespace benchmark
