#pragma once

/// \file
/// zip archives, by libzip.

#include <zip.h>

#include <algorithm>
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
    return entry(name, most, [](const file_bytes&, std::size_t size) { return size; });
  }

  /// The same, or its beginning.
  /// \param wanted  called once with its first bytes (64 KiB, or all) and how many there are: how many bytes are wanted. What is behind
  /// them
  ///                is not looked at, so check sums aren't either. It may throw, to refuse the entry.
  template <class Wanted>
  file_bytes entry(const std::string& name, std::size_t most, const Wanted& wanted) const {
    const file_bytes nothing(file_.name + ": " + name, std::vector<std::byte>());
    const auto fail_to_unpack = [&](const char* why) { nothing.fail(std::string("it cannot be unpacked (") + why + ")"); };
    zip_stat_t about;
    zip_stat_init(&about);
    constexpr zip_uint64_t needed = ZIP_STAT_INDEX | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD;
    if (zip_stat(archive_.get(), name.c_str(), 0, &about) != 0) fail_to_unpack(zip_strerror(archive_.get()));
    if ((about.valid & needed) != needed) fail_to_unpack("its size is not known");
    if (about.comp_method != ZIP_CM_STORE && about.comp_method != ZIP_CM_DEFLATE)
      fail_to_unpack("only entries that are stored, or compressed by deflate, are supported");
    if (about.size > most)
      nothing.fail(deepmaacc::detail::text("it unpacks to ", about.size,
                                           " bytes, more than a file of this kind and size should; the most is ", most));
    const std::unique_ptr<zip_file_t, int (*)(zip_file_t*)> opened(zip_fopen_index(archive_.get(), about.index, 0), zip_fclose);
    if (!opened) fail_to_unpack(zip_strerror(archive_.get()));

    constexpr std::size_t first = std::size_t{1} << 16, most_at_once = std::size_t{1} << 18;
    std::vector<std::byte> content, chunk(most_at_once);
    std::size_t seen = 0;
    const auto unpack = [&](std::size_t count) {
      const zip_int64_t got = zip_fread(opened.get(), chunk.data(), count);
      if (got < 0) fail_to_unpack(zip_file_strerror(opened.get()));
      // What the directory says makes no room by itself: it may be a lie either way.
      if (static_cast<zip_uint64_t>(got) > about.size - content.size()) fail_to_unpack("it is larger than the archive's directory says");
      content.insert(content.end(), chunk.begin(), chunk.begin() + got);
      if ((seen += static_cast<std::size_t>(got)) >= release_after) {
        file_.release();
        seen = 0;
      }
      return got > 0;
    };
    bool has_more = true;
    while (has_more && content.size() < first) has_more = unpack(first - content.size());
    const std::size_t end = wanted(file_bytes(nothing.name, content), static_cast<std::size_t>(about.size));
    // Room for all, so that nothing need be moved; but no more than the bytes that are packed can hold.
    const std::size_t packed = std::min<std::size_t>(about.comp_size, file_.bytes.size());
    content.reserve(std::max(content.size(), std::min(end, most_deflated(packed))));
    while (has_more && content.size() < end) has_more = unpack(std::min(most_at_once, end - content.size()));
    while (has_more && end >= about.size) has_more = unpack(most_at_once);  // there must be nothing more, and its check sum is compared
    if (content.size() < std::min<std::size_t>(end, about.size)) fail_to_unpack("it is smaller than the archive's directory says");
    if (content.size() > end) content.resize(end);
    file_.release();
    return {nothing.name, std::move(content)};
  }

  const std::string& name() const { return file_.name; }

 private:
  file_bytes file_;
  std::unique_ptr<zip_t, void (*)(zip_t*)> archive_{nullptr, zip_discard};
};

}  // namespace deepmaacc::io
