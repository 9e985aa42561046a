#pragma once

/// \file
/// Links of HDF5 groups as libhdf5 keeps them since version 1.8, where a name is beyond ASCII or a program asked for it: few in the group's
/// header, many in a heap with an index of their names. Read from the bytes of the file after "HDF5 File Format Specification Version 3.0".

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/io/hdf5_headers.hpp>
#include <string>

namespace deepmaacc::io::detail {

/// A name in a group, and where the header of what it stands for lies; nowhere for a link to elsewhere.
struct hdf5_link {
  std::string name;
  std::uint64_t header = hdf5_nowhere;
};

/// A link's message (IV.A.2.g).
inline hdf5_link read_hdf5_link(hdf5_bytes message) {
  constexpr std::uint64_t is_hard = 0;
  if (message.number(1) != 1) throw data_error("the version of a link in it is unknown");
  const std::uint64_t flags = message.number(1);
  const std::uint64_t kind = flags & 8 ? message.number(1) : is_hard;
  message.take((flags & 4 ? 8U : 0U) + (flags & 16 ? 1U : 0U));  // the order of creation; the encoding of the name
  const std::uint64_t length = message.number(std::size_t{1} << (flags & 3));
  hdf5_link link{std::string(message.take(length).text())};
  if (kind == is_hard) link.header = message.number(8);
  return link;
}

/// How many bytes hold the numbers up to one.
constexpr std::size_t hdf5_width_of(std::uint64_t most) {
  std::size_t bytes = 1;
  while (most >>= 8) ++bytes;
  return bytes;
}

/// A fractal heap (III.G): blocks of a table whose rows double in size. Refers to the file.
class hdf5_heap {
 public:
  hdf5_heap(const hdf5_headers& headers, std::uint64_t address) : headers_(&headers) {
    hdf5_bytes head = headers.at(address);
    require(head.take(4).text() == "FRHP" && head.number(1) == 0);
    id_size_ = head.number(2);
    if (head.number(2) != 0) throw data_error("its links are packed, which is not supported");
    head.take(1);
    const std::uint64_t largest_object = head.number(4);
    head.take(std::uint64_t{12} * 8);
    columns_ = head.number(2);
    first_block_ = head.number(8);
    largest_block_ = head.number(8);
    const std::uint64_t offset_bits = head.number(2);
    head.take(2);
    root_ = head.number(8);
    rows_ = head.number(2);
    require(columns_ > 0 && first_block_ > 0 && first_block_ <= largest_block_ && largest_block_ <= most_in_block && offset_bits <= 64);
    offset_size_ = (offset_bits + 7) / 8;
    length_size_ = std::min(hdf5_width_of(largest_block_ - 1), hdf5_width_of(largest_object));
  }

  /// Bytes of an identifier.
  std::uint64_t id_size() const { return id_size_; }

  /// The object of an identifier.
  hdf5_bytes object(hdf5_bytes id) const {
    constexpr std::uint64_t kind_bits = 0x30;
    if (id.number(1) & kind_bits) throw data_error("a name in it is longer than is supported");
    const std::uint64_t offset = id.number(offset_size_), length = id.number(length_size_);
    const auto [address, begin, size] = block_of(offset);
    require(offset - begin <= size && length <= size - (offset - begin));
    hdf5_bytes block = headers_->at(address).take(size);
    block.take(offset - begin);
    return block.take(length);
  }

 private:
  /// A block that holds objects: where it lies, and which part of the heap it is.
  struct direct_block {
    std::uint64_t address, begin, size;
  };

  static constexpr std::uint64_t most_in_block = std::uint64_t{1} << 32;

  static void require(bool is_sound) {
    if (!is_sound) throw data_error("the heap of its links is broken");
  }

  direct_block block_of(std::uint64_t offset) const {
    if (rows_ == 0) return {root_, 0, first_block_};
    hdf5_bytes table = headers_->at(root_);
    require(table.take(4).text() == "FHIB");
    table.take(1 + 8 + offset_size_);
    std::uint64_t begin = 0, size = first_block_;
    for (std::uint64_t row = 0; row < rows_ && size <= largest_block_; ++row) {
      if (offset - begin < columns_ * size) {
        const std::uint64_t column = (offset - begin) / size;
        table.take(8 * column);
        return {table.number(8), begin + column * size, size};
      }
      begin += columns_ * size;
      table.take(8 * columns_);
      if (row > 0) size *= 2;
    }
    throw data_error("it has more members than are supported");
  }

