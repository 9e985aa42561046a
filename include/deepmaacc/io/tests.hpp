#pragma once

/// \file
/// Test sets from files.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/test_set.hpp>
#include <deepmaacc/core/xtensor.hpp>
#include <deepmaacc/io/array.hpp>
#include <deepmaacc/io/file.hpp>
#include <deepmaacc/io/gzip.hpp>
#include <deepmaacc/io/idx.hpp>
#include <deepmaacc/io/npy.hpp>
#include <deepmaacc/io/preparation.hpp>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace deepmaacc::io {

/// Reads an array from FILE, or from FILE:ARRAY for an array of an NPZ archive: IDX, NPY, NPZ, each also as gzip; told apart by content.
/// \throws data_error naming the file.
template <class T>
array<T> read_array(const std::string& place) {
  std::string path = place, name;
  const auto colon = place.rfind(':');
  if (colon != std::string::npos && !std::filesystem::exists(place)) {
    path = place.substr(0, colon);
    name = place.substr(colon + 1);
  }
  file_bytes file = read_file(path);
  if (is_gzip(file)) file = gunzip(file);
  if (is_zip(file)) return read_npz<T>(std::move(file), name);
  if (!name.empty()) file.fail("only an NPZ archive has named arrays; leave ':" + name + "' out");
  if (is_npy(file)) return read_npy<T>(file);
  if (is_idx(file)) return read_idx<T>(file);
  file.fail("the format is not known; supported: IDX, NPY, NPZ, plain or compressed by gzip");
}

/// Reads one class per input. \throws data_error where the array has more than one axis, or holds what is no class.
inline std::vector<std::uint32_t> read_labels(const std::string& place) {
  const auto numbers = read_array<double>(place);
  std::size_t wide = 0;
  for (const std::size_t extent : numbers.extents) wide += extent != 1;
  if (wide > 1) throw data_error(place + ": labels must be one number per input, but the array has shape " + to_string(numbers.extents));
  std::vector<std::uint32_t> labels;
  for (const double number : numbers.values) {
    if (!(number >= 0 && number < 0x1p32) || number != std::floor(number))
      throw data_error(deepmaacc::detail::text(place, ": ", number, " is no class: labels are whole numbers from 0"));
    labels.push_back(static_cast<std::uint32_t>(number));
  }
  return labels;
}

/// Reads images and labels, each from FILE or FILE:ARRAY, and prepares the images.
/// \throws data_error naming the file; where the counts differ, naming both files.
template <class T = float>
test_set<T> read_tests(const std::string& images, const std::string& labels, const preparation& steps = {}) {
  auto inputs = prepare(read_array<T>(images), steps);
  auto classes = read_labels(labels);
  if (inputs.extents.empty()) throw data_error(images + ": a single number is no list of images");
  if (inputs.extents[0] != classes.size())
    throw data_error(deepmaacc::detail::text(images, " has ", inputs.extents[0], " images, but ", labels, " has ", classes.size(),
                                             " labels; give one label per image"));
  const std::vector<std::size_t> extents = inputs.extents;
  return test_set<T>(xt::adapt(std::move(inputs.values), extents), classes);
}

}  // namespace deepmaacc::io
