#pragma once

/// \file
/// The numbers of one array in an HDF5 file. libhdf5 says where and how they are stored; they are taken from there, unpacked and converted
/// here, as libhdf5 would do all of that without a look at the bounds of its memory where parts of a file contradict each other.

#include <hdf5.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstring>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/io/array.hpp>
#include <deepmaacc/io/file.hpp>
#include <deepmaacc/io/hdf5_objects.hpp>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace deepmaacc::io::detail {

/// How a file stores numbers.
struct hdf5_number {
  element_type type;
  std::endian order;
  bool is_integer;
};

/// Which numbers an HDF5 type is, of those that every program writes.
inline std::optional<hdf5_number> hdf5_number_of(hid_t type) {
  const hdf5_handle half(H5Tcopy(H5T_IEEE_F32LE), H5Tclose), half_swapped(H5Tcopy(H5T_IEEE_F32BE), H5Tclose);
  for (const auto* one : {&half, &half_swapped}) {
    H5Tset_fields(one->id(), 15, 10, 5, 0, 10);
    H5Tset_size(one->id(), 2);
    H5Tset_ebias(one->id(), 15);
  }
  constexpr auto little = std::endian::little, big = std::endian::big;
  const std::pair<hid_t, hdf5_number> known[] = {
      {H5T_IEEE_F32LE, {element_type::f32, little, false}}, {H5T_IEEE_F32BE, {element_type::f32, big, false}},
      {H5T_IEEE_F64LE, {element_type::f64, little, false}}, {H5T_IEEE_F64BE, {element_type::f64, big, false}},
      {half.id(), {element_type::f16, little, false}},      {half_swapped.id(), {element_type::f16, big, false}},
      {H5T_STD_I8LE, {element_type::i8, little, true}},     {H5T_STD_U8LE, {element_type::u8, little, true}},
      {H5T_STD_I16LE, {element_type::i16, little, true}},   {H5T_STD_U16LE, {element_type::u16, little, true}},
      {H5T_STD_I32LE, {element_type::i32, little, true}},   {H5T_STD_U32LE, {element_type::u32, little, true}},
      {H5T_STD_I64LE, {element_type::i64, little, true}},   {H5T_STD_U64LE, {element_type::u64, little, true}},
  };
  for (const auto& [candidate, number] : known)
    if (H5Tequal(type, candidate) > 0) return number;
  return std::nullopt;
}

/// The bytes of an open array. Refers to the file and the array. What it throws are data errors that name neither.
class hdf5_numbers {
 public:
  hdf5_numbers(const file_bytes& file, hid_t data) : file_(&file), data_(data), made_(H5Dget_create_plist(data), H5Pclose) {}

  /// No array may have more extents.
  static constexpr int most_extents = 8;

  shape extents() const {
    const hdf5_handle space(H5Dget_space(data_), H5Sclose);
    const bool is_there = space && H5Sget_simple_extent_type(space.id()) != H5S_NULL;
    const int rank = is_there ? H5Sget_simple_extent_ndims(space.id()) : -1;
    std::array<hsize_t, most_extents> found{};
    if (rank < 0 || rank > most_extents || (rank > 0 && H5Sget_simple_extent_dims(space.id(), found.data(), nullptr) != rank))
      throw data_error("the array's shape cannot be read; up to 8 extents are supported");
    return {found.begin(), found.begin() + rank};
  }

