#pragma once

/// \file
/// What libhdf5 hands out, closed when it goes, and its error texts.

#include <hdf5.h>

#include <string>
#include <utility>

namespace deepmaacc::io::detail {

/// One of libhdf5's objects.
class hdf5_handle {
 public:
  hdf5_handle() = default;
  hdf5_handle(hid_t id, herr_t (*close)(hid_t)) : id_(id), close_(close) {}
  hdf5_handle(hdf5_handle&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
  hdf5_handle& operator=(hdf5_handle&& other) noexcept {
    std::swap(id_, other.id_);
    std::swap(close_, other.close_);
    return *this;
  }
  ~hdf5_handle() {
    if (id_ >= 0) close_(id_);
  }
  explicit operator bool() const { return id_ >= 0; }
  hid_t id() const { return id_; }

 private:
  hid_t id_ = -1;
  herr_t (*close_)(hid_t) = nullptr;
};

/// Keeps libhdf5 from printing to stderr while it lives.
class hdf5_silence {
 public:
  hdf5_silence() {
    H5Eget_auto2(H5E_DEFAULT, &print_, &data_);
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  }
  hdf5_silence(const hdf5_silence&) = delete;
  hdf5_silence& operator=(const hdf5_silence&) = delete;
  ~hdf5_silence() { H5Eset_auto2(H5E_DEFAULT, print_, data_); }

 private:
  H5E_auto2_t print_ = nullptr;
  void* data_ = nullptr;
};

/// Why libhdf5's last call failed, as it says it where the fault was found: " (unable to load object header)"; nothing where it says
/// nothing.
inline std::string hdf5_reason() {
  std::string text;
  const H5E_walk2_t innermost = [](unsigned depth, const H5E_error2_t* one, void* found) -> herr_t {
    if (depth == 0 && one->desc && *one->desc) *static_cast<std::string*>(found) = std::string(" (") + one->desc + ")";
    return 0;
  };
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, innermost, &text);
  for (char& letter : text)
    if (static_cast<unsigned char>(letter) < ' ') letter = '?';
  return text;
}

}  // namespace deepmaacc::io::detail
