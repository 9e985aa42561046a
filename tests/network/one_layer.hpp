#pragma once

/// \file
/// One layer on its own: what it gives for random inputs, and how tests look at tensors of any shape.

#include <Kokkos_Core.hpp>
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/io/keras_layers.hpp>
#include <deepmaacc/model/program_builder.hpp>
#include <deepmaacc/network/network.hpp>
#include <deepmaacc/storage/kokkos_view.hpp>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "support/layers.hpp"
#include "support/spaces.hpp"

namespace support {

/// Elements of a tensor by their indices.
struct tensor {
  deepmaacc::shape extents;
  std::vector<double> values;

  explicit tensor(deepmaacc::shape of, double value = 0) : extents(std::move(of)), values(deepmaacc::element_count(extents), value) {}
  tensor(deepmaacc::shape of, std::vector<double> given) : extents(std::move(of)), values(std::move(given)) {}

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
            reader->by(named, net);
            return net.last();
          }};
}

/// A network whose input is cut into tensors of these shapes, which lie in it one behind the other; and the nodes that give them.
struct cut_input {
  deepmaacc::program_builder net;
  std::vector<std::size_t> parts;

  explicit cut_input(const std::vector<deepmaacc::shape>& shapes)
      : net(shapes.size() == 1 ? shapes.front() : deepmaacc::shape{total(shapes)}) {
    if (shapes.size() == 1) {
      parts = {0};
      return;
    }
    std::size_t begin = 0;
    for (const auto& one : shapes) {
      const auto from = net.from({0}).begin("part_" + std::to_string(parts.size()), "Part");
      const std::size_t count = deepmaacc::element_count(one);
      deepmaacc::operation::rearrangement cut{one, {{total(shapes)}}, {{0, begin, 0, {{count, 1, 1}}}}};
      parts.push_back(net.end(net.made().add(std::move(cut), from)));
      begin += count;
    }
  }

 private:
  static std::size_t total(const std::vector<deepmaacc::shape>& shapes) {
    std::size_t sum = 0;
    for (const auto& one : shapes) sum += deepmaacc::element_count(one);
    return sum;
  }
};

/// A network whose last layer, of some name, is this one.
inline deepmaacc::program alone(const layer& what, const std::vector<deepmaacc::shape>& inputs, const std::string& name = "tested") {
  cut_input made(inputs);
  what.add(made.net.from(made.parts), name);
  return made.net.made();
}

inline deepmaacc::shape output_shape_of(const layer& what, const std::vector<deepmaacc::shape>& inputs) {
  return alone(what, inputs).output_shape();
}

/// Whether nothing runs for a layer.
inline bool is_identity(const layer& what, const deepmaacc::shape& input) {
  const auto model = alone(what, {input});
  for (std::size_t node = 1; node < model.size(); ++node)
    if (!deepmaacc::is_identity(model[node].does)) return false;
  return true;
}

/// The network with a Dense layer behind it that copies every number: a network needs neurons.
inline deepmaacc::program copied(deepmaacc::program_builder net) {
  if (net.shape_of(net.last()).empty()) net.flatten("flat");
  const std::size_t channels = net.shape_of(net.last()).back();
  std::vector<double> identity(channels * channels);
  for (std::size_t i = 0; i < channels; ++i) identity[i * channels + i] = 1;
  net.dense("copy", {channels, {}, false}, {identity});
  return std::move(net).finish();
}

/// A network's outputs on a space: a row for each row of the input.
template <class T, class Space>
std::vector<std::vector<double>> rows_of(const Space& space, deepmaacc::program model, const std::vector<std::vector<double>>& rows) {
  using memory = typename Space::memory_space;
  using array = Kokkos::View<T**, Kokkos::LayoutRight, memory>;
  deepmaacc::network<deepmaacc::storage::kokkos_view<T, memory>, Space> network(std::move(model), space);
  const array inputs("inputs", rows.size(), rows.front().size()), outputs("outputs", rows.size(), network.classes());
  const auto host = Kokkos::create_mirror_view(inputs);
  for (std::size_t i = 0; i < host.extent(0); ++i)
    for (std::size_t j = 0; j < host.extent(1); ++j) host(i, j) = static_cast<T>(rows[i][j]);
  Kokkos::deep_copy(inputs, host);
  network.predict(deepmaacc::matrix<const T, memory>(inputs), deepmaacc::matrix<T, memory>(outputs));
  space.fence();
  const auto result = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace{}, outputs);
  std::vector<std::vector<double>> all;
  for (std::size_t i = 0; i < result.extent(0); ++i)
    all.emplace_back(result.data() + i * result.extent(1), result.data() + (i + 1) * result.extent(1));
  return all;
}

/// What a layer gives on a space. inputs[i][row] is input i of a row; the result is one tensor per row.
template <class T = double, class Space>
std::vector<tensor> outputs_of(const Space& space, const layer& tested, const std::vector<std::vector<tensor>>& inputs,
                               const std::vector<tensor>& parameters = {}) {
  std::vector<deepmaacc::shape> shapes;
  std::vector<std::vector<double>> rows(inputs.front().size());
  for (const auto& one : inputs) {
    shapes.push_back(one.front().extents);
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i].insert(rows[i].end(), one[i].values.begin(), one[i].values.end());
  }
  cut_input made(shapes);
  const std::size_t output = tested.add(made.net.from(made.parts), "tested");
  const deepmaacc::shape extents = made.net.shape_of(output);
  const auto wanted = made.net.made().layers().back().parameters;
  BOOST_REQUIRE(wanted.size() == parameters.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    BOOST_REQUIRE(made.net.made().parameters()[wanted[i]].extents() == parameters[i].extents);
    made.net.made().fill(wanted[i], parameters[i].values);
  }
  std::vector<tensor> found;
  for (auto& row : rows_of<T>(space, copied(std::move(made.net)), rows)) found.emplace_back(extents, std::move(row));
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
