#pragma once

/// \file
/// Dendrograms in the Newick format, which programs that draw trees read.

#include <cmath>
#include <cstddef>
#include <deepmaacc/clustering/branches.hpp>
#include <deepmaacc/clustering/dendrogram.hpp>
#include <deepmaacc/core/error.hpp>
#include <iomanip>
#include <limits>
#include <locale>
#include <ostream>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace deepmaacc {
namespace detail {

/// A name as Newick has it: in single quotes unless it is plain. An underscore without quotes would be read as a blank.
inline std::string newick_name(std::size_t leaf, const std::string& name) {
  std::string quoted = "'";
  bool is_plain = !name.empty();
  for (const char c : name) {
    const auto code = static_cast<unsigned char>(c);
    if (code < 0x20 || code == 0x7f)
      throw usage_error(text("deepmaacc::write_newick: the name of leaf ", leaf, " has a control character (code ", unsigned{code},
                             "), which Newick cannot write; leave it out"));
    is_plain = is_plain && std::string_view(" ()[]{}'\":;,_").find(c) == std::string_view::npos;
    quoted += c == '\'' ? std::string("''") : std::string(1, c);
  }
  return is_plain ? name : quoted + '\'';
}

}  // namespace detail

/// Writes a dendrogram in the Newick format, a line per tree. Branch lengths are such that the path between two leaves is as long as their
/// cophenetic distance; they have as many digits as a double needs, whatever the locale.
///
/// \param names  of the leaves; their numbers where there are none. Quoted where Newick asks for it.
/// \throws usage_error where there are neither no names nor one per leaf, or one has a control character; data_error where a height is
/// infinite. Nothing is written then.
/// \note O(n), without recursion.
inline void write_newick(std::ostream& stream, const dendrogram& tree, std::span<const std::string> names = {}) {
  detail::require_leaf_names("deepmaacc::write_newick", tree, names);
  for (std::size_t m = 0; m < tree.merges().size(); ++m)
    if (!std::isfinite(tree.merges()[m].height))
      throw data_error(detail::text("merge ", m, " of the dendrogram has height ", tree.merges()[m].height,
                                    ", which Newick cannot write; cut the tree below it first"));
  std::ostringstream out;
  out.imbue(std::locale::classic());
  out << std::setprecision(std::numeric_limits<double>::max_digits10);

  // A cluster is met three times: before its first part, between the parts, and after the second one.
  struct visit {
    std::size_t cluster;
    int met;
  };
  std::vector<visit> path;
  for (const std::size_t root : tree.roots()) {
    path.push_back({root, 0});
    while (!path.empty()) {
      visit& at = path.back();
      const std::size_t cluster = at.cluster;
      if (!tree.is_leaf(cluster) && at.met < 2) {
        out << (at.met == 0 ? '(' : ',');
        const merge& one = tree.made_by(cluster);
        path.push_back({at.met++ == 0 ? one.first : one.second, 0});
        continue;
      }
      if (tree.is_leaf(cluster))
        out << detail::newick_name(cluster, detail::leaf_name(cluster, names));
      else
        out << ')';
      path.pop_back();
      if (!path.empty()) out << ':' << branch_length(tree, cluster, path.back().cluster);
    }
    out << ";\n";
  }
  stream << out.str();
}

}  // namespace deepmaacc
