#pragma once

/// \file
/// Random small networks of every layer kind, with branches, and test sets for them.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/core/test_set.hpp>
#include <deepmaacc/core/xtensor.hpp>
#include <deepmaacc/model/activation.hpp>
#include <deepmaacc/network/network.hpp>
#include <deepmaacc/storage/copy.hpp>
#include <functional>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "support/layers.hpp"
#include "support/spaces.hpp"

namespace support {

/// A network and a test set. All numbers are floats, so that both precisions see the same.
struct graph_case {
  layer_graph graph;
  std::vector<std::vector<std::vector<double>>> parameters;  ///< of each layer
  std::vector<std::vector<double>> inputs;
  std::vector<std::uint32_t> labels;

  deepmaacc::shape input_shape() const { return graph.shape_of(0); }
};

/// The case's network in the library.
template <class Storage>
deepmaacc::network<Storage> network_of(const graph_case& from) {
  layer_graph graph = from.graph;
  auto parameters = from.parameters;
  if (graph.shape_of(graph.size() - 1).size() > 1) {  // every number is a class
    graph.append("classes", layers::flatten());
    parameters.emplace_back();
  }
  return deepmaacc::network<Storage>(graph.with(parameters));
}

/// The case's test set in the library.
template <class T>
deepmaacc::test_set<T> tests_of(const graph_case& from) {
  std::vector<std::size_t> extents{from.inputs.size()};
  const deepmaacc::shape one = from.input_shape();
  extents.insert(extents.end(), one.begin(), one.end());
  xt::xarray<T> inputs(extents);
  std::size_t at = 0;
  for (const auto& input : from.inputs)
    for (const double value : input) inputs.data()[at++] = static_cast<T>(value);
  return deepmaacc::test_set<T>(std::move(inputs), from.labels);
}

/// What the network says of every input, in double: (inputs × classes).
inline std::vector<std::vector<double>> outputs_of(const graph_case& from) {
  auto network = network_of<deepmaacc::storage::kokkos_view<double, Kokkos::HostSpace>>(from);
  std::vector<std::vector<double>> all;
  for (const auto& input : from.inputs) {
    std::vector<double> outputs(network.classes());
    network.predict(deepmaacc::matrix<const double>(input.data(), 1, input.size()),
                    deepmaacc::matrix<double>(outputs.data(), 1, outputs.size()));
    all.push_back(std::move(outputs));
  }
  return all;
}

/// Builds a case layer by layer. Layers that do not fit, or give more numbers than is sensible here, are left out.
class graph_maker {
 public:
  explicit graph_maker(std::uint64_t seed) : random_(seed) {}

  std::size_t pick(std::size_t low, std::size_t high) { return std::uniform_int_distribution<std::size_t>(low, high)(random_); }
  bool chance(std::size_t one_in) { return pick(1, one_in) == 1; }
  double number(double scale) { return static_cast<double>(static_cast<float>(scale * normal_(random_))); }

  deepmaacc::shape shape_of(std::size_t vertex) const { return made_.graph.shape_of(vertex); }
  std::size_t classes() const { return deepmaacc::element_count(shape_of(made_.graph.size() - 1)); }

  std::size_t begin(deepmaacc::shape input) {
    made_.graph = layer_graph(std::move(input));
    made_.parameters.emplace_back();
    return 0;
  }

  /// \param scale  of the weights, beside what keeps sums at the size of what is summed
  std::size_t add(const layer& what, const std::vector<std::size_t>& inputs, double scale = 1.5) {
    const std::size_t vertex = made_.graph.add(what.kind + "_" + std::to_string(made_.graph.size()), what, inputs);
    made_.parameters.emplace_back();
    for (const auto& one : made_.graph.parameters_of(vertex)) made_.parameters.back().push_back(numbers(one, scale));
    return vertex;
  }

