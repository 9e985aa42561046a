#pragma once

/// \file
/// How mutants are run.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/concepts/model_adapter.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/progress.hpp>
#include <deepmaacc/evaluation/oracle.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace deepmaacc {

/// How a mutant's outputs are computed. All engines give the same kills, borderline cells aside; but where one neuron contributes 100 times
/// more than all others together, `delta` rounds more than the others.
enum class engine_kind {
  automatic,  ///< the best that the adapter's tier allows
  whole,      ///< the whole network for every mutant
  resumable,  ///< from the mutated layer on, everything before taken from the original model's activations
  delta       ///< only what the mutated neurons change
};

inline std::string to_string(engine_kind chosen) {
  switch (chosen) {
    case engine_kind::automatic:
      return "auto";
    case engine_kind::whole:
      return "whole";
    case engine_kind::resumable:
      return "resumable";
    case engine_kind::delta:
      break;
  }
  return "delta";
}

/// What the delta engine need not compute. None of it changes a kill.
struct skip_options {
  bool dead = true;       ///< mutants that change nothing for an input, such as neurons that are off before and after
  bool certified = true;  ///< mutants whose change provably leaves the prediction as it is
  /// The rest of the inputs, once every cell of a mutant is surely killed, for rules that allow it; its flips are not known then.
  bool saturated = true;

  friend bool operator==(const skip_options&, const skip_options&) = default;
};
inline constexpr skip_options skip_nothing{false, false, false};

/// The names of the skips.
inline constexpr std::array<std::pair<const char*, bool skip_options::*>, 3> skip_names{
    {{"dead", &skip_options::dead}, {"certified", &skip_options::certified}, {"saturated", &skip_options::saturated}}};

/// Bytes that one thread's activations take at most, unless told otherwise.
inline constexpr std::size_t default_memory_limit = std::size_t{512} << 20;

/// Inputs that a block holds unless told otherwise, where the engine does not choose. Does not depend on threads, so that neither do
/// results.
inline constexpr std::size_t default_block_inputs = 128;

/// How to run mutants.
struct evaluation_options {
  engine_kind engine = engine_kind::automatic;
  oracle_kind oracle = oracle_kind::labels;         ///< what counts as right
  std::uint64_t seed = 0;                           ///< of random operators
  std::size_t block_inputs = default_block_inputs;  ///< inputs that a worker of the other engines holds at a time, at most
  watcher observer{};
  std::optional<skip_options> skip{};  ///< of the delta engine; none: all or nothing, by counted operations
  /// Bytes that one thread's activations may take, as far as the adapter tells: `automatic` takes the next engine where the delta engine's
  /// smallest block is larger, and blocks of the other engines become smaller. (Blocks of the native delta engine are small anyway: 1 to 4
  /// MiB, or the smallest.) Does not depend on what is free, so that runs can be repeated.
  std::size_t memory_limit = default_memory_limit;
};

/// The engine that runs for an adapter when `wanted` is asked for.
/// \throws usage_error where the adapter's tier does not allow it.
template <class Adapter>
engine_kind engine_for(engine_kind wanted) {
  constexpr adapter_tier tier = tier_of<Adapter>;
  if (wanted == engine_kind::automatic)
    return tier == adapter_tier::delta ? engine_kind::delta : tier == adapter_tier::resumable ? engine_kind::resumable : engine_kind::whole;
  const bool is_missing =
      (wanted == engine_kind::resumable && tier == adapter_tier::basic) || (wanted == engine_kind::delta && tier != adapter_tier::delta);
  if (is_missing)
    throw usage_error("engine " + to_string(wanted) + " needs a model adapter of the " + to_string(wanted) + " tier, this one is " +
                      to_string(tier) + "; choose auto or " + (tier == adapter_tier::basic ? "whole" : "resumable"));
  return wanted;
}

namespace detail {

/// Inputs that keep within the limit together, at most so many. \throws usage_error where not even one does.
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

/// Inputs that a block of the other engines holds. \throws as `rows_within_limit`.
template <class Adapter>
std::size_t rows_of_block(const Adapter& model, const evaluation_options& options, std::size_t inputs) {
  std::size_t rows = rows_within_limit(model, options, std::clamp<std::size_t>(options.block_inputs, 1, inputs));
  // Where one input is many rows of a product, more inputs make it no faster, and leave threads without a block.
  constexpr std::size_t enough = std::size_t{64} << 20;
  if constexpr (requires { model.bytes_per_input(); })
    rows = std::min(rows, std::max<std::size_t>(1, enough / std::max<std::size_t>(model.bytes_per_input(), 1)));
  return rows;
}

}  // namespace detail

/// The engine that runs for a model with these options. \throws usage_error where the adapter's tier or the memory limit does not allow it.
template <class Adapter>
engine_kind engine_for(const Adapter& model, const evaluation_options& options) {
  const engine_kind engine = engine_for<Adapter>(options.engine);
  if constexpr (requires { model.layers_without_delta(); }) {
    const std::vector<std::string> names = engine == engine_kind::delta ? model.layers_without_delta() : std::vector<std::string>();
    if (!names.empty() && options.engine == engine_kind::automatic) return engine_kind::resumable;
    if (!names.empty())
      throw usage_error("engine delta cannot change the neurons of layer " + names.front() +
                        ", which are no weighted sums; choose auto or resumable");
  }
  if constexpr (requires { model.delta_bytes(); }) {
    const std::size_t least = engine == engine_kind::delta ? model.delta_bytes() : 0;
    if (least <= options.memory_limit) return engine;
    if (options.engine == engine_kind::automatic) return engine_kind::resumable;
    throw memory_limit_error("the smallest block of engine delta takes, of each thread,", least, options.memory_limit,
                             ", or choose engine resumable");
  } else {
    return engine;
  }
}

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
};

}  // namespace deepmaacc
