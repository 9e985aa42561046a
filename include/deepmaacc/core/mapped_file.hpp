#pragma once

/// \file
/// Files as memory, which the system reads in where it is touched.

#if defined(__unix__) || defined(__APPLE__)
#define DEEPMAACC_MAPS_FILES
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#endif

#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <limits>
#include <memory>
#include <new>
#include <span>

namespace deepmaacc {

/// A regular file, mapped for reading. Its bytes take no memory until they are looked at, and what they take then is what the system keeps
/// of the file anyway. The file must stay as it is meanwhile: where it is cut short, a look behind its new end ends the program (SIGBUS).
class mapped_file {
 public:
  /// \return null where it is no file that this system maps.
  /// \throws std::bad_alloc where there is no room for its addresses.
  static std::shared_ptr<const mapped_file> map([[maybe_unused]] const std::filesystem::path& path) {
#ifdef DEEPMAACC_MAPS_FILES
    const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return nullptr;
    struct stat about {};
    void* place = MAP_FAILED;
    int fault = 0;
    const bool is_mappable = fstat(file, &about) == 0 && S_ISREG(about.st_mode) && about.st_size > 0;
    if (is_mappable) {
      place = mmap(nullptr, static_cast<std::size_t>(about.st_size), PROT_READ, MAP_PRIVATE, file, 0);
      fault = errno;
    }
    close(file);
    if (place != MAP_FAILED) {
      const std::span<const std::byte> bytes(static_cast<const std::byte*>(place), static_cast<std::size_t>(about.st_size));
      return std::shared_ptr<const mapped_file>(new mapped_file(bytes));
    }
    if (is_mappable && fault == ENOMEM) throw std::bad_alloc();
#endif
    return nullptr;
  }

  mapped_file(const mapped_file&) = delete;
  mapped_file& operator=(const mapped_file&) = delete;
#ifdef DEEPMAACC_MAPS_FILES
  ~mapped_file() { munmap(address(), bytes_.size()); }
#endif

  std::span<const std::byte> bytes() const { return bytes_; }

  /// Gives back the memory of all that was looked at, for now: the system reads it again where it is needed.
  void release() const {
#ifdef DEEPMAACC_MAPS_FILES
    madvise(address(), bytes_.size(), MADV_DONTNEED);  // a wish, of which nothing depends
#endif
  }

 private:
  explicit mapped_file(std::span<const std::byte> bytes) : bytes_(bytes) {}

  /// The system's interface is older than const; it does not write here.
  void* address() const { return const_cast<std::byte*>(bytes_.data()); }

  std::span<const std::byte> bytes_;
};

}  // namespace deepmaacc