  /// The layer, where it fits.
  std::optional<std::size_t> try_add(const layer& what, const std::vector<std::size_t>& inputs) {
    try {
      layer_graph tried = made_.graph;
      const auto& output = tried.shape_of(tried.add("tried", what, inputs));
      if (deepmaacc::element_count(output) > most_elements || output.empty()) return std::nullopt;
    } catch (const deepmaacc::model_error&) {
      return std::nullopt;
    }
    return add(what, inputs);
  }
  /// The layer where it fits, else what it would have been put behind.
  std::size_t maybe(std::size_t vertex, const layer& what) { return try_add(what, {vertex}).value_or(vertex); }

  deepmaacc::activation_function activation() {
    namespace activations = deepmaacc::activation;
    if (chance(4)) return activations::relu{};
    if (chance(12)) return activations::leaky_relu{chance(2) ? 1.4 : 0.05};
    if (chance(12)) return activations::clipped_relu{0.1, 0.2, 1.5};
    if (chance(12)) return activations::elu{0.4};
    static const auto names = deepmaacc::activation_names();
    return deepmaacc::find_activation(names[pick(0, names.size() - 1)]).value();
  }

  std::size_t flat(std::size_t vertex) { return shape_of(vertex).size() == 1 ? vertex : add(layers::flatten(), {vertex}); }
  std::size_t dense(std::size_t vertex, std::size_t units) { return add(layers::dense(units, activation(), pick(0, 3) > 0), {vertex}); }

  /// Some layer of any kind.
  std::size_t any(std::size_t vertex) {
    const std::size_t rank = shape_of(vertex).size();
    if (chance(9)) return reshaped(vertex);
    if (chance(3)) return any_of_every_rank(vertex);
    if (rank == 2) return any_over_images<1>(vertex);
    if (rank == 3) return any_over_images<2>(vertex);
    return dense(vertex, pick(1, 7));
  }

  /// Several ways on from a layer, joined.
  std::size_t branches(std::size_t vertex) {
    namespace model = support::layers;
    std::vector<std::size_t> ends;
    // A tenth of the joins read the same layer twice.
    for (std::size_t i = chance(10) ? 0 : pick(2, 9) / 3 + 1; i > 0; --i) {
      std::size_t end = vertex;
      for (std::size_t length = ends.empty() && chance(2) ? 0 : pick(1, 2); length > 0; --length)  // none: a residual block
        end = chance(4) ? any(end) : keeping_shape(end);
      if (chance(5)) end = thinned(end);
      ends.push_back(end);
    }
    if (ends.size() < 2) ends.assign(2, ends.empty() ? vertex : ends.front());
    for (int tries = 0; tries < 4; ++tries)
      if (const auto joined = try_add(merge(), ends)) return *joined;
    for (std::size_t& one : ends) one = flat(one);
    if (chance(2)) return add(model::concatenate(), ends);
    const std::size_t units = pick(1, 4);
    for (std::size_t& one : ends) one = dense(one, units);
    const auto joined = try_add(merge(), ends);
    return joined ? *joined : add(model::maximum(), ends);
  }

  /// The last layers, with outputs for so many classes, or for as many as come about.
  void finish(std::size_t vertex, std::size_t classes) {
    namespace model = support::layers;
    if (chance(8) && shape_of(vertex).size() == 3)
      if (const auto filters = try_add(model::conv2d(classes, {{pick(1, 2), pick(1, 2)}}), {vertex})) {
        add(chance(2) ? layer(model::global_average_pooling2d()) : layer(model::global_max_pooling2d()), {*filters});
        return;
      }
    if (chance(8) && deepmaacc::element_count(shape_of(vertex)) / shape_of(vertex).back() <= 4) {  // several numbers at several places
      dense(vertex, 2);
      return;
    }
    vertex = flat(vertex);
    for (std::size_t i = pick(0, 2); i > 0; --i) vertex = dense(vertex, pick(1, 9));
    if (chance(6)) {  // two heads
      std::vector<std::size_t> heads;
      for (int i = 0; i < 2; ++i) heads.push_back(dense(chance(2) ? dense(vertex, pick(1, 5)) : vertex, classes));
      const auto joined = try_add(merge(), heads);
      vertex = joined ? *joined : add(model::add(), heads);
      if (chance(2)) add(model::softmax_layer(model::activation::softmax{}), {vertex});
      return;
    }
    constexpr std::array<const char*, 4> lasts{"linear", "softmax", "sigmoid", "tanh"};
    add(model::dense(classes, deepmaacc::find_activation(lasts[pick(0, 3)]).value(), !chance(4)), {vertex});
    if (chance(6)) add(model::dropout(), {made_.graph.size() - 1});
  }

