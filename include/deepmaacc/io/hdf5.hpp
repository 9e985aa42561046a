#pragma once

/// \file
/// HDF5 files in memory, by the C interface of libhdf5. libhdf5 trusts files more than it should, so what it is asked to do is checked
/// before: no link leads out of the file or around in it, no array promises more than the file can hold, and numbers are converted here.

#include <hdf5.h>

#include <atomic>
#include <cstddef>
#include <cstring>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/io/array.hpp>
#include <deepmaacc/io/file.hpp>
#include <deepmaacc/io/hdf5_numbers.hpp>
#include <deepmaacc/io/hdf5_objects.hpp>
#include <deepmaacc/io/hdf5_structure.hpp>
#include <deepmaacc/io/hdf5_texts.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
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
  /// libhdf5 takes memory for a copy of the file. \throws data_error naming the file where it is no HDF5 file.
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
        H5Pset_file_image(access.id(), const_cast<std::byte*>(file_.bytes.data()), file_.bytes.size()) < 0)  // it copies them
      file_.fail("libhdf5 cannot take it" + detail::hdf5_reason());
    // libhdf5 refuses an image that is called as a file that exists: nothing can lie in a file as in a folder. And it takes two images of
    // one name for the same: each has a number.
    static std::atomic<std::size_t> count = 0;
    const std::string name = file_.name + "/" + std::to_string(count++);
    opened_ = detail::hdf5_handle(H5Fopen(name.c_str(), H5F_ACC_RDONLY, access.id()), H5Fclose);
    if (!opened_) file_.fail("it is no HDF5 file that can be read" + detail::hdf5_reason());
  }

  /// Whether there is an object at a path of groups. \throws data_error where a link to elsewhere is on the way.
  bool has(const std::string& path) const {
    const detail::hdf5_silence quiet;
    detail::hdf5_structure structure(file_);
    for (std::size_t end = path.find_first_not_of('/'); end != std::string::npos;) {
      end = path.find('/', end + 1);
      const std::string way = path.substr(0, end);
      if (way.back() == '/') continue;  // two slashes in a row
      detail::hdf5_link_info link;
      if (H5Lexists(opened_.id(), way.c_str(), H5P_DEFAULT) <= 0) return false;
      if (detail::hdf5_get_link_info(opened_.id(), way.c_str(), &link) < 0) fail(way, "the link cannot be read" + detail::hdf5_reason());
      if (link.type != H5L_TYPE_HARD) fail(way, "it is a link to elsewhere; save the model as one file, without links");
      if (checked_.contains(link.u.address)) continue;
      try {
        structure.check_object(link.u.address);
        checked_.insert(link.u.address);
      } catch (const data_error& fault) {
        fail(way, fault.what());
      }
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
    const auto found = type ? detail::hdf5_number_of(type.id()) : std::nullopt;
    const detail::hdf5_number stored = found.value_or(detail::hdf5_number{});
    try {
      const detail::hdf5_numbers numbers(file_, data.id());
      shape extents = numbers.extents();
      if (!found || (stored.is_integer && !extents.empty())) throw data_error("the array does not hold floating-point numbers");
      const auto bytes = numbers.bytes(extents, size_of(stored.type));
      return decode<T>(file_, bytes, std::move(extents), stored.type, stored.order);
    } catch (const data_error& fault) {
      fail(path, fault.what());
    }
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
  [[noreturn]] void fail(const std::string& path, const std::string& why) const { file_.fail(path + ": " + why); }

  /// Opens an object of one kind; H5I_BADID is any.
  detail::hdf5_handle open(const std::string& path, H5I_type_t kind, const std::string& called) const {
    if (!has(path)) fail(path, "there is no such " + called);
    detail::hdf5_handle object(H5Oopen(opened_.id(), path.c_str(), H5P_DEFAULT), H5Oclose);
    if (!object) fail(path, "the " + called + " cannot be opened" + detail::hdf5_reason());
    if (kind != H5I_BADID && H5Iget_type(object.id()) != kind) fail(path, "it is no " + called);
    return object;
  }

  /// All texts of an attribute; nothing where there is no such attribute.
  std::optional<std::vector<std::string>> attribute(const std::string& path, const std::string& name) const {
    const auto object = open(path, H5I_BADID, "object");
    detail::hdf5_object_info about;
    if (H5Oget_info2(object.id(), &about, H5O_INFO_BASIC) < 0) fail(path, "it cannot be read" + detail::hdf5_reason());
    try {
      return detail::hdf5_texts(file_).attribute(about.addr, name);
    } catch (const data_error& fault) {
      fail(path, "attribute " + name + ": " + fault.what());
    }
  }

  file_bytes file_;
  detail::hdf5_handle opened_;
  mutable std::unordered_set<haddr_t> checked_;  ///< objects whose structure was found sound; paths share their groups
};

}  // namespace deepmaacc::io
