#pragma once

/// \file
/// tests/fixtures/linkages.npz, as make_linkage_fixtures.py describes it.

#include <array>
#include <cstddef>
#include <deepmaacc/core/xtensor.hpp>
#include <deepmaacc/io/file.hpp>
#include <deepmaacc/io/npy.hpp>
#include <deepmaacc/io/zip.hpp>
#include <map>
#include <string>
#include <vector>

#include "support/naive_clustering.hpp"

namespace support {

class linkage_fixture {
 public:
  linkage_fixture() : archive_(deepmaacc::io::read_file(std::string(DEEPMAACC_FIXTURES_DIR) + "/linkages.npz")) {}

  bool has(const std::string& array) const { return archive_.has(array + ".npy"); }
  deepmaacc::io::array<double> array(const std::string& name) const {
    return deepmaacc::io::read_npy<double>(archive_.entry(name + ".npy"));
  }

  template <class T>
  xt::xtensor<T, 2> points(const std::string& set) const {
    const auto all = array(set + ".points");
    xt::xtensor<T, 2> points(std::array<std::size_t, 2>{all.extents.at(0), all.extents.at(1)});
    for (std::size_t i = 0; i < all.values.size(); ++i) points.data()[i] = static_cast<T>(all.values[i]);
    return points;
  }

  /// SciPy's trees by linkage.
  std::map<std::string, std::vector<naive::merge>> trees(const std::string& set, const std::string& metric) const {
    static const std::vector<std::string> linkages{"single", "complete", "average", "weighted", "flexible", "ward", "centroid", "median"};
    const auto merges = array(set + "." + metric + ".merges"), heights = array(set + "." + metric + ".heights");
    const std::size_t count = heights.extents.at(1), n = count + 1;
    std::map<std::string, std::vector<naive::merge>> trees;
    for (std::size_t l = 0; l < heights.extents.at(0); ++l) {
      auto& tree = trees[linkages.at(l)];
      std::vector<std::size_t> sizes(n, 1);
      for (std::size_t m = 0; m < count; ++m) {
        const auto cluster = [&](std::size_t which) { return static_cast<std::size_t>(merges.values[(l * count + m) * 2 + which]); };
        sizes.push_back(sizes.at(cluster(0)) + sizes.at(cluster(1)));
        tree.push_back({cluster(0), cluster(1), heights.values[l * count + m], sizes.back()});
      }
    }
    return trees;
  }

 private:
  deepmaacc::io::zip_archive archive_;
};

}  // namespace support
