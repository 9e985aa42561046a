#pragma once

/// \file
/// Bytes of HDF5 files, and the headers of the objects in them, read without libhdf5. Names and parts are those of "HDF5 File Format
/// Specification Version 3.0".

#include <cstddef>
#include <cstdint>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/io/file.hpp>
#include <span>
#include <string_view>
#include <vector>

namespace deepmaacc::io::detail {

/// Reads little-endian numbers and blocks of bytes one after the other.
/// \throws data_error where the bytes end before.
class hdf5_bytes {
 public:
  explicit hdf5_bytes(std::span<const std::byte> bytes) : bytes_(bytes) {}

  std::size_t left() const { return bytes_.size(); }

  hdf5_bytes take(std::uint64_t count) {
    if (count > bytes_.size()) throw data_error("it is cut off, or points out of the file");
    const auto taken = bytes_.first(static_cast<std::size_t>(count));
    bytes_ = bytes_.subspan(taken.size());
    return hdf5_bytes(taken);
  }

  std::uint64_t number(std::size_t count) {
    const auto taken = take(count).bytes_;
    std::uint64_t value = 0;
    for (std::size_t b = count; b-- > 0;) value = value << 8 | std::to_integer<std::uint64_t>(taken[b]);
    return value;
  }

  std::string_view text() const { return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()}; }

 private:
  std::span<const std::byte> bytes_;
};

/// What a message in a header is about, of those that are looked at.
enum class hdf5_message : std::uint64_t {
  link_info = 0x02,
  link = 0x06,
  layout = 0x08,
  attribute = 0x0c,
  symbol_table = 0x11,
  attribute_info = 0x15
};

/// An address that leads nowhere.
inline constexpr std::uint64_t hdf5_nowhere = ~std::uint64_t{0};

/// The headers in one file (specification IV.A), of both versions. Refers to the file. What it throws are data errors that name nothing.
class hdf5_headers {
 public:
  explicit hdf5_headers(const file_bytes& file) : file_(&file) {}

  const file_bytes& file() const { return *file_; }

  /// All from an address on.
  hdf5_bytes at(std::uint64_t address) const {
    hdf5_bytes all{std::span(file_->bytes)};
    all.take(address);
    return all;
  }

  /// Calls `look(hdf5_message, flags, hdf5_bytes)` with each message of the header at an address.
  /// \throws data_error where its blocks are not in the file, or go round in a circle
  template <class Look>
  void visit(std::uint64_t address, const Look& look) const {
    if (at(address).take(4).text() == "OHDR")
      visit_new_header(address, look);
    else
      visit_old_header(address, look);
  }

 private:
  static constexpr std::uint64_t continuation = 0x10;

  struct message_head {
    std::uint64_t type, size, flags;
  };

  /// Calls `look` with each message of the blocks that a header consists of. A message may add a block.
  /// \param read_head  takes type, size and flags of a message from a block
  template <class ReadHead, class Block, class Look>
  void visit_blocks(hdf5_bytes first, const ReadHead& read_head, std::size_t head_size, const Block& block_at, const Look& look) const {
    std::vector<hdf5_bytes> blocks{first};
    std::size_t visited = 0;
    for (std::size_t b = 0; b < blocks.size(); ++b) {
      visited += blocks[b].left() + head_size;
      if (visited > file_->bytes.size()) throw data_error("the parts of its header go round in a circle");
      for (hdf5_bytes block = blocks[b]; block.left() >= head_size;) {
        const auto [type, size, flags] = read_head(block);
        hdf5_bytes message = block.take(size);
        if (type == continuation) {
          const std::uint64_t address = message.number(8);
          blocks.push_back(block_at(address, message.number(8)));
        } else {
          look(static_cast<hdf5_message>(type), flags, message);
        }
      }
    }
  }

  template <class Look>
  void visit_old_header(std::uint64_t address, const Look& look) const {
    hdf5_bytes header = at(address);
    if (header.number(1) != 1) throw data_error("its header is broken");
    header.take(7);
    const std::uint64_t size = header.number(4);
    header.take(4);
    const auto read_head = [](hdf5_bytes& block) {
      const std::uint64_t type = block.number(2), length = block.number(2), flags = block.number(1);
      block.take(3);
      return message_head{type, length, flags};
    };
    visit_blocks(
        header.take(size), read_head, 8, [&](std::uint64_t where, std::uint64_t length) { return at(where).take(length); }, look);
  }

  template <class Look>
  void visit_new_header(std::uint64_t address, const Look& look) const {
    hdf5_bytes header = at(address);
    header.take(5);
    const std::uint64_t flags = header.number(1);
    header.take((flags & 0x20 ? 16U : 0U) + (flags & 0x10 ? 4U : 0U));
    const std::uint64_t size = header.number(std::size_t{1} << (flags & 3));
    const bool has_order = flags & 4;
    const auto read_head = [&](hdf5_bytes& block) {
      const std::uint64_t type = block.number(1), length = block.number(2), message_flags = block.number(1);
      if (has_order) block.take(2);
      return message_head{type, length, message_flags};
    };
    const auto block_at = [&](std::uint64_t where, std::uint64_t length) {
      constexpr std::uint64_t frame = 8;  // a signature before and a checksum behind
      if (length < frame) throw data_error("its header is broken");
      hdf5_bytes block = at(where);
      block.take(4);
      return block.take(length - frame);
    };
    visit_blocks(header.take(size), read_head, has_order ? 6 : 4, block_at, look);
  }

  const file_bytes* file_;
};

}  // namespace deepmaacc::io::detail
