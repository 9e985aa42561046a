#pragma once

/// \file
/// zip archives, by libzip.

#include <zip.h>

#include <cstddef>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/io/file.hpp>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace deepmaacc::io {

/// Whether a file looks like a zip archive.
inline bool is_zip(const file_bytes& file) {
  return file.bytes.size() > 3 && file.bytes[0] == std::byte{'P'} && file.bytes[1] == std::byte{'K'};
}

/// A zip archive in memory.
class zip_archive {
 public:
  /// \throws data_error naming the file where it is no zip archive.
  explicit zip_archive(file_bytes file) : file_(std::move(file)) {
    if (file_.bytes.empty()) file_.fail("it is no zip archive, but an empty file");  // libzip would take it for an empty archive
    zip_error_t fault;
    zip_error_init(&fault);
    zip_source_t* source = zip_source_buffer_create(file_.bytes.data(), file_.bytes.size(), 0, &fault);
    zip_t* opened = source ? zip_open_from_source(source, ZIP_RDONLY, &fault) : nullptr;
    const std::string why = opened ? "" : zip_error_strerror(&fault);
    zip_error_fini(&fault);
    if (!opened) {
      if (source) zip_source_free(source);
      file_.fail("it is no zip archive that can be read (" + why + ")");
    }
    archive_.reset(opened);
  }

  /// Names of the entries, in the archive's order.
  std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (zip_int64_t i = 0; i < zip_get_num_entries(archive_.get(), 0); ++i)
      if (const char* name = zip_get_name(archive_.get(), static_cast<zip_uint64_t>(i), 0)) all.emplace_back(name);
    return all;
  }

  bool has(const std::string& name) const { return zip_name_locate(archive_.get(), name.c_str(), 0) >= 0; }

  /// One entry, unpacked and called "ARCHIVE: NAME".
  /// \param most  bytes that it may unpack to. Compressed by deflate, an archive can hold entries a thousand times as large as itself, so
  ///              whoever knows what to expect says it: \ref most_unpacked.
  /// \throws data_error where it is missing or broken, larger than `most` or than the archive's directory says, or packed in another way
  ///         than by deflate
  file_bytes entry(const std::string& name, std::size_t most = std::numeric_limits<std::size_t>::max()) const {
    file_bytes content{file_.name + ": " + name, {}};
    const auto fail_to_unpack = [&](const char* why) { content.fail(std::string("it cannot be unpacked (") + why + ")"); };
    zip_stat_t about;
    zip_stat_init(&about);
    constexpr zip_uint64_t needed = ZIP_STAT_INDEX | ZIP_STAT_SIZE | ZIP_STAT_COMP_METHOD;
    if (zip_stat(archive_.get(), name.c_str(), 0, &about) != 0) fail_to_unpack(zip_strerror(archive_.get()));
    if ((about.valid & needed) != needed) fail_to_unpack("its size is not known");
    if (about.comp_method != ZIP_CM_STORE && about.comp_method != ZIP_CM_DEFLATE)
      fail_to_unpack("only entries that are stored, or compressed by deflate, are supported");
    if (about.size > most)
      content.fail(deepmaacc::detail::text("it unpacks to ", about.size,
                                           " bytes, more than a file of this kind and size should; the most is ", most));
    const std::unique_ptr<zip_file_t, int (*)(zip_file_t*)> opened(zip_fopen_index(archive_.get(), about.index, 0), zip_fclose);
    if (!opened) fail_to_unpack(zip_strerror(archive_.get()));
    std::vector<std::byte> chunk(std::size_t{1} << 18);
    for (;;) {
      const zip_int64_t got = zip_fread(opened.get(), chunk.data(), chunk.size());
      if (got < 0) fail_to_unpack(zip_file_strerror(opened.get()));
      // What the directory says makes no room by itself: it may be a lie either way.
      if (static_cast<zip_uint64_t>(got) > about.size - content.bytes.size())
        fail_to_unpack("it is larger than the archive's directory says");
      if (got == 0) break;
      content.bytes.insert(content.bytes.end(), chunk.begin(), chunk.begin() + got);
    }
    if (content.bytes.size() != about.size) fail_to_unpack("it is smaller than the archive's directory says");
    return content;
  }

  const std::string& name() const { return file_.name; }

 private:
  file_bytes file_;
  std::unique_ptr<zip_t, void (*)(zip_t*)> archive_{nullptr, zip_discard};
};

}  // namespace deepmaacc::io
