#pragma once

/// \file
/// HDF5 files in memory, by the C interface of libhdf5. libhdf5 trusts files more than it should, so what it is asked to do is checked
/// before: names are looked up here and lead nowhere else, no array promises more than the file can hold, and numbers are converted here.

#include <hdf5.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/io/array.hpp>
#include <deepmaacc/io/file.hpp>
#include <deepmaacc/io/hdf5_image.hpp>
#include <deepmaacc/io/hdf5_numbers.hpp>
#include <deepmaacc/io/hdf5_objects.hpp>
#include <deepmaacc/io/hdf5_structure.hpp>
#include <deepmaacc/io/hdf5_texts.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
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
  /// \throws data_error naming the file where it is no HDF5 file.
  explicit hdf5_file(file_bytes file) : file_(std::move(file)) {
    const detail::hdf5_silence quiet;
    if (!is_hdf5(file_)) file_.fail("it is no HDF5 file");
    try {
      detail::hdf5_structure(file_).check_root();
    } catch (const data_error& fault) {
      file_.fail(deepmaacc::detail::text("it is no HDF5 file that can be read (", fault.what(), ")"));
    }
    const detail::hdf5_handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
    constexpr std::size_t growth = std::size_t{1} << 16;
    if (H5Pset_fapl_core(access.id(), growth, false) < 0 || H5Pset_fclose_degree(access.id(), H5F_CLOSE_STRONG) < 0 ||
        !detail::share_image(access.id(), file_.bytes))
      file_.fail("libhdf5 cannot take it" + detail::hdf5_reason());
    // libhdf5 refuses an image that is called as a file that exists: nothing can lie in a file as in a folder. And it takes two images of
    // one name for the same: each has a number.
    static std::atomic<std::size_t> count = 0;
    const std::string name = file_.name + "/" + std::to_string(count++);
    opened_ = detail::hdf5_handle(H5Fopen(name.c_str(), H5F_ACC_RDONLY, access.id()), H5Fclose);
    if (!opened_) file_.fail("it is no HDF5 file that can be read" + detail::hdf5_reason());
  }

  /// Whether there is an object at a path of groups.
  /// \throws data_error where a link to elsewhere is on the way.
  bool has(const std::string& path) const { return find(path).has_value(); }

  /// A data set of floating-point numbers, or a single whole number, converted to T. A scalar has no extents.
  /// \throws data_error naming file and data set.
  template <class T>
  array<T> read(const std::string& path) const {
    const detail::hdf5_silence quiet;
    const auto data = open_array(path);
    const detail::hdf5_handle type(H5Dget_type(data.id()), H5Tclose);
    const auto found = type ? detail::hdf5_number_of(type.id()) : std::nullopt;
    const detail::hdf5_number stored = found.value_or(detail::hdf5_number{});
    try {
      const detail::hdf5_numbers numbers(file_, data.id());
      shape extents = numbers.extents();
      if (!found && is_bfloat16(path))
        throw data_error("the array holds bfloat16 numbers, which are not supported; save the model with float32 weights");
      if (!found || (stored.is_integer && !extents.empty())) throw data_error("the array does not hold floating-point numbers");
      const auto bytes = numbers.bytes(extents, size_of(stored.type));
      return decode<T>(file_, bytes, std::move(extents), stored.type, stored.order);
    } catch (const data_error& fault) {
      fail(path, fault.what());
    }
  }

  /// Whether a data set holds numbers of double precision.
  /// \throws data_error naming file and data set.
  bool holds_double(const std::string& path) const {
    const detail::hdf5_silence quiet;
    const auto data = open_array(path);
    const detail::hdf5_handle type(H5Dget_type(data.id()), H5Tclose);
    const auto found = type ? detail::hdf5_number_of(type.id()) : std::nullopt;
    return found && found->type == element_type::f64;
  }

  /// A text that is an attribute of a group or of an array ("/" is the outermost group); nothing where there is no such attribute.
  /// \throws data_error naming file, object and attribute where it is no text
  std::optional<std::string> text_attribute(const std::string& path, const std::string& name) const {
    const auto texts = attribute(path, name);
    if (!texts) return std::nullopt;
    if (texts->size() != 1)
      fail(path, deepmaacc::detail::text("attribute ", name, ": it should be one text, but there are ", texts->size()));
    return texts->front();
  }

  /// A list of texts that is an attribute, whole or in parts: Keras splits what is too large for one attribute into NAME0, NAME1, ….
  /// Nothing where there is no such attribute.
  /// \throws data_error naming file, object and attribute where it is no list of texts
  std::optional<std::vector<std::string>> text_list_attribute(const std::string& path, const std::string& name) const {
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
  [[noreturn]] void fail(const std::string& path, const std::string& why) const { file_.fail(path + ": " + why); }

  /// Whether Keras wrote an array of bfloat16, of which HDF5 knows nothing but the size.
  bool is_bfloat16(const std::string& path) const { return attribute(path, "dtype") == std::vector<std::string>{"bfloat16"}; }

  /// Where the header of the object at a path lies.
  std::optional<std::uint64_t> find(const std::string& path) const {
    std::uint64_t header = detail::hdf5_structure(file_).root();
    for (std::size_t begin = path.find_first_not_of('/'); begin < path.size();) {
      const std::size_t end = std::min(path.find('/', begin), path.size());
      const auto& members = members_of(header, path.substr(0, begin));
      const auto found = members.find(path.substr(begin, end - begin));
      if (found == members.end()) return std::nullopt;
      header = found->second;
      if (header == detail::hdf5_nowhere) fail(path.substr(0, end), "it is a link to elsewhere; save the model as one file, without links");
      members_of(header, path.substr(0, end));
      begin = path.find_first_not_of('/', end);
    }
    return header;
  }

  /// The members of the group with a header, at a path; it is checked once.
  const detail::hdf5_structure::members& members_of(std::uint64_t header, const std::string& path) const {
    const auto known = members_.find(header);
    if (known != members_.end()) return known->second;
    try {
      return members_[header] = detail::hdf5_structure(file_).members_of(header);
    } catch (const data_error& fault) {
      fail(path, fault.what());
    }
  }

  /// libhdf5 does not look for the name: it is told where the array lies.
  detail::hdf5_handle open_array(const std::string& path) const {
    const auto header = find(path);
    if (!header) fail(path, "there is no such array");
    detail::hdf5_handle object(H5Oopen_by_addr(opened_.id(), *header), H5Oclose);
    if (!object) fail(path, "the array cannot be opened" + detail::hdf5_reason());
    if (H5Iget_type(object.id()) != H5I_DATASET) fail(path, "it is no array");
    return object;
  }

  /// All texts of an attribute; nothing where there is no such attribute.
  std::optional<std::vector<std::string>> attribute(const std::string& path, const std::string& name) const {
    const auto header = find(path);
    if (!header) fail(path, "there is no such object");
    try {
      return detail::hdf5_texts(file_).attribute(*header, name);
    } catch (const data_error& fault) {
      fail(path, "attribute " + name + ": " + fault.what());
    }
  }

  file_bytes file_;
  detail::hdf5_handle opened_;
  mutable std::unordered_map<std::uint64_t, detail::hdf5_structure::members> members_;  ///< by header; paths share their groups
};

}  // namespace deepmaacc::io
