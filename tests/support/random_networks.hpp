#pragma once

/// \file
/// Random small networks and test sets, as the verifier sees them and as the library does.

#include <cstddef>
#include <cstdint>
#include <deepmaacc/core/test_set.hpp>
#include <deepmaacc/core/xtensor.hpp>
#include <deepmaacc/network/network.hpp>
#include <deepmaacc/storage/copy.hpp>
#include <random>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "support/layers.hpp"
#include "support/naive_network.hpp"
#include "support/spaces.hpp"

namespace support {

/// A network and a test set.
struct random_case {
  naive::network network;
  std::size_t h = 1, w = 1, c = 1;  // of an input
  std::vector<naive::tensor> inputs;
  std::vector<std::size_t> labels;
  std::size_t classes = 0;
};

/// A random case: convolutions and pooling with odd sizes, strides and both paddings, dense layers, every activation. With
/// `ties` all numbers are small integers and half of the activations relu, so that outputs often tie exactly.
inline random_case make_case(std::uint64_t seed, bool ties, std::size_t input_count) {
  std::mt19937_64 random(seed);
  const auto pick = [&](std::size_t low, std::size_t high) { return std::uniform_int_distribution<std::size_t>(low, high)(random); };
  std::normal_distribution<double> normal;
  // Floats, so that float and double networks hold the same weights.
  const auto number = [&](double scale) {
    return ties ? static_cast<double>(pick(0, 2)) - 1 : static_cast<double>(static_cast<float>(scale * normal(random)));
  };
  const std::vector<std::string> names{"relu", "sigmoid", "tanh", "linear", "softmax"};
  const auto activation = [&](std::size_t last) { return ties ? names[pick(0, 1) * 3] : names[pick(0, last)]; };

  random_case made;
  made.h = pick(4, 9), made.w = pick(4, 9), made.c = pick(1, 3);
  made.classes = pick(2, 5);
  naive::tensor x{made.h, made.w, made.c, std::vector<double>(made.h * made.w * made.c)};  // only its shape matters here
  const auto add = [&](naive::layer l) {
    if (l.neurons > 0) {
      const std::size_t taps = l.kernel_h * l.kernel_w * x.c;
      const bool has_bias = pick(0, 3) > 0;
      for (std::size_t i = 0; i < taps * l.neurons; ++i) l.weights.push_back(number(1.5 / std::sqrt(static_cast<double>(taps))));
      for (std::size_t i = 0; has_bias && i < l.neurons; ++i) l.bias.push_back(number(0.3));
    }
    x = naive::run(l, x);
    made.network.push_back(std::move(l));
  };
  for (std::size_t i = pick(0, 2); i > 0; --i) {
    naive::layer l;
    l.kind = std::vector<std::string>{"conv2d", "conv2d", "average_pooling2d", "max_pooling2d"}[pick(0, 3)];
    if (ties && l.kind == "average_pooling2d") l.kind = "max_pooling2d";
    l.kernel_h = pick(1, std::min<std::size_t>(3, x.h)), l.kernel_w = pick(1, std::min<std::size_t>(3, x.w));
    l.stride_h = pick(1, 2), l.stride_w = pick(1, 2);
    l.same = pick(0, 1) == 1;
    if (l.kind == "conv2d") l.neurons = pick(1, 4), l.activation = activation(4);
    add(l);
  }
  if (pick(0, 3) == 0) {
    naive::layer l;
    l.kind = "activation", l.activation = activation(4);
    add(l);
  }
  if (pick(0, 3) == 0) {  // a dense layer over the last axis of an image
    naive::layer l;
    l.kind = "dense", l.neurons = pick(1, 4), l.activation = activation(3);
    add(l);
  }
  naive::layer flatten, dropout;
  flatten.kind = "flatten", dropout.kind = "dropout";
  add(flatten);
  for (std::size_t i = pick(0, 2); i > 0; --i) {
    naive::layer l;
    l.kind = "dense", l.neurons = pick(1, 7), l.activation = activation(3);
    add(l);
    if (pick(0, 2) == 0) add(dropout);
  }
  naive::layer output;
  output.kind = "dense", output.neurons = made.classes, output.activation = ties ? "softmax" : names[pick(0, 4)];
  add(output);

  for (std::size_t i = 0; i < input_count; ++i) {
    naive::tensor input{made.h, made.w, made.c, {}};
    for (std::size_t j = 0; j < made.h * made.w * made.c; ++j)
      input.values.push_back(ties ? static_cast<double>(pick(0, 2)) : static_cast<double>(static_cast<float>(normal(random))));
    // Most labels are what the network says, so that there is something to lose.
    const std::size_t predicted = naive::possible_classes(naive::outputs(made.network, input)).front();
    made.labels.push_back(pick(0, 4) == 0 ? pick(0, made.classes - 1) : predicted);
    made.inputs.push_back(std::move(input));
  }
  return made;
}

inline deepmaacc::activation_function activation_of(const naive::layer& l) { return deepmaacc::find_activation(l.activation).value(); }

inline layer layer_of(const naive::layer& l) {
  namespace model = support::layers;
  const model::window2d window{{l.kernel_h, l.kernel_w}, {l.stride_h, l.stride_w}, l.same ? model::padding::same : model::padding::valid};
  if (l.kind == "dense") return model::dense(l.neurons, activation_of(l), !l.bias.empty());
  if (l.kind == "conv2d") return model::conv2d(l.neurons, window, activation_of(l), !l.bias.empty());
  if (l.kind == "average_pooling2d") return model::average_pooling2d(window);
  if (l.kind == "max_pooling2d") return model::max_pooling2d(window);
  if (l.kind == "flatten") return model::flatten();
  if (l.kind == "dropout") return model::dropout();
  return model::activation_layer(activation_of(l));
}

/// The case's network in the library. Its layer i + 1 is the verifier's layer i: layer 0 is the input.
template <class Storage = deepmaacc::storage::xtensor_host<float>, class Space = deepmaacc::this_thread>
deepmaacc::network<Storage, Space> network_of(const random_case& from, Space space = {}) {
  layer_graph graph(deepmaacc::shape{from.h, from.w, from.c});
  std::vector<std::vector<std::vector<double>>> parameters(1);
  for (std::size_t i = 0; i < from.network.size(); ++i) {
    const naive::layer& l = from.network[i];
    graph.append(l.kind + "_" + std::to_string(i), layer_of(l));
    parameters.emplace_back();
    if (l.neurons > 0) parameters.back().push_back(l.weights);
    if (!l.bias.empty()) parameters.back().push_back(l.bias);
  }
  return deepmaacc::network<Storage, Space>(graph.with(parameters), space);
}

/// The case's test set in the library.
template <class T = float>
deepmaacc::test_set<T> tests_of(const random_case& from) {
  xt::xtensor<T, 4> inputs(std::array<std::size_t, 4>{from.inputs.size(), from.h, from.w, from.c});
  std::size_t at = 0;
  for (const auto& input : from.inputs)
    for (const double value : input.values) inputs.data()[at++] = static_cast<T>(value);
  return deepmaacc::test_set<T>(std::move(inputs), from.labels);
}

}  // namespace support