  /// \param scale  of the inputs. Some test sets have elements that are 0 in all inputs, or channels that are equal: engines may use that.
  graph_case with_inputs(std::size_t count, double scale = 1) {
    const std::size_t channels = made_.input_shape().back(), equal = chance(4) ? channels : 1;
    std::vector<bool> is_zero(deepmaacc::element_count(made_.input_shape()), false);
    if (chance(4))
      for (std::size_t i = 0; i < is_zero.size(); ++i) is_zero[i] = chance(2);
    for (std::size_t i = 0; i < count; ++i) {
      auto& input = made_.inputs.emplace_back(is_zero.size());
      for (std::size_t at = 0; at < input.size(); ++at)
        input[at] = is_zero[at - at % equal] ? 0 : at % equal ? input[at - 1] : number(scale);
    }
    // Most labels are what the network says, so that there is something to lose.
    const auto outputs = outputs_of(made_);
    for (const auto& one : outputs) {
      const auto predicted = static_cast<std::size_t>(std::max_element(one.begin(), one.end()) - one.begin());
      made_.labels.push_back(static_cast<std::uint32_t>(chance(7) ? pick(0, one.size() - 1) : predicted));
    }
    return made_;
  }

 private:
  static constexpr std::size_t most_elements = 160;

  std::vector<double> numbers(const deepmaacc::parameter& of, double scale) {
    std::vector<double> all(deepmaacc::element_count(of.extents()));
    const bool is_depthwise = of.name() == "depthwise_kernel";
    const bool is_kernel = of.extents().size() > 1 && of.name().find("kernel") != std::string::npos;
    const std::size_t outputs = is_kernel ? of.extents().back() * (is_depthwise ? of.extents()[of.extents().size() - 2] : 1) : 1;
    for (double& one : all) {
      if (is_kernel)
        one = number(scale / std::sqrt(static_cast<double>(all.size() / outputs)));
      else if (of.name().find("variance") != std::string::npos)
        one = 0.2 + std::abs(number(1));
      else if (of.name() == "gamma")
        one = 1 + number(0.4);
      else
        one = number(of.name() == "count" ? 0 : 0.3);
      one = static_cast<double>(static_cast<float>(one));
    }
    return all;
  }

  layer merge() {
    namespace model = support::layers;
    switch (pick(0, 8)) {
      case 0:
        return model::add();
      case 1:
        return model::subtract();
      case 2:
        return model::multiply();
      case 3:
        return model::average();
      case 4:
        return model::maximum();
      case 5:
        return model::minimum();
      default:
        return model::concatenate(pick(0, 1) ? static_cast<std::int64_t>(pick(1, 3)) : -static_cast<std::int64_t>(pick(1, 3)));
    }
  }

  /// A layer whose output has the shape of its input.
  std::size_t keeping_shape(std::size_t vertex) {
    namespace model = support::layers;
    const deepmaacc::shape at = shape_of(vertex);
    if (chance(3)) return dense(vertex, at.back());
    if (at.size() == 3 && chance(2)) {
      model::window2d window{{pick(1, 3), pick(1, 3)}};
      window.padding = model::padding::same;
      return add(model::conv2d(at.back(), window, activation()), {vertex});
    }
    if (at.size() == 2 && chance(2)) {
      model::window1d window{{pick(1, 3)}};
      window.padding = chance(2) ? model::padding::same : model::padding::causal;
      return add(model::conv1d(at.back(), window, activation()), {vertex});
    }
    return any_of_every_rank(vertex, true);
  }

  /// Some extents become 1, so that what follows repeats them.
  std::size_t thinned(std::size_t vertex) {
    namespace model = support::layers;
    const deepmaacc::shape at = shape_of(vertex);
    if (chance(2)) return dense(vertex, 1);
    if (at.size() == 3) return add(model::global_average_pooling2d(true), {vertex});
    if (at.size() == 2) return add(model::global_max_pooling1d(true), {vertex});
    return vertex;
  }

