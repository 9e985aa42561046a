#pragma once

/// \file
/// Dendrograms in the DOT language of Graphviz. A header of its own, because Boost's writer takes long to compile.

#include <boost/graph/graphviz.hpp>
#include <cstddef>
#include <deepmaacc/clustering/branches.hpp>
#include <deepmaacc/clustering/dendrogram.hpp>
#include <deepmaacc/clustering/dendrogram_graph.hpp>
#include <locale>
#include <ostream>
#include <span>
#include <sstream>
#include <string>

namespace deepmaacc {
namespace detail {

/// A text as a quoted label. A backslash would begin an escape such as \N, which stands for the node's number.
inline std::string dot_label(const std::string& name) {
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c == '\n' ? std::string("\\n") : std::string(1, c);
  }
  return quoted + '"';
}

}  // namespace detail

/// Writes a dendrogram or forest as a directed graph in DOT, `dot -Tsvg` draws it: node v is cluster v, labelled by its name if it is a
/// leaf, else by its height.
///
/// \param names  of the leaves; their numbers where there are none. Any text will do.
/// \throws usage_error where there are neither no names nor one per leaf. Nothing is written then.
/// \note O(n).
inline void write_graphviz(std::ostream& stream, const dendrogram& tree, std::span<const std::string> names = {}) {
  detail::require_leaf_names("deepmaacc::write_graphviz", tree, names);
  std::ostringstream out;  // Boost ends each line by a flush, and takes numbers as the stream's locale writes them
  out.imbue(std::locale::classic());
  const auto write_vertex = [&](std::ostream& to, std::size_t cluster) {
    if (tree.is_leaf(cluster))
      to << "[label=" << detail::dot_label(detail::leaf_name(cluster, names)) << ", shape=box]";
    else
      to << "[label=\"" << tree.height(cluster) << "\"]";
  };
  // Without the order of edges, Graphviz would put the parts of a cluster where it likes.
  const auto write_settings = [](std::ostream& to) { to << "graph [ordering=out];\n"; };
  boost::write_graphviz(out, tree_graph(tree), write_vertex, boost::default_writer(), write_settings);
  stream << out.str();
}

}  // namespace deepmaacc
