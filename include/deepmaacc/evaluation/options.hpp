#pragma once

/// \file
/// How mutants are run.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/progress.hpp>
#include <deepmaacc/evaluation/engines.hpp>
#include <deepmaacc/evaluation/oracle.hpp>
#include <string>
#include <vector>

namespace deepmaacc {

/// Bytes that one thread's activations take at most, unless told otherwise.
inline constexpr std::size_t default_memory_limit = std::size_t{512} << 20;

/// Inputs that a block holds unless told otherwise, where the engine does not choose. Does not depend on threads, so that neither do
/// results.
inline constexpr std::size_t default_block_inputs = 128;

/// How to run mutants.
struct evaluation_options {
  any_engine engine = engine::automatic{};
  oracle_kind oracle = oracle_kind::labels;  ///< what counts as right
  std::uint64_t seed = 0;                    ///< of random operators
  bool by_input = false;                     ///< whether the kill matrix also tells, of each mutant, the inputs whose outcome it changes
  std::size_t block_inputs =
      default_block_inputs;  ///< inputs that a worker of engines other than delta holds at a time, at most; on devices engine batched takes more by default
  progress_observer observer{};
  /// Bytes that one thread's activations may take, as far as the adapter tells: `automatic` takes another engine where the delta engine's
  /// smallest block is larger, and blocks of the other engines become smaller. (Blocks of the native delta engine are small anyway: 1 to 4
  /// MiB, or the smallest.) Does not depend on what is free, so that runs can be repeated.
  std::size_t memory_limit = default_memory_limit;
};

namespace detail {

/// Inputs that keep within the limit together, at most so many.
/// \throws usage_error where not even one does.
template <class Adapter>
std::size_t rows_within_limit(const Adapter& model, const evaluation_options& options, std::size_t most) {
  if constexpr (requires { model.bytes_per_input(); }) {
    const std::size_t each = std::max<std::size_t>(model.bytes_per_input(), 1);
    if (each > options.memory_limit) throw memory_limit_error("the activations of one input take", each, options.memory_limit);
    return std::min(most, options.memory_limit / each);
  } else {
    return most;
  }
}

/// Inputs that a block of engines other than delta holds; 0 where not even one keeps within the limit.
template <class Adapter>
std::size_t rows_that_fit(const Adapter& model, const evaluation_options& options, std::size_t inputs) {
  const std::size_t rows = std::clamp<std::size_t>(options.block_inputs, 1, inputs);
  if constexpr (requires { model.bytes_per_input(); }) {
    // Where one input is many rows of a product, more inputs make it no faster, and leave threads without a block.
    constexpr std::size_t enough = std::size_t{64} << 20;
    const std::size_t each = std::max<std::size_t>(model.bytes_per_input(), 1);
    return std::min({rows, options.memory_limit / each, std::max<std::size_t>(1, enough / each)});
  } else {
    return rows;
  }
}

/// The same. \throws usage_error where not even one does.
template <class Adapter>
std::size_t rows_of_block(const Adapter& model, const evaluation_options& options, std::size_t inputs) {
  static_cast<void>(rows_within_limit(model, options, 1));
  return rows_that_fit(model, options, inputs);
}

}  // namespace detail

/// What an evaluation took. How inputs fall into blocks and threads, which depends on the machine, moves some pairs from one count to
/// another.
struct evaluation_work {
  skip_options skip = skip_nothing;         ///< what engine delta was allowed to leave out
  std::size_t pairs = 0;                    ///< mutants × inputs
  std::size_t dead = 0;                     ///< pairs that were not computed, because nothing changed
  std::size_t certified = 0;                ///< because the prediction could not change
  std::size_t saturated = 0;                ///< because every cell was killed already
  std::vector<std::string> layers_in_rows;  ///< layers for which the delta engine has no short cut
  double operations = 0;  ///< multiplications and additions of weighted sums, the original network's included; 0 where not counted

  /// That of both together. What was skipped is what the last was allowed to.
  evaluation_work& operator+=(const evaluation_work& more) {
    skip = more.skip;
    pairs += more.pairs;
    dead += more.dead;
    certified += more.certified;
    saturated += more.saturated;
    layers_in_rows = more.layers_in_rows;
    operations += more.operations;
    return *this;
  }
};

}  // namespace deepmaacc