  std::size_t any_of_every_rank(std::size_t vertex, bool keeps_shape = false) {
    namespace model = support::layers;
    const deepmaacc::shape at = shape_of(vertex);
    const auto axis = [&] { return static_cast<std::int64_t>(pick(1, at.size())); };
    switch (pick(0, keeps_shape ? 5 : 9)) {
      case 0: {
        constexpr std::array<double, 3> slopes{0.1, 0.3, 1.2};
        if (chance(4)) return add(model::leaky_relu_layer(model::activation::leaky_relu{slopes[pick(0, 2)]}), {vertex});
        if (chance(4)) return add(model::relu_layer(model::activation::relu{}), {vertex});
        if (chance(4)) return add(model::elu_layer(model::activation::elu{0.7}), {vertex});
        if (chance(4)) return add(model::softmax_layer(model::activation::softmax{}), {vertex});
        return add(model::activation_layer(activation()), {vertex});
      }
      case 1: {
        deepmaacc::batch_normalization_options normalised;
        normalised.axis = chance(2) ? -1 : axis();
        normalised.has_beta = !chance(4), normalised.has_gamma = !chance(4);
        return add(model::batch_normalization(normalised), {vertex});
      }
      case 2: {
        deepmaacc::layer_normalization_options normalised;
        normalised.axes = {chance(2) ? -1 : axis()};
        return add(model::layer_normalization(normalised), {vertex});
      }
      case 3: {
        if (chance(2)) return add(model::rescaling(number(1) + 1.5, number(0.5)), {vertex});
        deepmaacc::normalization_options normalised;
        if (chance(2)) normalised.axes = {axis()};
        normalised.is_inverse = chance(3);
        return add(model::normalization(normalised), {vertex});
      }
      case 4: {
        std::vector<std::int64_t> shared;
        for (std::size_t one = 1; one <= at.size(); ++one)
          if (chance(2)) shared.push_back(static_cast<std::int64_t>(one));
        return add(model::prelu(shared), {vertex});
      }
      case 5:
        return add(nothing_at_all(), {vertex});
      case 6:
        return reshaped(vertex);
      case 7: {
        std::vector<std::size_t> order;
        for (std::size_t one = 1; one <= at.size(); ++one) order.push_back(one);
        std::shuffle(order.begin(), order.end(), random_);
        return add(model::permute(order), {vertex});
      }
      default:
        return dense(vertex, pick(1, 4));  // over the last axis
    }
  }

  layer nothing_at_all() {
    namespace model = support::layers;
    switch (pick(0, 7)) {
      case 0:
        return model::dropout();
      case 1:
        return model::identity("GaussianDropout");
      case 2:
        return model::identity("GaussianNoise");
      case 3:
        return model::identity("AlphaDropout");
      case 4:
        return model::identity("ActivityRegularization");
      case 5:
        return model::identity("SpatialDropout1D");
      case 6:
        return model::identity("SpatialDropout2D");
      default:
        return model::identity();
    }
  }

  /// The same elements in one to three axes: also such that what were channels no longer are.
  std::size_t reshaped(std::size_t vertex) {
    std::size_t left = deepmaacc::element_count(shape_of(vertex));
    std::vector<std::int64_t> target;
    for (std::size_t axes = pick(0, 2); axes > 0; --axes) {
      std::vector<std::size_t> divisors;
      for (std::size_t one = 1; one <= left; ++one)
        if (left % one == 0) divisors.push_back(one);
      target.push_back(static_cast<std::int64_t>(divisors[pick(0, divisors.size() - 1)]));
      left /= static_cast<std::size_t>(target.back());
    }
    target.push_back(static_cast<std::int64_t>(left));
    return add(layers::reshape(std::move(target)), {vertex});
  }

  template <std::size_t Rank>
  layers::window<Rank> window(bool may_be_dilated) {
    namespace model = support::layers;
    model::window<Rank> made;
    for (std::size_t& one : made.extent) one = pick(1, 3);
    for (std::size_t& one : made.stride) one = chance(2) ? 1 : pick(1, 3);
    if (may_be_dilated && chance(3))
      for (std::size_t& one : made.dilation) one = pick(1, 2);
    made.padding = chance(2) ? model::padding::same : model::padding::valid;
    if (Rank == 1 && may_be_dilated && chance(3)) made.padding = model::padding::causal;
    return made;
  }

