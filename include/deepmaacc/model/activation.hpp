#pragma once

/// \file
/// The registry of activation functions, and how layers read and apply one: a new function is one struct in `activations.hpp` and one
/// line here.

#include <Kokkos_Core.hpp>
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <deepmaacc/concepts/execution_space.hpp>
#include <deepmaacc/core/compiled.hpp>
#include <deepmaacc/core/lanes.hpp>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/core/one_of.hpp>
#include <deepmaacc/core/parallel.hpp>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/model/activations.hpp>
#include <deepmaacc/model/layer_config.hpp>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

namespace deepmaacc::model {

/// An activation of any kind.
using activation_function = std::variant<  //
    activations::linear,                   //
    activations::relu,                     //
    activations::relu6,                    //
    activations::leaky_relu,               //
    activations::clipped_relu,             //
    activations::elu,                      //
    activations::selu,                     //
    activations::gelu,                     //
    activations::gelu_approximate,         //
    activations::sigmoid,                  //
    activations::hard_sigmoid,             //
    activations::hard_sigmoid_of_keras2,   //
    activations::tanh,                     //
    activations::softplus,                 //
    activations::softsign,                 //
    activations::silu,                     //
    activations::hard_silu,                //
    activations::mish,                     //
    activations::exponential,              //
    activations::softmax>;

/// Calls `visit.template operator()<Kind>()` for every alternative of a registry.
template <template <class...> class Registry, class Visit, class... Kinds>
void for_each_kind(const Registry<Kinds...>*, Visit visit) {
  (visit.template operator()<Kinds>(), ...);
}

/// The names of the activations that can be read.
std::vector<std::string> activation_names();

/// The function of a name, with its default parameters; the names "swish" and "hard_swish" are Keras' older ones. None for an unknown name.
std::optional<activation_function> find_activation(const std::string& name);

/// Reads the activation of a layer that is nothing but one: Activation, ReLU, LeakyReLU, ELU, Softmax.
/// \throws model_error for parameters that Keras would not take, and for a softmax over another axis than the last.
activation_function read_activation_layer(const layer_config& config);

/// Reads the setting `activation`: a name, or an activation that is a layer of its own; linear where there is none.
/// \throws model_error naming the layer, and the activations that are supported.
activation_function read_activation(const layer_config& config);

inline bool is_linear(const activation_function& function) { return std::holds_alternative<activations::linear>(function); }

/// Whether the arg max over all outputs is the same without it, ties from rounding aside: softmax normalises over the last axis, which
/// must be the only one then.
inline bool is_dropped_before_arg_max(const activation_function& function, const shape& output) {
  if (std::holds_alternative<activations::softmax>(function)) return output.back() == element_count(output);
  return std::holds_alternative<activations::sigmoid>(function) || is_linear(function);
}

/// values(i, j) = function(values(i, j) + bias[j]), in place; `bias` may be null.
template <ExecutionSpace Space, class T, class MemorySpace, class Function>
void add_bias_and_apply(const Space& space, const T* bias, matrix<T, MemorySpace> values, Function function) {
  // A few channels make no vector, but several rows of them do. One after the other only on the host.
  if constexpr (std::is_same_v<Space, this_thread>) {
    constexpr std::size_t few = 2 * lane_width<T>, rows = lane_width<T>;
    const std::size_t channels = values.extent(1);
    if (channels < few) {
      std::array<T, few * rows> bias_of_rows{};
      for (std::size_t i = 0; bias && i < rows * channels; ++i) bias_of_rows[i] = bias[i % channels];
      for (std::size_t first = 0; first < values.extent(0); first += rows) {
        T* some = values.data() + first * channels;
        vector_loop(std::min(rows, values.extent(0) - first) * channels,
                    [&](std::size_t i) { some[i] = function(bias ? some[i] + bias_of_rows[i] : some[i]); });
      }
      return;
    }
  }
  parallel_loop(
      space, "deepmaacc::model::bias_activation", values.extent(0), values.extent(1),
      KOKKOS_LAMBDA(const std::size_t i, const std::size_t j) {
        T& value = values(i, j);
        value = function(bias ? value + bias[j] : value);
      });
}

/// Softmax of every row, in place; the row's maximum is subtracted first.
template <ExecutionSpace Space, class T, class MemorySpace>
void softmax_rows(const Space& space, matrix<T, MemorySpace> values) {
  parallel_loop(
      space, "deepmaacc::model::softmax", values.extent(0), KOKKOS_LAMBDA(const std::size_t i) {
        T largest = values(i, 0), sum = 0;
        for (std::size_t j = 1; j < values.extent(1); ++j) largest = values(i, j) > largest ? values(i, j) : largest;
        for (std::size_t j = 0; j < values.extent(1); ++j) sum += values(i, j) = Kokkos::exp(values(i, j) - largest);
        for (std::size_t j = 0; j < values.extent(1); ++j) values(i, j) /= sum;
      });
}

/// Adds a bias (or none: null) to every row of `values` (rows × channels), then applies the activation over them, in place.
template <ExecutionSpace Space, class T, class MemorySpace>
void activate(const Space& space, const activation_function& function, const T* bias, matrix<T, MemorySpace> values) {
  visit_one(
      [&](const auto& one) {
        using kind = std::decay_t<decltype(one)>;
        if constexpr (std::is_same_v<kind, activations::softmax>) {
          if (bias) add_bias_and_apply(space, bias, values, activations::linear{});
          softmax_rows(space, values);
        } else {
          if (bias || !std::is_same_v<kind, activations::linear>) add_bias_and_apply(space, bias, values, one);
        }
      },
      function);
}

/// Writes the activation over the rows of `from` (rows × channels) to `to`. A copy first, so that there is one kernel per activation.
template <ExecutionSpace Space, class T, class MemorySpace>
void activate(const Space& space, const activation_function& function, matrix<const T, MemorySpace> from, matrix<T, MemorySpace> to) {
  parallel_loop(
      space, "deepmaacc::model::copy", to.extent(0), to.extent(1),
      KOKKOS_LAMBDA(const std::size_t i, const std::size_t j) { to(i, j) = from(i, j); });
  activate(space, function, static_cast<const T*>(nullptr), to);
}

#if DEEPMAACC_HAS_BODIES
DEEPMAACC_INLINE std::vector<std::string> activation_names() {
  std::vector<std::string> names;
  for_each_kind(static_cast<const activation_function*>(nullptr), [&]<class Kind>() { names.emplace_back(Kind::name); });
  return names;
}

DEEPMAACC_INLINE std::optional<activation_function> find_activation(const std::string& name) {
  std::optional<activation_function> found;
  for_each_kind(static_cast<const activation_function*>(nullptr), [&]<class Kind>() {
    if (name == Kind::name) found = Kind{};
  });
  if (name == "swish") found = activations::silu{};
  if (name == "hard_swish") found = activations::hard_silu{};
  return found;
}

DEEPMAACC_INLINE activation_function read_activation(const layer_config& config) {
  if (const auto layer = config.nested("activation")) return read_activation_layer(*layer);
  const std::string name = config.text("activation", activations::linear::name);
  if (const auto found = find_activation(name)) return *found;
  std::string known;
  for (const auto& one : activation_names()) known += (known.empty() ? "" : ", ") + one;
  config.fail("activation '" + name + "' is not supported; supported: " + known);
}

DEEPMAACC_INLINE activation_function read_activation_layer(const layer_config& config) {
  const std::string& kind = config.class_name();
  const auto from_zero = [&](const char* key, double fallback) {
    const double given = config.number(key, fallback);
    if (given < 0) config.fail(std::string(key) + " must not be negative");
    return given;
  };
  if (kind == "Activation") return read_activation(config);
  if (kind == "LeakyReLU") return activations::leaky_relu{from_zero("negative_slope", 0.3)};
  if (kind == "ELU") return activations::elu{config.number("alpha", 1)};
  if (kind == "Softmax") {
    if (config.integer("axis", -1) != -1) config.fail("axis must be -1; softmax over another axis is not supported");
    return activations::softmax{};
  }
  if (kind != "ReLU")
    config.fail("this is no activation that is supported as a layer; supported: Activation, ReLU, LeakyReLU, ELU, Softmax");
  const activations::clipped_relu general{from_zero("negative_slope", 0), from_zero("threshold", 0),
                                          from_zero("max_value", std::numeric_limits<double>::infinity())};
  const bool is_plain = general.negative_slope == 0 && general.threshold == 0 && std::isinf(general.max_value);
  return is_plain ? activation_function(activations::relu{}) : activation_function(general);
}
#endif

}  // namespace deepmaacc::model
