#pragma once

/// \file
/// What a written or drawn dendrogram needs beside the merges: names of leaves and lengths of branches.

#include <cstddef>
#include <deepmaacc/clustering/dendrogram.hpp>
#include <deepmaacc/core/error.hpp>
#include <span>
#include <string>

namespace deepmaacc {

/// Length of the branch from a cluster up to the one that it is part of: half the difference of their heights, so that the path between
/// two leaves is as long as their cophenetic distance. Negative where a merge is lower than one below it.
inline double branch_length(const dendrogram& tree, std::size_t part, std::size_t whole) {
  return (tree.height(whole) - tree.height(part)) / 2;
}

namespace detail {

/// \throws usage_error naming `caller` unless there are no names, or one per leaf.
inline void require_leaf_names(const char* caller, const dendrogram& tree, std::span<const std::string> names) {
  if (!names.empty() && names.size() != tree.leaves())
    throw usage_error(text(caller, ": there are ", names.size(), " names for ", tree.leaves(),
                           " leaves; give one name per leaf, or none to have the leaves numbered"));
}

/// A leaf's name; its number where there are no names.
inline std::string leaf_name(std::size_t leaf, std::span<const std::string> names) {
  return names.empty() ? std::to_string(leaf) : names[leaf];
}

}  // namespace detail
}  // namespace deepmaacc
