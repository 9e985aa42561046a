#pragma once

/// \file
/// HDF5 files in memory, by the C interface of libhdf5. libhdf5 trusts files more than it should, so what it is asked to do is checked
/// before: no link leads out of the file or around in it, no array promises more than the file can hold, and numbers are converted here.

#include <hdf5.h>

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
#include <deepmaacc/io/hdf5_texts.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace deepmaacc::io {

/// Whether a file begins as HDF5 does. HDF5 allows it to begin later, which nothing that writes models makes use of.
inline bool is_hdf5(const file_bytes& file) {
  constexpr std::string_view signature = "\x89HDF\r\n\x1a\n";
  return file.bytes.size() > signature.size() && std::memcmp(file.bytes.data(), signature.data(), signature.size()) == 0;
}

/// An HDF5 file in memory, for reading. The library's own error prints are silenced; errors are thrown instead.
/// Paths are names with slashes between them; each must be a plain member of its group: links to elsewhere are refused.
class hdf5_file {
 public:
  /// Takes memory for the file twice, as libhdf5 works on a copy. \throws data_error naming the file where it is no HDF5 file.
  explicit hdf5_file(file_bytes file) : file_(std::move(file)) {
    const detail::hdf5_silence quiet;
    if (!is_hdf5(file_)) file_.fail("it is no HDF5 file");
    const detail::hdf5_handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
    constexpr std::size_t growth = std::size_t{1} << 16;
    if (H5Pset_fapl_core(access.id(), growth, false) < 0 || H5Pset_fclose_degree(access.id(), H5F_CLOSE_STRONG) < 0 ||
        H5Pset_file_image(access.id(), file_.bytes.data(), file_.bytes.size()) < 0)
      file_.fail("libhdf5 cannot take it" + detail::hdf5_reason());
    // libhdf5 refuses an image that is called as a file that exists; nothing can lie in a file as in a folder.
    opened_ = detail::hdf5_handle(H5Fopen((file_.name + "/image").c_str(), H5F_ACC_RDONLY, access.id()), H5Fclose);
    if (!opened_) file_.fail("it is no HDF5 file that can be read" + detail::hdf5_reason());
    const detail::hdf5_handle made(H5Fget_create_plist(opened_.id()), H5Pclose);
    std::size_t of_addresses = 0, of_lengths = 0;
    if (H5Pget_sizes(made.id(), &of_addresses, &of_lengths) < 0 || of_addresses != 8 || of_lengths != 8)
      file_.fail("its addresses are not of 8 bytes; files for small machines are not supported");
  }

  /// Whether there is an object at a path of groups. \throws data_error where a link to elsewhere is on the way.
  bool has(const std::string& path) const {
    const detail::hdf5_silence quiet;
    for (std::size_t end = path.find_first_not_of('/'); end != std::string::npos;) {
      end = path.find('/', end + 1);
      const std::string way = path.substr(0, end);
      if (way.back() == '/') continue;  // two slashes in a row
      H5L_info_t link;
      if (H5Lexists(opened_.id(), way.c_str(), H5P_DEFAULT) <= 0) return false;
      if (H5Lget_info(opened_.id(), way.c_str(), &link, H5P_DEFAULT) < 0) fail(way, "the link cannot be read" + detail::hdf5_reason());
      if (link.type != H5L_TYPE_HARD) fail(way, "it is a link to elsewhere; save the model as one file, without links");
    }
    return true;
  }

  /// A data set of floating-point numbers, or a single whole number, converted to T. A scalar has no extents.
  /// \throws data_error naming file and data set.
  template <class T>
  array<T> read(const std::string& path) const {
    const detail::hdf5_silence quiet;
    const auto data = open(path, H5I_DATASET, "array");
    const detail::hdf5_handle type(H5Dget_type(data.id()), H5Tclose);
    const shape extents = extents_of(path, detail::hdf5_handle(H5Dget_space(data.id()), H5Sclose));
    const auto stored = number_type(type.id());
    if (!stored || (stored->is_integer && !extents.empty())) fail(path, "the array does not hold floating-point numbers");
    std::vector<std::byte> bytes(checked_size(path, data.id(), extents, size_of(stored->type)));
    // The type of the file itself: libhdf5 then copies, and converts nothing.
    if (H5Dread(data.id(), type.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data()) < 0)
      fail(path, "the array cannot be read" + detail::hdf5_reason());
    return decode<T>(file_, bytes, extents, stored->type, stored->order);
  }