  /// All numbers in row-major order, `size` bytes each.
  std::vector<std::byte> bytes(const shape& extents, std::size_t size) const {
    const std::size_t count = byte_count(extents, size);
    const H5D_layout_t layout = made_ ? H5Pget_layout(made_.id()) : H5D_LAYOUT_ERROR;
    if ((layout != H5D_COMPACT && layout != H5D_CONTIGUOUS && layout != H5D_CHUNKED) || H5Pget_external_count(made_.id()) != 0)
      throw data_error("its numbers are not in this file; save the model as one file");
    if (count == 0) return {};
    if (layout == H5D_CHUNKED) return from_chunks(extents, size, count);
    if (H5Dget_storage_size(data_) != count) throw data_error(promises_more);
    std::vector<std::byte> all(count);
    if (layout == H5D_CONTIGUOUS) {
      const haddr_t begin = H5Dget_offset(data_);
      if (begin > file_->bytes.size() || count > file_->bytes.size() - begin) throw data_error(promises_more);
      std::memcpy(all.data(), file_->bytes.data() + begin, count);
    } else {
      // Within the array's header: at most 64 KiB. The type of the file itself: libhdf5 then copies, and converts nothing.
      const hdf5_handle type(H5Dget_type(data_), H5Tclose);
      if (H5Dread(data_, type.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, all.data()) < 0)
        throw data_error("the array cannot be read" + hdf5_reason());
    }
    return all;
  }

 private:
  static constexpr const char* promises_more = "the array promises more numbers than the file can hold";

  std::size_t byte_count(const shape& extents, std::size_t size) const {
    if (std::find(extents.begin(), extents.end(), 0U) != extents.end()) return 0;
    std::size_t count = size;
    for (const std::size_t extent : extents) {
      if (count > most_unpacked(file_->bytes.size()) / extent) throw data_error(promises_more);
      count *= extent;
    }
    return count;
  }

  /// What is done to each chunk before it is stored, in this order.
  std::vector<H5Z_filter_t> filters(std::size_t size) const {
    constexpr int most_filters = 4;
    const int count = H5Pget_nfilters(made_.id());
    if (count < 0 || count > most_filters) throw data_error("the array's compression cannot be read");
    std::vector<H5Z_filter_t> all;
    for (int i = 0; i < count; ++i) {
      unsigned flags = 0, how = 0;
      std::array<unsigned, 1> settings{};
      std::size_t setting_count = settings.size();
      all.push_back(H5Pget_filter2(made_.id(), static_cast<unsigned>(i), &flags, &setting_count, settings.data(), 0, nullptr, &how));
      const bool is_known = all.back() == H5Z_FILTER_DEFLATE || (all.back() == H5Z_FILTER_SHUFFLE && settings[0] == size);
      if (!is_known || std::count(all.begin(), all.end(), all.back()) > 1)
        throw data_error("the array is packed in a way that is not supported; save it uncompressed, or by gzip");
    }
    return all;
  }

  /// Puts an array together from chunks, which are blocks of equal shape, those at the end with a margin.
  std::vector<std::byte> from_chunks(const shape& extents, std::size_t size, std::size_t count) const {
    const std::size_t rank = extents.size();
    std::array<hsize_t, H5S_MAX_RANK> found{};
    if (H5Pget_chunk(made_.id(), static_cast<int>(found.size()), found.data()) != static_cast<int>(rank) || rank == 0)
      throw data_error("the array's chunks cannot be read");
    // A chunk may be larger than the array, as where arrays can grow.
    constexpr std::size_t most_growth = std::size_t{1} << 24;
    std::size_t chunk_size = size, chunk_count = 1;
    for (std::size_t d = 0; d < rank; ++d) {
      if (found[d] == 0 || chunk_size > std::max(count, most_growth) / found[d]) throw data_error("the array's chunks are too large");
      chunk_size *= found[d];
      chunk_count *= (extents[d] - 1) / found[d] + 1;
    }
    // libhdf5 goes through all chunks for where each one is.
    constexpr std::size_t most_chunks = std::size_t{1} << 13;
    if (chunk_count > most_chunks)
      throw data_error("the array is split into more than 8192 chunks; save it in one piece, or in larger chunks");
    const auto packed_by = filters(size);
    std::vector<std::byte> all(count);
    std::vector<hsize_t> begin(rank, 0);
    std::size_t bytes_left = file_->bytes.size();
    for (std::size_t c = 0; c < chunk_count; ++c) {
      const auto chunk = unpacked(stored_chunk(begin, bytes_left), packed_by, size, chunk_size);
      copy_rows(chunk, found, begin, extents, size, all);
      for (std::size_t d = rank; d-- > 0;) {
        if ((begin[d] += found[d]) < extents[d]) break;
        begin[d] = 0;
      }
    }
    return all;
  }