  template <std::size_t Rank>
  std::size_t any_over_images(std::size_t vertex) {
    namespace model = support::layers;
    const std::size_t channels = shape_of(vertex).back();
    deepmaacc::image_border<Rank> border{};
    for (auto& axis : border)
      for (std::size_t& side : axis) side = pick(0, 2);
    std::array<std::size_t, Rank> times{};
    for (std::size_t& one : times) one = pick(1, 2);
    constexpr auto keep = [](std::size_t which) { return which == 0; };
    switch (pick(0, 13)) {
      case 0:
        return maybe(vertex, model::depthwise_convolution<Rank>(window<Rank>(true), pick(1, 2), activation(), !chance(3)));
      case 1:
        return maybe(vertex, model::separable_convolution<Rank>(pick(1, 4), window<Rank>(true), pick(1, 2), activation(), !chance(3)));
      case 2:
        return maybe(vertex, model::pooling<Rank>(true, window<Rank>(false)));
      case 3:
        return maybe(vertex, model::pooling<Rank>(false, window<Rank>(false)));
      case 4:
        return chance(2) ? maybe(vertex, model::global_pooling<Rank>(true, keep(pick(0, 1))))
                         : maybe(vertex, model::global_pooling<Rank>(false, keep(pick(0, 1))));
      case 5:
        return maybe(vertex, model::bordered<Rank>(false, border));
      case 6:
        return maybe(vertex, model::bordered<Rank>(true, border));
      case 7:
        return maybe(vertex, model::upsampling<Rank>(times));
      case 8:
      case 9: {
        std::size_t groups = pick(1, channels);
        while (channels % groups != 0) --groups;
        return maybe(vertex, model::convolution<Rank>(groups * pick(1, 2), window<Rank>(true), activation(), !chance(3), groups));
      }
      default:
        return maybe(vertex, model::convolution<Rank>(pick(1, 4), window<Rank>(true), activation(), !chance(3)));
    }
  }

  std::mt19937_64 random_;
  std::normal_distribution<double> normal_;
  graph_case made_;
};

/// A random network: an image, a sequence or a vector, some layers, perhaps branches; and at least two classes.
inline graph_case random_graph(std::uint64_t seed, std::size_t input_count) {
  graph_maker make(seed);
  const std::size_t rank = make.pick(0, 6);
  std::size_t at = make.begin(rank < 4   ? deepmaacc::shape{make.pick(1, 6), make.pick(1, 6), make.pick(1, 3)}
                              : rank < 6 ? deepmaacc::shape{make.pick(1, 9), make.pick(1, 3)}
                                         : deepmaacc::shape{make.pick(1, 9)});
  for (std::size_t i = make.pick(1, 4); i > 0; --i) at = make.chance(4) ? make.branches(at) : make.any(at);
  make.finish(at, make.pick(2, 5));
  if (make.classes() < 2) return random_graph(seed + 1'000'003, input_count);
  return make.with_inputs(input_count);
}

/// What a random network of dense layers is like.
struct dense_choices {
  std::vector<std::size_t> widths;                          ///< of the hidden layers
  std::vector<deepmaacc::activation_function> activations;  ///< one for each of them
  std::size_t features = 5, classes = 3, inputs = 20;
  double weight_scale = 1.5, input_scale = 1;
};

inline graph_case dense_network(std::uint64_t seed, const dense_choices& chosen) {
  graph_maker make(seed);
  std::size_t at = make.begin({chosen.features});
  for (std::size_t i = 0; i < chosen.widths.size(); ++i)
    at = make.add(layers::dense(chosen.widths[i], chosen.activations[i], !make.chance(5)), {at}, chosen.weight_scale);
  make.add(layers::dense(chosen.classes), {at}, chosen.weight_scale);
  return make.with_inputs(chosen.inputs, chosen.input_scale);
}

}  // namespace support
