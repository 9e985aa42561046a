#pragma once

/// \file
/// The groups of an HDF5 file, and checks of the parts by which libhdf5 finds its way: it follows lists that end in themselves until the
/// memory is full, and compares names that have no end. So names are looked up here, and what is not checked here is refused: arrays as
/// libhdf5 keeps them where it was told to write its newest format.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/io/file.hpp>
#include <deepmaacc/io/hdf5_headers.hpp>
#include <deepmaacc/io/hdf5_links.hpp>
#include <string>
#include <string_view>
#include <unordered_map>

namespace deepmaacc::io::detail {

/// The structure of one file. Refers to it. What it throws are data errors that name nothing.
class hdf5_structure {
 public:
  /// Checks the superblock (specification II.A).
  explicit hdf5_structure(const file_bytes& file) : headers_(file) {
    hdf5_bytes block = headers_.at(8);
    const std::uint64_t version = block.number(1);
    if (version > 3) throw data_error("it is of a newer version of the format than 3");
    const bool is_old = version < 2;
    if (is_old) block.take(4);
    const std::uint64_t of_addresses = block.number(1), of_lengths = block.number(1);
    if (of_addresses != 8 || of_lengths != 8)
      throw data_error("its addresses are not of 8 bytes; files for small machines are not supported");
    block.take(1);
    if (is_old) {
      names_per_node_ = 2 * block.number(2);
      children_per_node_ = 2 * block.number(2);
      block.take(version == 1 ? 8 : 4);
    }
    const std::uint64_t base = block.number(8), aside = block.number(8), end = block.number(8);
    // Free space in old files, which nothing reads; more about the file in new ones.
    if (base != 0 || (!is_old && aside != hdf5_nowhere) || end > file.bytes.size())
      throw data_error("it is cut off, or begins with something else");
    if (is_old && block.number(8) != hdf5_nowhere) throw data_error("it needs a driver of its own");
    if (is_old) block.take(8);
    root_ = block.number(8);
    if (is_old) {
      constexpr std::uint64_t is_kept = 1;
      has_kept_root_ = block.number(8) % (std::uint64_t{1} << 32) == is_kept;
      kept_tree_ = block.number(8);
      kept_heap_ = block.number(8);
    }
  }

  /// Where the header of the outermost group lies.
  std::uint64_t root() const { return root_; }

  /// Checks all that is read when a file is opened: the outermost group. Old files name its parts twice, and libhdf5 may believe either.
  void check_root() {
    members_of(root_);
    bytes_left_ = headers_.file().bytes.size();
    if (has_kept_root_) visit_group(kept_tree_, kept_heap_, [](const hdf5_link&) {});
  }

  /// Names in a group, and where the header of each lies; nowhere for a link to elsewhere. An array has none.
  using members = std::unordered_map<std::string, std::uint64_t>;

  /// Checks the header of a group or array, and the trees and heaps that it names.
  /// \returns the members of a group
  members members_of(std::uint64_t header) {
    members found;
    // Of what a header leads to, names included, no byte has two places: so all is no more than the file.
    bytes_left_ = headers_.file().bytes.size();
    const auto add = [&](const hdf5_link& link) {
      spend(link.name.size());
      found[link.name] = link.header;
    };
    headers_.visit(header, [&](hdf5_message type, std::uint64_t flags, hdf5_bytes message) {
      constexpr std::uint64_t is_shared = 2;
      if (flags & is_shared) throw data_error("a part of its header is shared with others, which is not supported");
      if (type == hdf5_message::symbol_table) {
        const std::uint64_t tree = message.number(8);
        visit_group(tree, message.number(8), add);
      } else if (type == hdf5_message::layout) {
        check_layout(message);
      } else if (type == hdf5_message::link) {
        add(read_hdf5_link(message));
      } else if (type == hdf5_message::link_info) {
        visit_hdf5_links(
            headers_, message, [&](std::uint64_t bytes) { spend(bytes); }, add);
      }
    });
    return found;
  }

 private:
  /// Names; one that begins beyond the end of the last has no end.
  struct local_heap {
    std::string_view names;
    std::string_view at(std::uint64_t place) const {
      if (place >= names.size()) throw data_error("a name in it has no end");
      const auto from = names.substr(static_cast<std::size_t>(place));
      return from.substr(0, from.find('\0'));
    }
  };

