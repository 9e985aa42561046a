#pragma once

/// \file
/// Dendrograms for tests: those that tests/fixtures/make_dendrogram_fixtures.py made with SciPy, random ones, and a very deep one.

#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <deepmaacc/clustering/dendrogram.hpp>
#include <deepmaacc/clustering/linkage_matrix.hpp>
#include <deepmaacc/io/npy.hpp>
#include <deepmaacc/io/zip.hpp>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace support {

/// A tree of the fixtures, and what SciPy says of it.
class scipy_tree {
 public:
  explicit scipy_tree(std::string name) : name_(std::move(name)) {}

  const std::string& name() const { return name_; }
  /// One of the arrays that the script describes.
  deepmaacc::io::array<double> array(const std::string& what) const { return deepmaacc::io::read_npz<double>(file(), name_ + "." + what); }
  std::vector<double> values(const std::string& what) const { return array(what).values; }
  bool has(const std::string& what) const { return names_in_file().count(name_ + "." + what + ".npy") == 1; }

  deepmaacc::dendrogram tree() const {
    const auto rows = array("linkage");
    xt::xtensor<double, 2> matrix(std::array<std::size_t, 2>{rows.extents.at(0), rows.extents.at(1)});
    std::copy(rows.values.begin(), rows.values.end(), matrix.begin());
    return deepmaacc::dendrogram::from_linkage_matrix(matrix);
  }

  /// Condensed distances of the points.
  std::vector<double> distances() const {
    const auto points = array("points");
    const std::size_t n = points.extents.at(0), d = points.extents.at(1);
    std::vector<double> found;
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = i + 1; j < n; ++j) {
        double sum = 0;
        for (std::size_t c = 0; c < d; ++c) {
          const double difference = points.values[i * d + c] - points.values[j * d + c];
          sum += name_.starts_with("ties") ? std::abs(difference) : difference * difference;
        }
        found.push_back(name_.starts_with("ties") ? sum : std::sqrt(sum));
      }
    return found;
  }

  /// Every tree of the fixtures.
  static std::vector<scipy_tree> all() {
    std::vector<scipy_tree> found;
    for (const auto& [entry, unused] : names_in_file())
      if (entry.ends_with(".linkage.npy")) found.emplace_back(entry.substr(0, entry.find('.')));
    BOOST_REQUIRE(found.size() >= 18);
    return found;
  }

 private:
  static const deepmaacc::io::file_bytes& file() {
    static const auto read = deepmaacc::io::read_file(DEEPMAACC_FIXTURES_DIR "/dendrograms.npz");
    return read;
  }
  static const std::map<std::string, int>& names_in_file() {
    static const auto names = [] {
      std::map<std::string, int> found;
      for (const auto& entry : deepmaacc::io::zip_archive(file()).names()) found[entry] = 1;
      return found;
    }();
    return names;
  }

  std::string name_;
};

/// The distance of two points in condensed distances.
inline double distance_in(const std::vector<double>& condensed, std::size_t n, std::size_t i, std::size_t j) {
  if (i > j) std::swap(i, j);
  std::size_t at = j - i - 1;
  for (std::size_t row = 0; row < i; ++row) at += n - 1 - row;
  return condensed.at(at);
}

/// Merges two random clusters of those there are, until so many trees are left. Heights are whole numbers from 0 to 9: with ties, and
/// lower ones after higher ones.
inline deepmaacc::dendrogram random_tree(std::size_t n, unsigned seed, std::size_t trees = 1) {
  std::mt19937 random(seed);
  std::vector<std::pair<std::size_t, std::size_t>> clusters;  // number and size
  for (std::size_t leaf = 0; leaf < n; ++leaf) clusters.emplace_back(leaf, 1);
  std::vector<deepmaacc::merge> merges;
  while (clusters.size() > trees) {
    std::shuffle(clusters.begin(), clusters.end(), random);
    const auto [first, size] = clusters.back();
    clusters.pop_back();
    const auto [second, other_size] = clusters.back();
    clusters.back() = {n + merges.size(), size + other_size};
    merges.push_back({first, second, static_cast<double>(random() % 10), size + other_size});
  }
  return {n, merges};
}

/// Leaf m + 1 joins leaves 0 to m: a tree as deep as it has merges. Heights are 1, 2, 3, …
inline deepmaacc::dendrogram chain(std::size_t n) {
  std::vector<deepmaacc::merge> merges{{0, 1, 1, 2}};
  for (std::size_t m = 1; m + 1 < n; ++m) merges.push_back({m + 1, n + m - 1, static_cast<double>(m + 1), m + 2});
  return {n, merges};
}

}  // namespace support
