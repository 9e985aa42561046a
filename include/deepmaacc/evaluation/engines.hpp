#pragma once

/// \file
/// The engines: how a mutant's outputs are computed.

#include <array>
#include <cstddef>
#include <deepmaacc/concepts/model_adapter.hpp>
#include <deepmaacc/core/error.hpp>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

namespace deepmaacc {

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

/// All engines give the same kills, borderline cells aside; but where one neuron contributes 100 times more than all others together,
/// `delta` and `batched` round more than the others.
namespace engine {

/// The whole network for every mutant. Every adapter allows it.
struct whole {
  static constexpr const char* name = "whole";
  friend bool operator==(const whole&, const whole&) = default;
};

/// From the mutated layer on, everything before taken from the original network's activations. Needs the resumable tier.
struct resumable {
  static constexpr const char* name = "resumable";
  friend bool operator==(const resumable&, const resumable&) = default;
};

/// Only what the mutated neurons change, on blocks of inputs in vector registers, on host threads. Needs the delta tier.
struct delta {
  static constexpr const char* name = "delta";
  std::optional<skip_options> skip{};  ///< none: all or nothing, by counted operations
  friend bool operator==(const delta&, const delta&) = default;
};

/// Many mutants of a layer at once, each with all inputs of a block: few large kernels on any space, as devices want. From the original
/// network's activations the changed channels are computed, their parts added to the next sums, and the rest runs as rows. Needs a
/// `BatchedAdapter`.
struct batched {
  static constexpr const char* name = "batched";
  friend bool operator==(const batched&, const batched&) = default;
};

/// The cheapest of them, by counted operations where the adapter tells its work, else the one of the adapter's best tier. No time is taken
/// and no free memory looked at, so every run chooses alike.
struct automatic {
  static constexpr const char* name = "auto";
  friend bool operator==(const automatic&, const automatic&) = default;
};

}  // namespace engine

/// One of the engines, with its options.
using any_engine = std::variant<engine::automatic, engine::whole, engine::resumable, engine::delta, engine::batched>;

namespace engine {

inline std::string to_string(const any_engine& one) {
  return std::visit([](const auto& each) -> std::string { return each.name; }, one);
}

}  // namespace engine
using engine::to_string;

/// Whether an adapter has what an engine needs.
template <class Adapter, class Engine>
inline constexpr bool runs_engine = true;
template <class Adapter>
inline constexpr bool runs_engine<Adapter, engine::resumable> = ResumableAdapter<Adapter>;
template <class Adapter>
inline constexpr bool runs_engine<Adapter, engine::delta> = DeltaAdapter<Adapter>;
template <class Adapter>
inline constexpr bool runs_engine<Adapter, engine::batched> = BatchedAdapter<Adapter>;

/// \throws usage_error where an adapter has not what an engine needs.
template <class Adapter>
void require_engine(const any_engine& wanted) {
  std::visit(
      [](const auto& one) {
        if constexpr (!runs_engine<Adapter, std::remove_cvref_t<decltype(one)>>)
          throw usage_error(
              std::string("engine ") + one.name + " needs a model adapter " +
              (one.name == std::string("batched") ? "that runs many mutants at once" : "of the " + std::string(one.name) + " tier") +
              ", this one is " + to_string(tier_of<Adapter>) + "; choose auto or " + (ResumableAdapter<Adapter> ? "resumable" : "whole"));
      },
      wanted);
}

}  // namespace deepmaacc
