#pragma once

/// \file
/// Writes NPZ, NumPy's format of several arrays with names.

#include <zip.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/core/atomic_file.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/io/npy_writer.hpp>
#include <filesystem>
#include <list>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace deepmaacc::io {

namespace detail {

/// The code points of a text in UTF-8; what is none becomes U+FFFD.
inline std::u32string code_points(std::string_view text) {
  std::u32string points;
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(at < text.size() ? text[at] : 0); };
    const unsigned char first = byte(i);
    const std::size_t more = first < 0x80 ? 0 : first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc0 ? 1 : 4;
    char32_t point = more == 0 ? first : static_cast<char32_t>(first & (0x3f >> more));
    bool is_valid = more < 4;
    for (std::size_t k = 1; is_valid && k <= more; ++k) {
      is_valid = (byte(i + k) & 0xc0) == 0x80;
      point = point << 6 | (byte(i + k) & 0x3f);
    }
    is_valid = is_valid && point <= 0x10ffff;
    points += is_valid ? point : U'\ufffd';
    i += is_valid ? more + 1 : 1;
  }
  return points;
}

/// NPY bytes of texts, as NumPy has them: each as wide as the longest, in code points of 32 bits.
inline std::string npy_of_texts(const std::vector<std::string>& texts, const shape& extents) {
  std::vector<std::u32string> all;
  std::size_t width = 1;
  for (const std::string& text : texts) width = std::max(width, all.emplace_back(code_points(text)).size());
  const char order = std::endian::native == std::endian::little ? '<' : '>';
  std::string bytes = npy_header_bytes(order + std::string("U") + std::to_string(width), extents);
  for (std::u32string& text : all) {
    text.resize(width, U'\0');
    bytes.append(reinterpret_cast<const char*>(text.data()), width * sizeof(char32_t));
  }
  return bytes;
}

}  // namespace detail

/// Arrays that become an NPZ file. Each is kept as bytes until `write`.
class npz_writer {
 public:
  /// Adds an array, anything that `write_npy` takes.
  template <class Numbers>
  void add(const std::string& name, const Numbers& numbers) {
    std::ostringstream out;
    write_npy(out, numbers);
    entries_.emplace_back(name, std::move(out).str());
  }
  /// Adds a single whole number.
  void add_number(const std::string& name, std::int64_t number) { add(name, array<std::int64_t>{{}, {number}}); }
  /// Adds a text, or one for each of several.
  void add_text(const std::string& name, const std::string& text) { entries_.emplace_back(name, detail::npy_of_texts({text}, {})); }
  void add_texts(const std::string& name, const std::vector<std::string>& texts) {
    entries_.emplace_back(name, detail::npy_of_texts(texts, {texts.size()}));
  }

  /// Writes all to a file, packed, whole or not at all.
  /// \throws data_error naming the file where it cannot be written.
  void write(const std::filesystem::path& path) const {
    const std::filesystem::path written = deepmaacc::detail::temporary_path_for(path);
    const auto fail = [&](const std::string& why) {
      deepmaacc::detail::discard(written, path);
      deepmaacc::detail::fail_to_write(path, why);
    };
    int fault = 0;
    std::unique_ptr<zip_t, void (*)(zip_t*)> archive(zip_open(written.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &fault), zip_discard);
    if (!archive) fail("check that you may write there, and that it is a file");
    for (const auto& [name, bytes] : entries_) {
      zip_source_t* const source = zip_source_buffer(archive.get(), bytes.data(), bytes.size(), 0);
      const zip_int64_t index = source ? zip_file_add(archive.get(), (name + ".npy").c_str(), source, ZIP_FL_ENC_UTF_8) : -1;
      if (index < 0) {
        if (source) zip_source_free(source);
        fail(zip_strerror(archive.get()));
      }
      const auto at = static_cast<zip_uint64_t>(index);
      constexpr zip_uint16_t first_day = 1 << 5 | 1;  // of 1980: the same arrays make the same file
      zip_file_set_dostime(archive.get(), at, 0, first_day, 0);
      zip_set_file_compression(archive.get(), at, ZIP_CM_DEFLATE, 1);  // bits that are mostly 0 pack well even so
    }
    if (zip_close(archive.get()) != 0) fail(std::string(zip_strerror(archive.get())) + "; check the space that is left");
    static_cast<void>(archive.release());
    if (written != path) deepmaacc::detail::replace_by(written, path);
  }

 private:
  std::list<std::pair<std::string, std::string>> entries_;  ///< names, and NPY bytes
};

}  // namespace deepmaacc::io
