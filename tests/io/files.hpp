#pragma once

/// \file
/// Files for the tests of readers: a scratch folder, bytes, zip archives, and texts of errors.

#include <zip.h>
#include <zlib.h>

#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <cstring>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/io/file.hpp>
#include <deepmaacc/io/zip.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "support/temporary_folder.hpp"

namespace support {

/// A file of tests/fixtures.
inline std::string fixture(const std::string& name) { return DEEPMAACC_FIXTURES_DIR "/" + name; }

/// A folder that is gone when the test ends, and files in it.
class scratch_folder : public temporary_folder {
 public:
  /// Writes a file, and gives its path.
  std::string write(const std::string& name, std::string_view content) const {
    const auto file = path() / name;
    std::ofstream(file, std::ios::binary).write(content.data(), static_cast<std::streamsize>(content.size()));
    return file.string();
  }

  /// Writes a file compressed by gzip.
  std::string write_gzip(const std::string& name, std::string_view content) const {
    const auto file = (path() / name).string();
    const gzFile stream = gzopen(file.c_str(), "wb");
    BOOST_REQUIRE(stream);
    BOOST_REQUIRE(gzwrite(stream, content.data(), static_cast<unsigned>(content.size())) == static_cast<int>(content.size()));
    gzclose(stream);
    return file;
  }

  /// Writes a zip archive.
  std::string write_zip(const std::string& name, const std::map<std::string, std::string>& entries) const {
    const auto file = (path() / name).string();
    zip_t* archive = zip_open(file.c_str(), ZIP_CREATE | ZIP_TRUNCATE, nullptr);
    BOOST_REQUIRE(archive);
    for (const auto& [entry, content] : entries)
      BOOST_REQUIRE(zip_file_add(archive, entry.c_str(), zip_source_buffer(archive, content.data(), content.size(), 0), 0) >= 0);
    BOOST_REQUIRE(zip_close(archive) == 0);
    return file;
  }
};

/// Bytes as a text.
inline std::string text_of(const deepmaacc::io::file_bytes& file) {
  std::string text(file.bytes.size(), '\0');
  if (!text.empty()) std::memcpy(text.data(), file.bytes.data(), text.size());
  return text;
}

inline std::string content_of(const std::string& path) { return text_of(deepmaacc::io::read_file(path)); }

/// A text as the bytes of a file.
inline deepmaacc::io::file_bytes bytes_of(std::string_view text, std::string name = "bytes") {
  std::vector<std::byte> bytes(text.size());
  if (!text.empty()) std::memcpy(bytes.data(), text.data(), text.size());
  return {std::move(name), std::move(bytes)};
}

/// Checks that a call throws Error with a text that has all of these parts.
template <class Error, class Call>
void check_error(const Call& call, const std::vector<std::string>& parts) {
  try {
    call();
    BOOST_ERROR("nothing was thrown; expected an error with '" << (parts.empty() ? "" : parts.front()) << "'");
  } catch (const Error& fault) {
    const std::string text = fault.what();
    for (const auto& part : parts)
      BOOST_CHECK_MESSAGE(text.find(part) != std::string::npos, "'" << text << "' should have '" << part << "'");
    BOOST_CHECK_MESSAGE(text.find('\n') == std::string::npos, "'" << text << "' should be one line");
  }
}

/// Runs a call, which may throw what the toolkit throws on purpose and nothing else. \return whether it did not throw
template <class Call>
bool is_read_or_refused(const Call& call) {
  try {
    call();
    return true;
  } catch (const deepmaacc::error&) {
    return false;
  }
}

}  // namespace support
