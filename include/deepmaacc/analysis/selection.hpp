#pragma once

/// \file
/// What a method chose.

#include <cstddef>
#include <deepmaacc/mutation/mutant.hpp>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace deepmaacc {

/// Settings of a method as a report lists them: names, and numbers or words.
using setting_list = std::vector<std::pair<std::string, std::variant<double, std::string>>>;

/// Neurons, or mutants, of a layer that a method takes for alike.
struct mutant_cluster {
  std::size_t layer = 0;                        ///< position in the adapter's `layers()`
  std::vector<std::size_t> neurons{};           ///< of a cluster of neurons, ascending; else empty
  std::vector<mutant> mutants{};                ///< of a cluster of mutants, in their order; else empty
  std::optional<std::size_t> representative{};  ///< position in `neurons` or `mutants` of the one that stands for all; none where all run
};

/// The mutants to run, each with its weight, and the clusters that they come from.
struct mutant_selection {
  std::vector<mutant> mutants;
  std::vector<mutant_cluster> clusters;  ///< none where the method has none
  std::vector<std::size_t> cluster_of;   ///< for each mutant its position in `clusters`; empty where there are none

  mutant_selection() = default;
  /// Mutants that belong to no cluster.
  mutant_selection(std::vector<mutant> chosen) : mutants(std::move(chosen)) {}  // NOLINT: what a simple method returns
};

}  // namespace deepmaacc
