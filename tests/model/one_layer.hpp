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
#include <deepmaacc/model/layer_base.hpp>
#include <random>
#include <vector>

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

/// What a layer gives on a space. inputs[i][row] is input i of a row; the result is one tensor per row.
template <class T = double, class Space, class Layer>
std::vector<tensor> outputs_of(const Space& space, const Layer& layer, const std::vector<std::vector<tensor>>& inputs,
                               const std::vector<tensor>& parameters = {}) {
  using memory = typename Space::memory_space;
  using array = Kokkos::View<T**, Kokkos::LayoutRight, memory>;
  const auto moved = [](const std::vector<tensor>& rows) {
    const array made("rows", rows.size(), rows.front().values.size());
    const auto host = Kokkos::create_mirror_view(made);
    for (std::size_t i = 0; i < rows.size(); ++i)
      for (std::size_t j = 0; j < rows[i].values.size(); ++j) host(i, j) = static_cast<T>(rows[i].values[j]);
    Kokkos::deep_copy(made, host);
    return made;
  };
  const std::size_t rows = inputs.front().size();
  std::vector<deepmaacc::shape> shapes;
  std::vector<array> kept;
  std::vector<deepmaacc::matrix<const T, memory>> sources;
  std::vector<const T*> weights;
  for (const auto& one : inputs) {
    shapes.push_back(one.front().extents);
    kept.push_back(moved(one));
    sources.emplace_back(kept.back());
  }
  const auto wanted = layer.parameters(shapes.front());
  BOOST_REQUIRE(wanted.size() == parameters.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    BOOST_REQUIRE(wanted[i].extents == parameters[i].extents);
    kept.push_back(moved({parameters[i]}));
    weights.push_back(kept.back().data());
  }
  const auto extents = layer.output_shape(shapes);
  const array output("output", rows, deepmaacc::element_count(extents));
  const Kokkos::View<T*, memory> scratch("scratch", layer.scratch_size(shapes, rows));
  const deepmaacc::model::layer_context<Space, T> context{space, sources, shapes, output, extents, weights, scratch.data()};
  layer.forward(context);
  space.fence();
  const auto host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace{}, output);
  std::vector<tensor> found(rows, tensor(extents));
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
