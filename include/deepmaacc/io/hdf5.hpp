#pragma once

/// \file
/// HDF5 files in memory, by the C interface of libhdf5.

#include <hdf5.h>

#include <cstddef>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/io/array.hpp>
#include <deepmaacc/io/file.hpp>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace deepmaacc::io {

/// An HDF5 file in memory, for reading. The library's own error prints are silenced; errors are thrown instead.
class hdf5_file {
 public:
  /// \throws data_error naming the file where it is no HDF5 file.
  explicit hdf5_file(file_bytes file) : file_(std::move(file)) {
    const silence quiet;
    const handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
    constexpr std::size_t growth = std::size_t{1} << 16;
    if (file_.bytes.empty() || H5Pset_fapl_core(access.id(), growth, false) < 0 ||
        H5Pset_file_image(access.id(), file_.bytes.data(), file_.bytes.size()) < 0)
      file_.fail("libhdf5 cannot take it");
    opened_ = handle(H5Fopen(file_.name.c_str(), H5F_ACC_RDONLY, access.id()), H5Fclose);
    if (!opened_) file_.fail("it is no HDF5 file that can be read");
  }

  /// Whether there is an object at a path of groups.
  bool has(const std::string& path) const {
    const silence quiet;
    for (std::size_t end = path.find('/'); end != std::string::npos; end = path.find('/', end + 1))
      if (end > 0 && H5Lexists(opened_.id(), path.substr(0, end).c_str(), H5P_DEFAULT) <= 0) return false;
    return H5Lexists(opened_.id(), path.c_str(), H5P_DEFAULT) > 0;
  }

  /// A data set of floating-point numbers, converted to T. \throws data_error naming file and data set.
  template <class T>
  array<T> read(const std::string& path) const {
    const silence quiet;
    const auto fail = [&](const std::string& why) { file_.fail(path + ": " + why); };
    const handle data(H5Dopen2(opened_.id(), path.c_str(), H5P_DEFAULT), H5Dclose);
    if (!data) fail("there is no such array");
    const handle type(H5Dget_type(data.id()), H5Tclose), space(H5Dget_space(data.id()), H5Sclose);
    if (!type || H5Tget_class(type.id()) != H5T_FLOAT) fail("the array does not hold floating-point numbers");
    const int rank = space ? H5Sget_simple_extent_ndims(space.id()) : -1;
    if (rank < 0) fail("the array's shape cannot be read");
    std::vector<hsize_t> extents(static_cast<std::size_t>(rank));
    if (rank > 0) H5Sget_simple_extent_dims(space.id(), extents.data(), nullptr);
    array<T> result;
    result.extents.assign(extents.begin(), extents.end());
    // Trained weights do not compress to nothing: an array that promises more numbers than the file has bits is broken.
    if (element_count(result.extents) / 8 > file_.bytes.size()) fail("the array promises more numbers than the file can hold");
    result.values.resize(element_count(result.extents));
    const hid_t memory = std::is_same_v<T, double> ? H5T_NATIVE_DOUBLE : H5T_NATIVE_FLOAT;
    if (H5Dread(data.id(), memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, result.values.data()) < 0) fail("the array cannot be read");
    return result;
  }

  const std::string& name() const { return file_.name; }

 private:
  /// One of libhdf5's objects.
  class handle {
   public:
    handle() = default;
    handle(hid_t id, herr_t (*close)(hid_t)) : id_(id), close_(close) {}
    handle(handle&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
    handle& operator=(handle&& other) noexcept {
      std::swap(id_, other.id_);
      std::swap(close_, other.close_);
      return *this;
    }
    ~handle() {
      if (id_ >= 0) close_(id_);
    }
    explicit operator bool() const { return id_ >= 0; }
    hid_t id() const { return id_; }

   private:
    hid_t id_ = -1;
    herr_t (*close_)(hid_t) = nullptr;
  };

  /// Keeps libhdf5 from printing to stderr while it lives.
  class silence {
   public:
    silence() {
      H5Eget_auto2(H5E_DEFAULT, &print_, &data_);
      H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    }
    silence(const silence&) = delete;
    silence& operator=(const silence&) = delete;
    ~silence() { H5Eset_auto2(H5E_DEFAULT, print_, data_); }

   private:
    H5E_auto2_t print_ = nullptr;
    void* data_ = nullptr;
  };

  file_bytes file_;
  handle opened_;
};

}  // namespace deepmaacc::io
