#pragma once

/// \file
/// The oracle: what counts as the right class of an input.

#include <Kokkos_Core.hpp>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/evaluation/decision.hpp>
#include <string>

namespace deepmaacc {

/// What counts as right. Kills of different oracles must not be compared.
enum class oracle_kind {
  labels,      ///< the test set's labels
  predictions  ///< what the original model predicts, which is then right everywhere: for inputs without labels
};

inline std::string to_string(oracle_kind chosen) { return chosen == oracle_kind::labels ? "labels" : "predictions"; }

/// What a mutant's decision of one input, or of one part of it, is held against.
struct expectation {
  decision original;
  std::uint32_t label = 0;           ///< the right class
  std::uint32_t label_of_rival = 0;  ///< the right class where the original's near tie falls the other way

  /// Whether the original model is right, and a mutant with this decision is not.
  KOKKOS_INLINE_FUNCTION bool is_flip(const decision& mutated) const { return original.winner == label && mutated.winner != label; }
};

/// The expectation of a class. With predictions as the oracle a near tie of the original moves its class and the right class together.
/// \param label  not looked at where the oracle is predictions
inline expectation expect_of(oracle_kind oracle, const decision& original, std::uint32_t label) {
  if (oracle == oracle_kind::predictions) return {original, original.winner, original.rival};
  return {original, label, label};
}

}  // namespace deepmaacc
