#pragma once

/// \file
/// Arrays that stay as their files hold them.

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/io/array.hpp>
#include <deepmaacc/io/file.hpp>
#include <iterator>
#include <new>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace deepmaacc::io {

namespace detail {

/// Elements below one index of the first axis.
inline std::size_t row_elements(const shape& extents) { return extents.empty() ? 1 : element_count(std::span(extents).subspan(1)); }

/// How many indices of the first axis are wanted.
inline std::size_t wanted_rows(const shape& extents, std::optional<std::size_t> limit) {
  const std::size_t rows = extents.empty() ? 1 : extents[0];
  return std::min(limit.value_or(rows), rows);
}

/// The axes that say where a number lies, behind the first: of those with an extent of 1 a file may have thousands.
inline shape long_axes(const shape& extents) {
  shape axes;
  if (!extents.empty())
    std::copy_if(extents.begin() + 1, extents.end(), std::back_inserter(axes), [](std::size_t extent) { return extent != 1; });
  return axes;
}

/// Whether column-major order is another than row-major order.
inline bool is_rearranged(const array_header& header) {
  const std::size_t axes = long_axes(header.extents).size();
  return header.is_column_major && (axes > 1 || (axes == 1 && header.extents[0] != 1));
}

/// How many bytes of a file must be there for the first rows of its array. What column-major order begins with is of all rows.
inline std::size_t wanted_bytes(const file_bytes& file, const array_header& header, std::optional<std::size_t> limit) {
  const std::size_t all = byte_count(file, header.extents, header.type);
  if (is_rearranged(header)) return header.data_begin + all;
  return header.data_begin + (all == 0 ? 0 : wanted_rows(header.extents, limit) * row_elements(header.extents) * size_of(header.type));
}

/// Copies the first rows of a column-major array to row-major order, `size` bytes a number. A file's memory is given back on the way.
template <std::size_t size>
void rearrange(const file_bytes& file, const std::byte* from, const shape& extents, std::size_t rows, std::byte* to) {
  const shape axes = long_axes(extents);
  const std::size_t features = row_elements(extents);
  constexpr std::size_t most_at_once = (std::size_t{1} << 15) / size,
                        seen_at_once = std::size_t{1} << 22;  // the system maps more than is seen
  std::size_t seen = 0;
  for (std::size_t first = 0; first < rows; first += most_at_once) {
    const std::size_t count = std::min(most_at_once, rows - first);
    shape at(axes.size(), 0);
    for (std::size_t f = 0; f < features; ++f) {
      std::size_t column = 0;
      for (std::size_t d = axes.size(); d-- > 0;) column = column * axes[d] + at[d];
      const std::byte* source = from + (column * extents[0] + first) * size;
      std::byte* place = to + (first * features + f) * size;
      for (std::size_t i = 0; i < count; ++i, source += size, place += features * size) std::memcpy(place, source, size);
      for (std::size_t d = axes.size(); d-- > 0;) {
        if (++at[d] < axes[d]) break;
        at[d] = 0;
      }
    }
    seen += count * features * size;
    if (seen < seen_at_once) continue;
    file.release();
    seen = 0;
  }
}

}  // namespace detail

/// An array, or its first rows (indices of its first axis), as its file holds it: in the file's own type and memory, row by row. Numbers
/// are made where they are asked for. What a file holds in column-major order is rearranged once.
class stored_array {
 public:
  /// \param file    begins with the header, and ends with the array
  /// \throws data_error naming the file where its bytes do not fit the shape.
  stored_array(file_bytes file, array_header header, std::optional<std::size_t> limit = {})
      : stored_array(std::move(file), std::move(header), limit, false) {}

  /// \param is_cut  whether the file may end behind the rows that are wanted
  stored_array(file_bytes file, array_header header, std::optional<std::size_t> limit, bool is_cut)
      : file_(std::move(file)), header_(std::move(header)), rows_(detail::wanted_rows(header_.extents, limit)) {
    const std::size_t wanted = detail::wanted_bytes(file_, header_, limit);  // refuses extents that are too large
    row_elements_ = rows_ == 0 ? 0 : detail::row_elements(header_.extents);
    if (!is_cut || file_.bytes.size() < wanted)
      require_bytes(file_, header_.extents, header_.type, file_.bytes.size() - header_.data_begin);
    file_.bytes = file_.bytes.subspan(header_.data_begin, wanted - header_.data_begin);
    if (detail::is_rearranged(header_)) rearrange();
  }

  /// What it is called in error texts.
  const file_bytes& file() const { return file_; }
  /// The shape of the whole array, also where only its first rows are here.
  const shape& extents() const { return header_.extents; }
  element_type type() const { return header_.type; }
  /// Rows that are here; 1 for a scalar.
  std::size_t rows() const { return rows_; }
  std::size_t row_elements() const { return row_elements_; }
  /// Numbers that are here.
  std::size_t size() const { return rows_ * row_elements_; }

  /// Writes numbers [first, first + count).
  template <class T>
  void read(std::size_t first, std::size_t count, T* to) const {
    detail::decode_numbers(file_.bytes.data() + first * size_of(type()), count, type(), header_.order, to);
  }

  /// Where the numbers lie as numbers of type T; null where they do not.
  template <class T>
  const T* data() const {
    constexpr element_type own = std::is_same_v<T, float> ? element_type::f32 : element_type::f64;
    const bool is_aligned = reinterpret_cast<std::uintptr_t>(file_.bytes.data()) % alignof(T) == 0;
    if (type() != own || header_.order != std::endian::native || !is_aligned) return nullptr;
    return reinterpret_cast<const T*>(file_.bytes.data());
  }

  /// All numbers that are here.
  /// \throws data_error where there is not enough memory for them.
  template <class T>
  array<T> numbers() const {
    array<T> all{extents(), {}};
    if (!all.extents.empty()) all.extents[0] = rows_;
    try {
      all.values.resize(size());
    } catch (const std::bad_alloc&) {
      file_.fail(deepmaacc::detail::text("there is not enough memory for an array of shape ", to_string(all.extents)));
    }
    read(0, size(), all.values.data());
    return all;
  }

 private:
  void rearrange() {
    std::vector<std::byte> moved(size() * size_of(type()));
    const auto by = [&]<std::size_t bytes>(std::integral_constant<std::size_t, bytes>) {
      detail::rearrange<bytes>(file_, file_.bytes.data(), extents(), rows_, moved.data());
    };
    switch (size_of(type())) {
      case 1:
        by(std::integral_constant<std::size_t, 1>{});
        break;
      case 2:
        by(std::integral_constant<std::size_t, 2>{});
        break;
      case 4:
        by(std::integral_constant<std::size_t, 4>{});
        break;
      default:
        by(std::integral_constant<std::size_t, 8>{});
    }
    file_ = file_bytes(file_.name, std::move(moved));
  }

  file_bytes file_;
  array_header header_;
  std::size_t rows_, row_elements_ = 0;
};

}  // namespace deepmaacc::io
