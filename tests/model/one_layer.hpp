#pragma once

/// \file
/// One layer on its own: what it gives for random inputs, and how tests look at tensors of any shape.

#include <Kokkos_Core.hpp>
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/io/keras_layers.hpp>
#include <deepmaacc/model/program_builder.hpp>
#include <deepmaacc/network/rows/forward.hpp>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "support/layers.hpp"

namespace support {

/// Elements of a tensor by their indices.
struct tensor {
  deepmaacc::shape extents;
  std::vector<double> values;

  explicit tensor(deepmaacc::shape of, double value = 0) : extents(std::move(of)), values(deepmaacc::element_count(extents), value) {}

  double& at(const std::vector<std::size_t>& index) { return values[position(index)]; }
  double at(const std::vector<std::size_t>& index) const { return values[position(index)]; }

  /// Calls `visit(index)` for every index.
  template <class Visit>
  void for_each(const Visit& visit) const {
    std::vector<std::size_t> index(extents.size(), 0);
    for (std::size_t count = values.size(); count > 0; --count) {
      visit(index);
      for (std::size_t axis = extents.size(); axis-- > 0;) {
        if (++index[axis] < extents[axis]) break;
        index[axis] = 0;
      }
    }
  }

 private:
  std::size_t position(const std::vector<std::size_t>& index) const {
    std::size_t at = 0;
    for (std::size_t axis = 0; axis < extents.size(); ++axis) at = at * extents[axis] + index[axis];
    return at;
  }
};

class random_tensors {
 public:
  explicit random_tensors(std::uint64_t seed) : random_(seed) {}
  std::size_t pick(std::size_t low, std::size_t high) { return std::uniform_int_distribution<std::size_t>(low, high)(random_); }
  double number() { return normal_(random_); }
  deepmaacc::shape extents(std::size_t rank) {
    deepmaacc::shape all(rank);
    for (auto& one : all) one = pick(1, 5);
    return all;
  }
  tensor of(deepmaacc::shape extents) {
    tensor made(std::move(extents));
    for (double& one : made.values) one = number();
    return made;
  }