  /// A heap of names (III.D), and its list of free blocks.
  local_heap heap_at(std::uint64_t address) const {
    hdf5_bytes heap = headers_.at(address);
    const auto signature = heap.take(4).text();
    if (signature != "HEAP" || heap.number(4) != 0) throw data_error("its names are not where it says");
    const std::uint64_t size = heap.number(8);
    std::uint64_t free = heap.number(8);
    const hdf5_bytes data = headers_.at(heap.number(8)).take(size);
    constexpr std::uint64_t list_end = 1, block_size = 16;
    for (std::uint64_t blocks_left = size / block_size; free != list_end && free != hdf5_nowhere; --blocks_left) {
      if (blocks_left == 0) throw data_error("the free blocks between its names go round in a circle");
      hdf5_bytes block = data;
      block.take(free);
      free = block.number(8);
    }
    return {data.text().substr(0, data.text().rfind('\0') + 1)};  // nothing where there is none
  }

  /// A group in the form of old (III.A.1, III.B): a tree of nodes over lists of names. Calls `look(hdf5_link)` with each.
  template <class Look>
  void visit_group(std::uint64_t tree, std::uint64_t heap, const Look& look) {
    const local_heap names = heap_at(heap);
    const auto check_key = [&](hdf5_bytes& node) { names.at(node.number(8)); };
    check_tree(tree, 0, most_levels, check_key, [&](std::uint64_t address) {
      hdf5_bytes list = headers_.at(address);
      const auto signature = list.take(4).text();
      const std::uint64_t version = list.number(2), count = list.number(2);
      if (signature != "SNOD" || (version & 0xff) != 1 || count > names_per_node_) throw data_error("a list of its members is broken");
      constexpr std::uint64_t member_size = 40;
      spend(count * member_size);
      for (std::uint64_t i = 0; i < count; ++i) {
        constexpr std::uint64_t is_soft_link = 2;
        hdf5_bytes member = list.take(member_size);
        const std::string_view name = names.at(member.number(8));
        const std::uint64_t header = member.number(8);
        look(hdf5_link{std::string(name), member.number(4) == is_soft_link ? hdf5_nowhere : header});
      }
    });
  }

  /// How an array is stored (IV.A.2.i).
  void check_layout(hdf5_bytes message) {
    const std::uint64_t version = message.number(1), kind = message.number(1);
    constexpr std::uint64_t in_chunks = 2;
    if (version != 3 && version != 4) throw data_error("it is stored in a way that is not supported; save the file by a newer HDF5");
    if (kind != in_chunks) return;
    if (version == 4) throw data_error("it is kept as in HDF5's newest format, which is not supported; save the file in its earliest");
    const std::uint64_t extents = message.number(1), tree = message.number(8);
    if (tree == hdf5_nowhere) return;
    const auto check_key = [&](hdf5_bytes& node) { node.take(8 + 8 * extents); };
    check_tree(tree, 1, most_levels, check_key, [](std::uint64_t) {});
  }

  /// A tree (III.A.1): its nodes are below each other, and no more than the file can hold.
  template <class CheckKey, class CheckLeaf>
  void check_tree(std::uint64_t address, std::uint64_t kind, std::uint64_t levels, const CheckKey& check_key, const CheckLeaf& check_leaf) {
    hdf5_bytes node = headers_.at(address);
    const auto signature = node.take(4).text();
    const std::uint64_t type = node.number(1), level = node.number(1), count = node.number(2);
    if (signature != "TREE" || type != kind || level >= levels || (kind == 0 && count > children_per_node_))
      throw data_error("the tree of its parts is broken");
    node.take(16);  // its neighbours
    spend(24 + 16 * count);
    check_key(node);
    for (std::uint64_t i = 0; i < count; ++i) {
      const std::uint64_t child = node.number(8);
      check_key(node);
      if (level > 0)
        check_tree(child, kind, level, check_key, check_leaf);
      else
        check_leaf(child);
    }
  }

  void spend(std::uint64_t bytes) {
    if (bytes > bytes_left_) throw data_error("its parts are larger than the file");
    bytes_left_ -= bytes;
  }

  /// Thirty-two children each make more than any machine can address.
  static constexpr std::uint64_t most_levels = 16;

  hdf5_headers headers_;
  std::uint64_t names_per_node_ = 8, children_per_node_ = 32, root_ = 0, kept_tree_ = 0, kept_heap_ = 0, bytes_left_ = 0;
  bool has_kept_root_ = false;
};

}  // namespace deepmaacc::io::detail
