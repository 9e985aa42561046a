#pragma once

/// \file
/// One layer over random images, in the library and in plain loops.

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/io/layer_config.hpp>
#include <functional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "support/naive_layers.hpp"

namespace support {

/// A layer, its weights, some images, and what the layer makes of each.
struct image_case {
  deepmaacc::io::layer_config config;
  deepmaacc::shape input;  ///< one axis less than an image where it is a sequence
  std::vector<naive::tensor> images;
  std::vector<std::vector<double>> weights;
  std::function<naive::tensor(const naive::tensor&)> expected;

  image_case(const std::string& class_name, std::size_t rank, std::size_t h, std::size_t w, std::size_t c)
      : config("tested", class_name), input(rank == 1 ? deepmaacc::shape{w, c} : deepmaacc::shape{h, w, c}) {}
};

/// Random choices of one case.
class choices {
 public:
  explicit choices(std::uint64_t seed) : random_(seed) {}
  std::size_t pick(std::size_t low, std::size_t high) { return std::uniform_int_distribution<std::size_t>(low, high)(random_); }
  /// Floats, so that both precisions see the same numbers.
  std::vector<double> numbers(std::size_t count) {
    std::vector<double> all(count);
    for (double& one : all) one = static_cast<double>(static_cast<float>(normal_(random_)));
    return all;
  }
  std::vector<naive::tensor> images(std::size_t count, std::size_t h, std::size_t w, std::size_t c) {
    std::vector<naive::tensor> all;
    for (std::size_t i = 0; i < count; ++i) all.push_back({h, w, c, numbers(h * w * c)});
    return all;
  }

 private:
  std::mt19937_64 random_;
  std::normal_distribution<double> normal_;
};

/// The setting of a layer over images, (y, x), or over sequences, x.
inline deepmaacc::io::layer_config::value sizes(std::size_t rank, std::size_t y, std::size_t x) {
  if (rank == 1) return std::vector<double>{static_cast<double>(x)};
  return std::vector<double>{static_cast<double>(y), static_cast<double>(x)};
}

/// What a network of the layer, Flatten and a Dense layer that only copies gives for the images, one row each, in one precision on one
/// space.
struct image_runner {
  std::string name;
  bool is_double;
  std::function<std::vector<std::vector<double>>(const image_case&)> outputs_of;
};

/// Both precisions on every space; compiled once for all tests.
std::vector<image_runner> image_runners();

/// Largest difference from the plain loops, relative to max(1, |output|).
inline double worst_difference(const image_case& from, const image_runner& runner) {
  const auto found = runner.outputs_of(from);
  double worst = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    const naive::tensor expected = from.expected(from.images[i]);
    BOOST_REQUIRE(found[i].size() == expected.values.size());
    for (std::size_t j = 0; j < found[i].size(); ++j)
      worst = std::max(worst, std::abs(found[i][j] - expected.values[j]) / std::max(1.0, std::abs(expected.values[j])));
  }
  return worst;
}

/// Runs random cases everywhere.
template <class MakeCase>
void check_cases(std::uint64_t count, const MakeCase& make) {
  for (const image_runner& runner : image_runners())
    for (std::uint64_t seed = 0; seed < count; ++seed) {
      choices random(seed);
      const image_case one = make(random);
      BOOST_TEST_CONTEXT(one.config.class_name() << " of seed " << seed << ", " << runner.name)
      BOOST_TEST(worst_difference(one, runner) < (runner.is_double ? 1e-13 : 3e-5));
    }
}

}  // namespace support