  /// A text that is an attribute of a group or of an array ("/" is the outermost group); nothing where there is no such attribute.
  /// \throws data_error naming file, object and attribute where it is no text
  std::optional<std::string> text_attribute(const std::string& path, const std::string& name) const {
    const detail::hdf5_silence quiet;
    const auto texts = attribute(path, name);
    if (!texts) return std::nullopt;
    if (texts->size() != 1)
      fail(path, deepmaacc::detail::text("attribute ", name, ": it should be one text, but there are ", texts->size()));
    return texts->front();
  }

  /// A list of texts that is an attribute, whole or in parts: Keras splits what is too large for one attribute into NAME0, NAME1, ….
  /// Nothing where there is no such attribute. \throws data_error naming file, object and attribute where it is no list of texts
  std::optional<std::vector<std::string>> text_list_attribute(const std::string& path, const std::string& name) const {
    const detail::hdf5_silence quiet;
    auto all = attribute(path, name);
    if (all) return all;
    // Each part takes room in the file, and the first that is not there ends the list.
    for (std::size_t part = 0; auto more = attribute(path, name + std::to_string(part)); ++part) {
      if (!all) all.emplace();
      all->insert(all->end(), more->begin(), more->end());
    }
    return all;
  }

  const std::string& name() const { return file_.name; }

 private:
  struct stored_number {
    element_type type;
    std::endian order;
    bool is_integer;
  };

  [[noreturn]] void fail(const std::string& path, const std::string& why) const { file_.fail(path + ": " + why); }

  /// Opens an object of one kind; H5I_BADID is any.
  detail::hdf5_handle open(const std::string& path, H5I_type_t kind, const std::string& called) const {
    if (!has(path)) fail(path, "there is no such " + called);
    detail::hdf5_handle object(H5Oopen(opened_.id(), path.c_str(), H5P_DEFAULT), H5Oclose);
    if (!object) fail(path, "the " + called + " cannot be opened" + detail::hdf5_reason());
    if (kind != H5I_BADID && H5Iget_type(object.id()) != kind) fail(path, "it is no " + called);
    return object;
  }

  shape extents_of(const std::string& path, const detail::hdf5_handle& space) const {
    constexpr int most_extents = 8;
    const int rank = space && H5Sget_simple_extent_type(space.id()) != H5S_NULL ? H5Sget_simple_extent_ndims(space.id()) : -1;
    if (rank < 0 || rank > most_extents) fail(path, "the array's shape cannot be read; up to 8 extents are supported");
    std::array<hsize_t, most_extents> extents{};
    if (rank > 0 && H5Sget_simple_extent_dims(space.id(), extents.data(), nullptr) != rank) fail(path, "the array's shape cannot be read");
    return {extents.begin(), extents.begin() + rank};
  }

