#pragma once

/// \file
/// A file in memory as libhdf5 takes it, without copies.

#include <hdf5.h>

#include <cstddef>
#include <span>

namespace deepmaacc::io::detail {

/// Makes a file access list take a file in memory as it is: libhdf5 would copy it twice. It only reads what is opened for reading, so the
/// bytes may be mapped read-only.
/// \param bytes  must outlive files that are opened with the list; the span itself need not outlive the list
/// \return whether libhdf5 takes it
inline bool share_image(hid_t access, std::span<const std::byte>& bytes) {
  H5FD_file_image_callbacks_t sharing{};
  sharing.image_malloc = [](std::size_t size, H5FD_file_image_op_t, void* shared) -> void* {
    const auto& all = *static_cast<const std::span<const std::byte>*>(shared);
    return size == all.size() ? const_cast<std::byte*>(all.data()) : nullptr;
  };
  sharing.image_memcpy = [](void* to, const void* from, std::size_t, H5FD_file_image_op_t, void*) -> void* {
    return to == from ? to : nullptr;
  };
  sharing.image_realloc = [](void*, std::size_t, H5FD_file_image_op_t, void*) -> void* { return nullptr; };
  sharing.image_free = [](void*, H5FD_file_image_op_t, void*) -> herr_t { return 0; };
  sharing.udata_copy = [](void* shared) { return shared; };
  sharing.udata_free = [](void*) -> herr_t { return 0; };
  sharing.udata = &bytes;
  return H5Pset_file_image_callbacks(access, &sharing) >= 0 &&
         H5Pset_file_image(access, const_cast<std::byte*>(bytes.data()), bytes.size()) >= 0;
}

}  // namespace deepmaacc::io::detail
