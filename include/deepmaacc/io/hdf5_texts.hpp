#pragma once

/// \file
/// Attributes of HDF5 files that are texts, read from the bytes of the file. libhdf5 follows what such an attribute says about the heap
/// that holds the letters without a look at its bounds: one wrong bit there ends the program. So this much of the format is read here,
/// after "HDF5 File Format Specification Version 3.0", III.E, IV.A.1 and IV.A.2.m; headers of both versions, but no attribute that is
/// shared or kept in a heap.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/io/file.hpp>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace deepmaacc::io::detail {

/// Reads little-endian numbers and blocks of bytes one after the other. \throws data_error where the bytes end before.
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

/// The texts in one file. Refers to it.
class hdf5_texts {
 public:
  explicit hdf5_texts(const file_bytes& file) : file_(&file) {}

  /// All texts of the attribute `name` of the object whose header is at an address; nothing where it has no such attribute. Any attribute
  /// without elements is an empty list. \throws data_error, not naming anything, where it is broken or no text, a list of texts
  std::optional<std::vector<std::string>> attribute(std::uint64_t header, std::string_view name) const {
    std::optional<std::vector<std::string>> found;
    const auto look = [&](hdf5_bytes message) {
      if (!found) found = texts_of(message, name);
    };
    if (at(header).take(4).text() == "OHDR")
      visit_new_header(header, look);
    else
      visit_old_header(header, look);
    return found;
  }

 private:
  static constexpr std::uint64_t continuation = 0x10, attribute_info = 0x15, attribute_message = 0x0c;

  hdf5_bytes at(std::uint64_t address) const {
    hdf5_bytes all{std::span(file_->bytes)};
    all.take(address);
    return all;
  }

  /// Calls `look` with each attribute message of the blocks that a header consists of. A message may add a block.
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
        constexpr std::uint64_t is_shared = 2;
        if (type == continuation) {
          const std::uint64_t address = message.number(8);
          blocks.push_back(block_at(address, message.number(8)));
        } else if (type == attribute_message) {
          if (flags & is_shared) throw data_error("it is shared between objects, which is not supported");
          look(message);
        }
      }
    }
  }

  struct message_head {
    std::uint64_t type, size, flags;
  };

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
      if (type == attribute_info) refuse_heap(block, length);
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

  /// Attributes may be in a heap rather than in the header, where there are many.
  static void refuse_heap(hdf5_bytes block, std::uint64_t length) {
    hdf5_bytes info = block.take(length);
    info.take(1);
    if (info.number(1) & 1) info.take(2);
    if (info.number(8) != undefined)
      throw data_error("it is kept in a heap, which is not supported; save the file in HDF5's earliest format");
  }

  std::optional<std::vector<std::string>> texts_of(hdf5_bytes message, std::string_view name) const {
    const std::uint64_t version = message.number(1), flags = message.number(1);
    if (version < 1 || version > 3) throw data_error("its version is unknown");
    const std::uint64_t name_size = message.number(2), type_size = message.number(2), space_size = message.number(2);
    if (version == 3) message.take(1);  // the encoding of the name
    const auto take_padded = [&](std::uint64_t size) {
      hdf5_bytes block = message.take(size);
      if (version == 1) message.take((8 - size % 8) % 8);
      return block;
    };
    const std::string_view called = take_padded(name_size).text();
    if (called.substr(0, called.find('\0')) != name) return std::nullopt;
    if (version > 1 && flags & 3) throw data_error("its type is shared between objects, which is not supported");
    hdf5_bytes type = take_padded(type_size);
    const std::size_t count = count_of(take_padded(space_size));
    if (count == 0) return std::vector<std::string>();

    const std::uint64_t type_class = type.number(1) & 15, settings = type.number(3), size = type.number(4);
    constexpr std::uint64_t string_class = 3, variable_class = 9, variable_string = 1, padded_by_spaces = 2;
    if (type_class == variable_class && (settings & 15) == variable_string) return pointed_texts(message, count);
    if (type_class != string_class) throw data_error("it is no text");
    if (size == 0 || count > message.left() / size) throw data_error("it promises more text than there is");
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < count; ++i) {
      std::string_view text = message.take(size).text();
      text = text.substr(0, text.find('\0'));
      if ((settings & 15) == padded_by_spaces) text = text.substr(0, text.find_last_not_of(' ') + 1);
      texts.emplace_back(text);
    }
    return texts;
  }

  static std::size_t count_of(hdf5_bytes space) {
    const std::uint64_t version = space.number(1), rank = space.number(1);
    if (version != 1 && version != 2) throw data_error("the version of its shape is unknown");
    space.take(1);
    constexpr std::uint64_t no_space = 2;
    const std::uint64_t kind = space.number(1);  // of the second version only
    if (version == 1) space.take(4);
    if (version == 2 && kind == no_space) return 0;
    if (rank > 1) throw data_error("it should be a text, or a list of texts");
    return rank == 0 ? 1 : static_cast<std::size_t>(space.number(8));
  }

  /// Texts of variable length: each element says how long it is, and where in which global heap.
  std::vector<std::string> pointed_texts(hdf5_bytes elements, std::size_t count) const {
    constexpr std::size_t element_size = 16;
    if (count > elements.left() / element_size) throw data_error("it promises more text than there is");
    std::map<std::uint64_t, std::map<std::uint64_t, hdf5_bytes>> heaps;
    // Each text has its own place in the file, and so has each heap: more than the whole file is a lie, and could fill the memory.
    std::size_t letters_left = file_->bytes.size(), heaps_left = letters_left;
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint64_t length = elements.number(4), address = elements.number(8), index = elements.number(4);
      if (length == 0) {
        texts.emplace_back();
        continue;
      }
      auto heap = heaps.find(address);
      if (heap == heaps.end()) heap = heaps.emplace(address, heap_at(address, heaps_left)).first;
      const auto place = heap->second.find(index);
      if (place == heap->second.end() || length > place->second.left()) throw data_error("it points to letters that are not there");
      if (length > letters_left) throw data_error("it promises more text than the file can hold");
      letters_left -= static_cast<std::size_t>(length);
      const std::string_view text = hdf5_bytes(place->second).take(length).text();
      texts.emplace_back(text.substr(0, text.find('\0')));
    }
    return texts;
  }

  /// What a global heap holds, by number.
  std::map<std::uint64_t, hdf5_bytes> heap_at(std::uint64_t address, std::size_t& heaps_left) const {
    hdf5_bytes heap = at(address);
    const auto signature = heap.take(4).text();
    const std::uint64_t version = heap.number(4) & 0xff, size = heap.number(8);
    constexpr std::uint64_t head_size = 16;
    if (signature != "GCOL" || version != 1 || size < head_size) throw data_error("it points to a heap that is not there");
    if (size > heaps_left) throw data_error("its heaps overlap, or are larger than the file");
    heaps_left -= static_cast<std::size_t>(size);
    std::map<std::uint64_t, hdf5_bytes> places;
    for (heap = heap.take(size - head_size); heap.left() >= head_size;) {
      const std::uint64_t index = heap.number(2);
      heap.take(6);
      const std::uint64_t length = heap.number(8);
      if (index == 0) break;  // the rest is free
      places.emplace(index, heap.take(length));
      heap.take(std::min<std::uint64_t>(heap.left(), (8 - length % 8) % 8));
    }
    return places;
  }

  static constexpr std::uint64_t undefined = ~std::uint64_t{0};

  const file_bytes* file_;
};

}  // namespace deepmaacc::io::detail