  /// Which numbers an HDF5 type is, of those that every program writes; others would be converted by libhdf5, and trusted.
  static std::optional<stored_number> number_type(hid_t type) {
    const detail::hdf5_handle half(H5Tcopy(H5T_IEEE_F32LE), H5Tclose), half_swapped(H5Tcopy(H5T_IEEE_F32BE), H5Tclose);
    for (const auto* one : {&half, &half_swapped}) {
      H5Tset_fields(one->id(), 15, 10, 5, 0, 10);
      H5Tset_size(one->id(), 2);
      H5Tset_ebias(one->id(), 15);
    }
    constexpr auto little = std::endian::little, big = std::endian::big;
    const std::pair<hid_t, stored_number> known[] = {
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

  /// Bytes of an array, where the file holds all of it. Compressed by deflate, one byte may stand for 1032, and no more.
  std::size_t checked_size(const std::string& path, hid_t data, const shape& extents, std::size_t size) const {
    const char* const too_many = "the array promises more numbers than the file can hold";
    constexpr std::size_t most_times = 1032;
    const std::size_t most = file_.bytes.size() * most_times;
    std::size_t bytes = size;
    for (const std::size_t extent : extents) {
      if (extent != 0 && bytes > most / extent) fail(path, too_many);
      bytes *= extent;
    }
    const detail::hdf5_handle made(H5Dget_create_plist(data), H5Pclose);
    const H5D_layout_t layout = made ? H5Pget_layout(made.id()) : H5D_LAYOUT_ERROR;
    if ((layout != H5D_COMPACT && layout != H5D_CONTIGUOUS && layout != H5D_CHUNKED) || H5Pget_external_count(made.id()) != 0)
      fail(path, "its numbers are not in this file; save the model as one file");
    const bool is_compressed = check_filters(path, made.id());
    if (bytes == 0) return 0;
    const hsize_t stored = H5Dget_storage_size(data);
    if (stored > file_.bytes.size() || bytes > stored * (is_compressed ? most_times : 1)) fail(path, too_many);
    if (layout == H5D_CHUNKED) check_chunks(path, data, made.id(), extents, size, bytes);
    if (bytes > most_unpacked(file_.bytes.size())) fail(path, too_many);
    return bytes;
  }

  /// \return whether the array is compressed
  bool check_filters(const std::string& path, hid_t made) const {
    bool is_compressed = false;
    const int count = H5Pget_nfilters(made);
    for (int i = 0; i < count; ++i) {
      unsigned flags = 0, settings = 0;
      std::size_t setting_count = 0;
      const auto filter = H5Pget_filter2(made, static_cast<unsigned>(i), &flags, &setting_count, nullptr, 0, nullptr, &settings);
      if (filter == H5Z_FILTER_DEFLATE && !is_compressed)
        is_compressed = true;
      else if (filter != H5Z_FILTER_SHUFFLE && filter != H5Z_FILTER_FLETCHER32)
        fail(path, "the array is packed in a way that is not supported; save it uncompressed, or by gzip");
    }
    if (count < 0 || count > 3) fail(path, "the array's compression cannot be read");
    return is_compressed;
  }

  /// libhdf5 makes room for a whole chunk at a time, and takes zeros for chunks that are not there.
  void check_chunks(const std::string& path, hid_t data, hid_t made, const shape& extents, std::size_t size, std::size_t bytes) const {
    std::array<hsize_t, H5S_MAX_RANK> chunk{};
    const int rank = H5Pget_chunk(made, static_cast<int>(chunk.size()), chunk.data());
    if (rank < 0 || static_cast<std::size_t>(rank) != extents.size()) fail(path, "the array's chunks cannot be read");
    hsize_t chunk_bytes = size, wanted = 1, written = 0;
    for (std::size_t d = 0; d < extents.size(); ++d) {
      // A chunk may be larger than the array, as where arrays can grow.
      constexpr hsize_t most_growth = hsize_t{1} << 24;
      if (chunk[d] == 0 || chunk_bytes > std::max<hsize_t>(bytes, most_growth) / chunk[d]) fail(path, "the array's chunks are too large");
      chunk_bytes *= chunk[d];
      wanted *= (extents[d] - 1) / chunk[d] + 1;
    }
    const detail::hdf5_handle space(H5Dget_space(data), H5Sclose);
    if (H5Dget_num_chunks(data, space.id(), &written) < 0 || written != wanted) fail(path, "a part of the array is missing");
  }

  /// All texts of an attribute; nothing where there is no such attribute.
  std::optional<std::vector<std::string>> attribute(const std::string& path, const std::string& name) const {
    const auto object = open(path, H5I_BADID, "object");
#if H5_VERSION_GE(1, 12, 0)
    H5O_info1_t about;
#else
    H5O_info_t about;
#endif
    if (H5Oget_info2(object.id(), &about, H5O_INFO_BASIC) < 0) fail(path, "it cannot be read" + detail::hdf5_reason());
    try {
      return detail::hdf5_texts(file_).attribute(about.addr, name);
    } catch (const data_error& fault) {
      fail(path, "attribute " + name + ": " + fault.what());
    }
  }

  file_bytes file_;
  detail::hdf5_handle opened_;
};

}  // namespace deepmaacc::io