  struct packed_chunk {
    std::vector<std::byte> bytes;
    unsigned left_out = 0;  ///< filters, a bit for each
  };

  packed_chunk stored_chunk(std::vector<hsize_t> begin, std::size_t& bytes_left) const {
    unsigned left_out = 0;
    haddr_t address = HADDR_UNDEF;
    hsize_t length = 0;
    if (H5Dget_chunk_info_by_coord(data_, begin.data(), &left_out, &address, &length) < 0 || address == HADDR_UNDEF || length == 0)
      throw data_error("a part of the array is missing");
    // Each has its own place: more than the whole file is a lie, and would let a small file take long.
    if (length > bytes_left || address > file_->bytes.size() || length > file_->bytes.size() - address) throw data_error(promises_more);
    bytes_left -= static_cast<std::size_t>(length);
    const auto* first = file_->bytes.data() + address;
    return {std::vector<std::byte>(first, first + length), left_out};
  }

  static std::vector<std::byte> unpacked(packed_chunk chunk, const std::vector<H5Z_filter_t>& packed_by, std::size_t size,
                                         std::size_t chunk_size) {
    for (std::size_t f = packed_by.size(); f-- > 0;) {
      if (chunk.left_out >> f & 1U) continue;
      std::vector<std::byte> before(chunk_size);
      if (packed_by[f] == H5Z_FILTER_DEFLATE) {
        uLongf length = before.size();
        const auto* packed = reinterpret_cast<const Bytef*>(chunk.bytes.data());
        if (uncompress(reinterpret_cast<Bytef*>(before.data()), &length, packed, chunk.bytes.size()) != Z_OK || length != chunk_size)
          throw data_error("the array's compressed data is broken");
      } else {
        // All first bytes of the numbers, then all second bytes, and so on.
        if (chunk.bytes.size() != chunk_size) throw data_error("a part of the array has another size than it should");
        const std::size_t numbers = chunk_size / size;
        for (std::size_t i = 0; i < numbers; ++i)
          for (std::size_t b = 0; b < size; ++b) before[i * size + b] = chunk.bytes[b * numbers + i];
      }
      chunk.bytes = std::move(before);
    }
    if (chunk.bytes.size() != chunk_size) throw data_error("a part of the array has another size than it should");
    return std::move(chunk.bytes);
  }

  /// Copies what is within the array, row by row.
  static void copy_rows(std::span<const std::byte> chunk, const std::array<hsize_t, H5S_MAX_RANK>& chunk_extents,
                        const std::vector<hsize_t>& begin, const shape& extents, std::size_t size, std::vector<std::byte>& all) {
    const std::size_t rank = extents.size(), last = rank - 1;
    const std::size_t row = std::min<std::size_t>(chunk_extents[last], extents[last] - begin[last]) * size;
    std::vector<std::size_t> at(rank, 0);
    for (;;) {
      std::size_t from = 0, to = 0;
      for (std::size_t d = 0; d < rank; ++d) {
        from = from * chunk_extents[d] + at[d];
        to = to * extents[d] + begin[d] + at[d];
      }
      std::memcpy(all.data() + to * size, chunk.data() + from * size, row);
      std::size_t d = last;
      for (; d-- > 0;) {
        if (++at[d] < std::min<std::size_t>(chunk_extents[d], extents[d] - begin[d])) break;
        at[d] = 0;
      }
      if (d > last) return;  // d went below the first extent
    }
  }

  const file_bytes* file_;
  hid_t data_;
  hdf5_handle made_;
};

}  // namespace deepmaacc::io::detail
