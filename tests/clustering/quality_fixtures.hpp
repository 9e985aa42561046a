#pragma once

/// \file
/// What tests/fixtures/make_quality_fixtures.py made with scikit-learn.

#include <algorithm>
#include <array>
#include <cstddef>
#include <deepmaacc/core/xtensor.hpp>
#include <deepmaacc/io/file.hpp>
#include <deepmaacc/io/npy.hpp>
#include <deepmaacc/io/zip.hpp>
#include <string>
#include <vector>

namespace support {

inline const deepmaacc::io::file_bytes& quality_file() {
  static const auto file = deepmaacc::io::read_file(std::string(DEEPMAACC_FIXTURES_DIR) + "/clustering-quality.npz");
  return file;
}

/// Numbers of an array.
inline std::vector<double> golden(const std::string& name) { return deepmaacc::io::read_npz<double>(quality_file(), name).values; }

/// A matrix of points.
template <class T>
xt::xtensor<T, 2> golden_points(const std::string& name) {
  const auto read = deepmaacc::io::read_npz<T>(quality_file(), name);
  xt::xtensor<T, 2> points(std::array<std::size_t, 2>{read.extents.at(0), read.extents.at(1)});
  std::copy(read.values.begin(), read.values.end(), points.data());
  return points;
}

/// Labels, or numbers of points.
inline std::vector<std::size_t> golden_indices(const std::string& name) {
  std::vector<std::size_t> indices;
  for (const double number : golden(name)) indices.push_back(static_cast<std::size_t>(number));
  return indices;
}

/// The names NAME of the arrays NAME + ending.
inline std::vector<std::string> golden_names(const std::string& ending) {
  std::vector<std::string> names;
  for (const auto& entry : deepmaacc::io::zip_archive(quality_file()).names()) {
    const std::string array = entry.substr(0, entry.rfind(".npy"));
    if (array.size() > ending.size() && array.ends_with(ending)) names.push_back(array.substr(0, array.size() - ending.size()));
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace support