  const hdf5_headers* headers_;
  std::uint64_t id_size_ = 0, columns_ = 0, first_block_ = 0, largest_block_ = 0, root_ = 0, rows_ = 0;
  std::size_t offset_size_ = 0, length_size_ = 0;
};

/// A tree of records of one size (III.A.2). Refers to the file.
class hdf5_record_tree {
 public:
  hdf5_record_tree(const hdf5_headers& headers, std::uint64_t address) : headers_(&headers) {
    hdf5_bytes head = headers.at(address);
    require(head.take(4).text() == "BTHD" && head.number(1) == 0);
    head.take(1);
    const std::uint64_t node_size = head.number(4);
    record_size_ = head.number(2);
    depth_ = head.number(2);
    head.take(2);
    root_ = head.number(8);
    root_records_ = head.number(2);
    require(record_size_ > 0 && node_size > frame_size && node_size <= most_in_node && depth_ <= most_levels);
    // A node has so many records at most, and with all nodes below so many: that is how wide the fields are which count them.
    std::uint64_t most = (node_size - frame_size) / record_size_, most_below = most;
    count_size_ = hdf5_width_of(most);
    for (std::size_t level = 1; level <= depth_; ++level) {
      const std::uint64_t pointer_size = 8 + count_size_ + total_sizes_[level - 1];
      require(node_size > frame_size + pointer_size);
      most = (node_size - frame_size - pointer_size) / (record_size_ + pointer_size);
      most_below = (most + 1) * most_below + most;
      total_sizes_[level] = hdf5_width_of(most_below);
    }
  }

  /// Calls `look(hdf5_bytes)` with each record, and before `spend(bytes)` with those of each node, which throws where they are too many.
  /// \throws data_error where the tree is no tree.
  template <class Spend, class Look>
  void visit(const Spend& spend, const Look& look) const {
    if (root_ != hdf5_nowhere) visit({root_, root_records_, depth_}, spend, look);
  }

 private:
  /// Of a node; leaves are on level 0.
  struct place {
    std::uint64_t address, records, level;
  };

  static constexpr std::uint64_t frame_size = 10;                        // signature, version and type before, a checksum behind
  static constexpr std::uint64_t most_in_node = std::uint64_t{1} << 15;  // libhdf5's have 512
  static constexpr std::size_t most_levels = 4;                          // of millions of links

  static void require(bool is_sound) {
    if (!is_sound) throw data_error("the tree of its links is broken");
  }

  template <class Spend, class Look>
  void visit(const place& where, const Spend& spend, const Look& look) const {
    const auto [address, records, level] = where;
    hdf5_bytes node = headers_->at(address);
    require(node.take(4).text() == (level > 0 ? "BTIN" : "BTLF"));
    node.take(2);
    spend(frame_size + records * record_size_);
    for (std::uint64_t i = 0; i < records; ++i) look(node.take(record_size_));
    if (level == 0) return;
    for (std::uint64_t i = 0; i <= records; ++i) {
      const std::uint64_t child = node.number(8), count = node.number(count_size_);
      node.take(total_sizes_[level - 1]);
      visit({child, count, level - 1}, spend, look);
    }
  }

  const hdf5_headers* headers_;
  std::uint64_t record_size_ = 0, depth_ = 0, root_ = 0, root_records_ = 0;
  std::size_t count_size_ = 0;
  std::array<std::size_t, most_levels + 1> total_sizes_{};  // by level; none for leaves
};

/// Calls `look(hdf5_link)` with each link that a message about links (IV.A.2.c) leads to: those in a heap; and `spend(bytes)` with what
/// their index takes.
template <class Spend, class Look>
void visit_hdf5_links(const hdf5_headers& headers, hdf5_bytes info, const Spend& spend, const Look& look) {
  info.take(1);
  if (info.number(1) & 1) info.take(8);
  const std::uint64_t heap_address = info.number(8), names_address = info.number(8);
  if (heap_address == hdf5_nowhere) return;
  const hdf5_heap heap(headers, heap_address);
  hdf5_record_tree(headers, names_address).visit(spend, [&](hdf5_bytes record) {
    record.take(4);  // a hash of the name
    look(read_hdf5_link(heap.object(record.take(heap.id_size()))));
  });
}

}  // namespace deepmaacc::io::detail
