#pragma once

/// \file
/// Test sets from files.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/core/compiled.hpp>
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
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace deepmaacc::io {

namespace detail {

[[noreturn]] inline void fail_for_format(const file_bytes& file) {
  file.fail("the format is not known; supported: IDX, NPY, NPZ, plain or compressed by gzip");
}

/// How many bytes an array file should have, by its first ones. \throws data_error where it is no array.
inline std::size_t whole_size(const file_bytes& first) {
  if (is_npy(first)) return npy_file_size(first);
  if (is_idx(first)) return idx_file_size(first);
  fail_for_format(first);
}

/// A file that gzip packed. An archive does not begin with its size; packed twice, a small file could stand for any amount of memory.
inline file_bytes unpacked_array(const file_bytes& file) {
  return gunzip(file, [&](const file_bytes& first) -> std::optional<std::size_t> {
    return is_zip(first) ? most_unpacked(file.bytes.size()) : whole_size(first);
  });
}

/// A class, from the number that a file holds. \throws data_error
inline std::uint32_t checked_class(const std::string& place, double number) {
  if (!(number >= 0 && number < 0x1p32) || number != std::floor(number))
    throw data_error(deepmaacc::detail::text(place, ": ", number, " is no class: labels are whole numbers from 0"));
  return static_cast<std::uint32_t>(number);
}

/// The classes of an array (inputs × classes) with one 1 in each row and 0 elsewhere. \throws data_error naming the row.
inline std::vector<std::uint32_t> one_hot_classes(const std::string& place, const array<double>& rows) {
  const std::size_t classes = rows.extents[1];
  std::vector<std::uint32_t> labels;
  for (std::size_t row = 0; row < rows.values.size() / classes; ++row) {
    const double* begin = rows.values.data() + row * classes;
    const auto ones = std::count(begin, begin + classes, 1.0), zeros = std::count(begin, begin + classes, 0.0);
    if (ones != 1 || static_cast<std::size_t>(zeros) + 1 != classes)
      throw data_error(
          deepmaacc::detail::text(place, ": row ", row, " of the labels of shape ", to_string(rows.extents),
                                  " is not one 1 and else 0; give one class per input, or one such row; images are no labels"));
    labels.push_back(static_cast<std::uint32_t>(std::find(begin, begin + classes, 1.0) - begin));
  }
  return labels;
}

/// \throws data_error naming the file and the first input that is not all finite numbers, counted from 0.
template <class T>
void require_finite(const std::string& place, const array<T>& inputs, const preparation& steps) {
  const auto is_finite = [](T value) { return std::abs(value) <= std::numeric_limits<T>::max(); };
  unsigned faults = 0;  // no early end, so that compilers vectorise this
  for (const T value : inputs.values) faults |= static_cast<unsigned>(!is_finite(value));
  if (faults == 0) return;
  const auto at = std::find_if_not(inputs.values.begin(), inputs.values.end(), is_finite);
  const std::size_t input = static_cast<std::size_t>(at - inputs.values.begin()) / (inputs.values.size() / inputs.extents[0]);
  throw data_error(deepmaacc::detail::text(place, ": input ", input, " holds ", *at,
                                           steps.empty() ? "" : " after the preparation " + steps.text(),
                                           "; every number must be finite, so mend or leave out this input"));
}

}  // namespace detail

/// Reads an array from the bytes of a file: IDX, NPY, NPZ, each also as gzip; told apart by content.
///
/// What gzip packed is unpacked only as far as the array's header says, and a file that goes on behind that is refused; so is an NPZ
/// archive in gzip that is more than `most_unpacked`.
/// \param name  the array of an NPZ archive; may be empty where there is only one
/// \throws data_error naming the file.
template <class T>
array<T> read_array(file_bytes file, const std::string& name = "") {
  if (is_gzip(file)) file = detail::unpacked_array(file);
  if (is_zip(file)) return read_npz<T>(std::move(file), name);
  if (!name.empty()) file.fail("only an NPZ archive has named arrays; leave ':" + name + "' out");
  if (is_npy(file)) return read_npy<T>(file);
  if (is_idx(file)) return read_idx<T>(file);
  detail::fail_for_format(file);
}

/// Reads an array from FILE, or from FILE:ARRAY for an array of an NPZ archive. \throws data_error naming the file.
template <class T>
array<T> read_array(const std::string& place) {
  const auto colon = place.rfind(':');
  std::error_code ignored;
  if (colon == std::string::npos || std::filesystem::exists(place, ignored)) return read_array<T>(read_file(place));
  return read_array<T>(read_file(place.substr(0, colon)), place.substr(colon + 1));
}

/// Reads one class per input: whole numbers of any type (true is 1), or one-hot rows (inputs × classes, more than one).
/// \throws data_error naming the file, and the row where it is not one-hot.
std::vector<std::uint32_t> read_labels(const std::string& place);

#if DEEPMAACC_HAS_BODIES
DEEPMAACC_INLINE std::vector<std::uint32_t> read_labels(const std::string& place) {
  const auto numbers = read_array<double>(place);
  const shape& extents = numbers.extents;
  if (extents.size() == 2 && extents[1] > 1) return detail::one_hot_classes(place, numbers);
  if (std::count_if(extents.begin(), extents.end(), [](std::size_t extent) { return extent != 1; }) > 1)
    throw data_error(place + ": labels must be one class per input, or one-hot rows, but the array has shape " + to_string(extents) +
                     "; check that images and labels are not taken for each other");
  std::vector<std::uint32_t> labels;
  for (const double number : numbers.values) labels.push_back(detail::checked_class(place, number));
  return labels;
}
#endif

/// Reads images and labels, each from FILE or FILE:ARRAY, and prepares the images. Without labels the set has none.
/// \throws data_error naming the file, also for an input that is not finite after the preparation; where the counts differ, naming both.
template <class T = float>
test_set<T> read_tests(const std::string& images, const std::optional<std::string>& labels, const preparation& steps = {}) {
  auto inputs = read_array<T>(images);
  if (inputs.extents.empty()) throw data_error(images + ": a single number is no list of images");
  if (inputs.extents[0] == 0) throw data_error(images + ": the test set is empty; give one input or more");
  try {
    inputs = prepare(std::move(inputs), steps);
  } catch (const data_error& fault) {
    throw data_error(images + ": " + fault.what());
  }
  detail::require_finite(images, inputs, steps);
  const std::vector<std::size_t> extents = inputs.extents;
  if (!labels) return test_set<T>(xt::adapt(std::move(inputs.values), extents));
  const auto classes = read_labels(*labels);
  if (extents[0] != classes.size())
    throw data_error(deepmaacc::detail::text(images, " has ", extents[0], " images, but ", *labels, " has ", classes.size(),
                                             " labels; give one label per image"));
  return test_set<T>(xt::adapt(std::move(inputs.values), extents), classes);
}

#ifdef DEEPMAACC_COMPILED
extern template array<float> read_array(file_bytes, const std::string&);
extern template array<double> read_array(file_bytes, const std::string&);
extern template array<float> read_array(const std::string&);
extern template array<double> read_array(const std::string&);
extern template test_set<float> read_tests(const std::string&, const std::optional<std::string>&, const preparation&);
extern template test_set<double> read_tests(const std::string&, const std::optional<std::string>&, const preparation&);
#endif

}  // namespace deepmaacc::io