 private:
  std::mt19937_64 random_;
  std::normal_distribution<double> normal_;
};

/// The layer that a model file describes.
inline layer read_layer(const deepmaacc::io::layer_config& config) {
  static const deepmaacc::io::keras_layers known;
  const auto* reader = known.find(config.class_name(), "", true);
  if (!reader) config.fail("layers of this class are not supported");
  return {config.class_name(), [config, reader](deepmaacc::program_builder& net, std::string name) {
            auto named = config;
            named.rename(std::move(name));
            (*reader)(named, net);
            return net.last();
          }};
}

/// A network whose last layer, of some name, is this one; its inputs are cut from one input that has all of them side by side.
inline deepmaacc::program alone(const layer& what, const std::vector<deepmaacc::shape>& inputs, const std::string& name = "tested") {
  if (inputs.size() == 1) {
    deepmaacc::program_builder net(inputs.front());
    what.add(net, name);
    return net.made();
  }
  std::size_t all = 0, begin = 0;
  for (const auto& one : inputs) all += deepmaacc::element_count(one);
  deepmaacc::program_builder net({all});
  std::vector<std::size_t> parts;
  for (const auto& one : inputs) {
    const std::size_t count = deepmaacc::element_count(one);
    net.from({0}).begin("part" + std::to_string(parts.size()), "part");
    parts.push_back(net.made().add(deepmaacc::operation::rearrangement{one, {{all}}, {{0, begin, 0, {{count, 1, 1}}}}}, {0}));
    begin += count;
  }
  net.from(parts);
  what.add(net, name);
  return net.made();
}

inline deepmaacc::shape output_shape_of(const layer& what, const std::vector<deepmaacc::shape>& inputs) { return alone(what, inputs).output_shape(); }

/// Whether nothing runs for a layer.
inline bool is_identity(const layer& what, const deepmaacc::shape& input) {
  const auto model = alone(what, {input});
  for (std::size_t node = 1; node < model.size(); ++node)
    if (!deepmaacc::is_identity(model[node].does)) return false;
  return true;
}

/// What a layer gives on a space. inputs[i][row] is input i of a row; the result is one tensor per row.
template <class T = double, class Space>
std::vector<tensor> outputs_of(const Space& space, const layer& what, const std::vector<std::vector<tensor>>& inputs,
                               const std::vector<tensor>& parameters = {}) {
  using memory = typename Space::memory_space;
  using array = Kokkos::View<T**, Kokkos::LayoutRight, memory>;
  const std::size_t rows = inputs.front().size();
  const auto moved = [](const std::vector<std::vector<double>>& numbers) {
    const array made("rows", numbers.size(), numbers.front().size());
    const auto host = Kokkos::create_mirror_view(made);
    for (std::size_t i = 0; i < numbers.size(); ++i)
      for (std::size_t j = 0; j < numbers[i].size(); ++j) host(i, j) = static_cast<T>(numbers[i][j]);
    Kokkos::deep_copy(made, host);
    return made;
  };
  std::vector<deepmaacc::shape> shapes;
  std::vector<std::vector<double>> whole(rows);
  for (const auto& one : inputs) {
    shapes.push_back(one.front().extents);
    for (std::size_t i = 0; i < rows; ++i) whole[i].insert(whole[i].end(), one[i].values.begin(), one[i].values.end());
  }
  const auto model = alone(what, shapes);
  std::vector<array> arrays;
  const auto& trained = model.layers().back().parameters;
  BOOST_REQUIRE(trained.size() == parameters.size());
  for (std::size_t i = 0; i < model.parameters().size(); ++i) {
    const auto own = std::find(trained.begin(), trained.end(), i);
    std::vector<double> numbers;
    if (own != trained.end()) {
      const tensor& given = parameters[static_cast<std::size_t>(own - trained.begin())];
      BOOST_REQUIRE(model.parameters()[i].extents() == given.extents);
      numbers = given.values;
    } else {
      model.parameters()[i].visit([&](const auto& constants) { numbers.assign(constants.begin(), constants.end()); });
    }
    arrays.push_back(moved({numbers}));
  }
  std::vector<array> tensors{moved(whole)};
  for (std::size_t node = 1; node < model.size(); ++node) {
    const auto sources = model.inputs_of(node);
    if (deepmaacc::is_identity(model[node].does)) {
      tensors.push_back(tensors[sources.front()]);
      continue;
    }
    std::vector<deepmaacc::matrix<const T, memory>> from;
    std::vector<const T*> numbers;
    for (const std::size_t one : sources) from.emplace_back(tensors[one]);
    for (const std::size_t one : model[node].parameters) numbers.push_back(arrays[one].data());
    tensors.emplace_back("output", rows, deepmaacc::element_count(model[node].output_shape));
    const auto input_shapes = model.input_shapes_of(node);
    const Kokkos::View<T*, memory> scratch("scratch", deepmaacc::by_rows::scratch_of(model[node].does, input_shapes, rows));
    deepmaacc::by_rows::run(model[node].does, deepmaacc::by_rows::context<Space, T>{space, from, input_shapes, tensors.back(),
                                                                                    model[node].output_shape, numbers, scratch.data(), nullptr});
  }
  space.fence();
  const auto host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace{}, tensors[model.output()]);
  std::vector<tensor> found(rows, tensor(model.output_shape()));
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t j = 0; j < found[i].values.size(); ++j) found[i].values[j] = static_cast<double>(host(i, j));
  return found;
}

/// Largest difference, relative to max(1, |expected|); infinite where one is NaN or the shapes differ.
inline double difference(const tensor& found, const tensor& expected) {
  if (found.extents != expected.extents) return INFINITY;
  double worst = 0;
  for (std::size_t i = 0; i < expected.values.size(); ++i) {
    const double off = std::abs(found.values[i] - expected.values[i]) / std::max(1.0, std::abs(expected.values[i]));
    if (!(off <= worst)) worst = std::isnan(off) ? INFINITY : off;
  }
  return worst;
}

}  // namespace support
