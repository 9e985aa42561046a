#pragma once

/// \file
/// Test sets from files.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/core/compiled.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/input_source.hpp>
#include <deepmaacc/core/test_set.hpp>
#include <deepmaacc/io/array.hpp>
#include <deepmaacc/io/file.hpp>
#include <deepmaacc/io/open_array.hpp>
#include <deepmaacc/io/preparation.hpp>
#include <deepmaacc/io/stored_array.hpp>
#include <deepmaacc/io/stored_inputs.hpp>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace deepmaacc::io {

namespace detail {

/// A class, from the number that a file holds.
/// \throws data_error
inline std::uint32_t checked_class(const std::string& place, double number) {
  if (!(number >= 0 && number < 0x1p32) || number != std::floor(number))
    throw data_error(deepmaacc::detail::text(place, ": ", number, " is no class: labels are whole numbers from 0"));
  return static_cast<std::uint32_t>(number);
}

/// The class of one row of an array (inputs × classes), which has one 1, and 0 elsewhere.
/// \throws data_error naming the row.
inline std::uint32_t one_hot_class(const std::string& place, const shape& extents, std::size_t row, std::span<const double> numbers) {
  const auto ones = std::count(numbers.begin(), numbers.end(), 1.0), zeros = std::count(numbers.begin(), numbers.end(), 0.0);
  if (ones != 1 || static_cast<std::size_t>(zeros) + 1 != numbers.size())
    throw data_error(deepmaacc::detail::text(place, ": row ", row, " of the labels of shape ", to_string(extents),
                                             " is not one 1 and else 0; give one class per input, or one such row; images are no labels"));
  return static_cast<std::uint32_t>(std::find(numbers.begin(), numbers.end(), 1.0) - numbers.begin());
}

/// Labels or targets of a file, or the first of them, and of how many inputs it has them.
struct labels_of_file {
  std::vector<std::uint32_t> classes;  ///< where they are classes
  std::vector<double> numbers;         ///< else
  std::size_t count = 0;
};

/// \throws data_error naming the file, and the row where it is not one-hot.
labels_of_file read_labels(const std::string& place, std::optional<std::size_t> limit);

/// Reads targets that are no classes, but numbers: one or several for each input, along the first axis.
/// \throws data_error naming the file
labels_of_file read_numbers(const std::string& place, std::optional<std::size_t> limit);

#if DEEPMAACC_HAS_BODIES
DEEPMAACC_INLINE labels_of_file read_labels(const std::string& place, std::optional<std::size_t> limit) {
  const stored_array stored = open_array(place, limit);
  const shape& extents = stored.extents();
  const bool is_one_hot = extents.size() == 2 && extents[1] > 1;
  if (!is_one_hot && std::count_if(extents.begin(), extents.end(), [](std::size_t extent) { return extent != 1; }) > 1)
    throw data_error(place + ": labels must be one class per input, or one-hot rows, but the array has shape " + to_string(extents) +
                     "; check that images and labels are not taken for each other");
  const std::size_t each = is_one_hot ? extents[1] : 1, here = stored.size() / each, wanted = std::min(limit.value_or(here), here);
  labels_of_file labels{{}, {}, element_count(extents) / each};
  labels.classes.reserve(wanted);
  constexpr std::size_t most_at_once = std::size_t{1} << 16;
  const std::size_t rows_at_once = std::max<std::size_t>(1, most_at_once / each);
  std::vector<double> numbers(std::min(wanted, rows_at_once) * each);
  for (std::size_t first = 0; first < wanted; first += rows_at_once) {
    const std::size_t rows = std::min(rows_at_once, wanted - first);
    stored.read(first * each, rows * each, numbers.data());
    for (std::size_t row = 0; row < rows; ++row)
      labels.classes.push_back(is_one_hot ? one_hot_class(place, extents, first + row, std::span(numbers).subspan(row * each, each))
                                          : checked_class(place, numbers[row]));
  }
  return labels;
}

DEEPMAACC_INLINE labels_of_file read_numbers(const std::string& place, std::optional<std::size_t> limit) {
  const stored_array stored = open_array(place, limit);
  const shape& extents = stored.extents();
  if (extents.empty() || stored.size() == 0)
    throw data_error(place + ": targets must be numbers for each input, but the array has shape " + to_string(extents));
  const std::size_t each = element_count(extents) / extents[0];
  labels_of_file targets{{}, std::vector<double>(std::min(limit.value_or(extents[0]), extents[0]) * each), extents[0]};
  stored.read(0, targets.numbers.size(), targets.numbers.data());
  return targets;
}
#endif

}  // namespace detail

