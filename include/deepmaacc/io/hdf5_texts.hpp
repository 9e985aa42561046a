#pragma once

/// \file
/// Attributes of HDF5 files that are texts, read from the bytes of the file. libhdf5 follows what such an attribute says about the heap
/// that holds the letters without a look at its bounds: one wrong bit there ends the program. So this much of the format is read here,
/// after "HDF5 File Format Specification Version 3.0", III.E, IV.A.1 and IV.A.2.m; headers of both versions, but no attribute that is
/// shared or kept in a heap.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/io/file.hpp>
#include <deepmaacc/io/hdf5_headers.hpp>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace deepmaacc::io::detail {

/// The texts in one file. Refers to it.
class hdf5_texts {
 public:
  explicit hdf5_texts(const file_bytes& file) : headers_(file) {}

  /// All texts of the attribute `name` of the object whose header is at an address; nothing where it has no such attribute. Any attribute
  /// without elements is an empty list.
  /// \throws data_error, not naming anything, where it is broken or no text, a list of texts
  std::optional<std::vector<std::string>> attribute(std::uint64_t header, std::string_view name) const {
    std::optional<std::vector<std::string>> found;
    headers_.visit(header, [&](hdf5_message type, std::uint64_t flags, hdf5_bytes message) {
      constexpr std::uint64_t is_shared = 2;
      if (type == hdf5_message::attribute_info) refuse_heap(message);
      if (type != hdf5_message::attribute || found) return;
      if (flags & is_shared) throw data_error("it is shared between objects, which is not supported");
      found = texts_of(message, name);
    });
    return found;
  }

 private:
  /// Attributes may be in a heap rather than in the header, where there are many.
  static void refuse_heap(hdf5_bytes info) {
    info.take(1);
    if (info.number(1) & 1) info.take(2);
    if (info.number(8) != hdf5_nowhere)
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
    std::size_t letters_left = headers_.file().bytes.size(), heaps_left = letters_left;
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
    hdf5_bytes heap = headers_.at(address);
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

  hdf5_headers headers_;
};

}  // namespace deepmaacc::io::detail