/// What the labels of a test set are.
enum class label_kind {
  classes,  ///< one class per input, or one-hot rows
  numbers   ///< one or several numbers per input, for outcomes that take such
};

/// Reads one class per input: whole numbers of any type (true is 1), or one-hot rows (inputs × classes, more than one).
/// \throws data_error naming the file, and the row where it is not one-hot.
inline std::vector<std::uint32_t> read_labels(const std::string& place) { return detail::read_labels(place, {}).classes; }

/// Reads images and labels, each from FILE or FILE:ARRAY, and prepares the images. Without labels the set has none.
///
/// Images stay as they are in the file, mapped or unpacked, and are prepared whenever some of them are asked for; so the files must not be
/// changed while the set is in use.
/// \param limit  how many inputs are wanted at most: the first; no more is read, and checked
/// \param kind   what labels are: outcomes `within`, `multi_label` and `per_position` take numbers
/// \throws data_error naming the file, also for an input that is not finite after the preparation; where the counts differ, naming both.
template <class T = float>
test_set<T> read_tests(const std::string& images, const std::optional<std::string>& labels, const preparation& steps = {},
                       std::optional<std::size_t> limit = {}, label_kind kind = label_kind::classes) {
  if (limit == std::size_t{0}) throw usage_error("a test set needs at least one input; a limit of 0 leaves none");
  std::optional<detail::labels_of_file> read;  // before the images, so that what the files take is not there at the same time
  if (labels) read = kind == label_kind::classes ? detail::read_labels(*labels, limit) : detail::read_numbers(*labels, limit);
  const stored_array inputs = open_array(images, limit);
  const shape& extents = inputs.extents();
  if (extents.empty()) throw data_error(images + ": a single number is no list of images");
  if (extents[0] == 0) throw data_error(images + ": the test set is empty; give one input or more");
  if (read && extents[0] != read->count)
    throw data_error(deepmaacc::detail::text(images, " has ", extents[0], " images, but ", *labels, " has ", read->count,
                                             " labels; give one label per image"));
  const auto without_memory = [&] {
    return data_error(deepmaacc::detail::text(images, ": there is not enough memory to prepare inputs of shape ", to_string(extents)));
  };
  try {
    const auto source = std::make_shared<const stored_inputs<T>>(inputs, steps);
    source->require_finite(steps);
    const std::shared_ptr<const input_source<T>> any = source;
    if (!read) return test_set<T>(any);
    if (kind == label_kind::numbers) return test_set<T>(any).with_targets(std::move(read->numbers));
    return test_set<T>(any, std::move(read->classes));
  } catch (const data_error& fault) {
    throw data_error(images + ": " + fault.what());
  } catch (const std::bad_alloc&) {
    throw without_memory();
  } catch (const std::length_error&) {  // more than any container may hold
    throw without_memory();
  }
}

#ifdef DEEPMAACC_COMPILED
extern template array<float> read_array(file_bytes, const std::string&);
extern template array<double> read_array(file_bytes, const std::string&);
extern template array<float> read_array(const std::string&);
extern template array<double> read_array(const std::string&);
extern template test_set<float> read_tests(const std::string&, const std::optional<std::string>&, const preparation&,
                                           std::optional<std::size_t>, label_kind);
extern template test_set<double> read_tests(const std::string&, const std::optional<std::string>&, const preparation&,
                                            std::optional<std::size_t>, label_kind);
#endif

}  // namespace deepmaacc::io
