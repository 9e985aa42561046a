#pragma once

/// \file
/// The activation functions and their registry: a new function is one struct and one line. Each has its name in Keras, its parameters with
/// Keras' defaults, and what it makes of one number on host and device alike. NaN stays NaN. An infinite number gives what Keras' formula
/// gives: silu, hard_silu, mish and gelu of −∞ and softsign of ±∞ are NaN.

#include <Kokkos_Macros.hpp>
#include <Kokkos_MathematicalFunctions.hpp>
#include <deepmaacc/core/compiled.hpp>
#include <deepmaacc/core/one_of.hpp>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/model/branchless_exp.hpp>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// The functions that `activation_function` holds.
namespace deepmaacc::activation {

struct linear {
  static constexpr const char* name = "linear";
  template <class T>
  KOKKOS_INLINE_FUNCTION T operator()(T z) const {
    return z;
  }
};

struct relu {
  static constexpr const char* name = "relu";
  template <class T>
  KOKKOS_INLINE_FUNCTION T operator()(T z) const {
    return z < 0 ? T{0} : z;
  }
};

struct relu6 {
  static constexpr const char* name = "relu6";
  template <class T>
  KOKKOS_INLINE_FUNCTION T operator()(T z) const {
    return z < 0 ? T{0} : z > 6 ? T{6} : z;
  }
};

/// max(z, negative_slope · z). The slope is that of Keras' function; its layer LeakyReLU has another default.
struct leaky_relu {
  static constexpr const char* name = "leaky_relu";
  double negative_slope = 0.2;
  template <class T>
  KOKKOS_INLINE_FUNCTION T operator()(T z) const {
    return z < 0 ? static_cast<T>(negative_slope) * z : z;
  }
};

/// All that Keras' layer ReLU can be: above `threshold` z, but at most `max_value`; up to it negative_slope · (z − threshold).
struct clipped_relu {
  static constexpr const char* name = "clipped_relu";
  double negative_slope = 0, threshold = 0, max_value = std::numeric_limits<double>::infinity();
  template <class T>
  KOKKOS_INLINE_FUNCTION T operator()(T z) const {
    const T least = static_cast<T>(threshold), most = static_cast<T>(max_value), slope = static_cast<T>(negative_slope);
    if (z > least) return z < most ? z : most;
    return slope != 0 || z != z ? slope * (z - least) : T{0};  // 0 · −∞ would be NaN
  }
};

/// z above 0, alpha · (e^z − 1) below.
struct elu {
  static constexpr const char* name = "elu";
  double alpha = 1;
  template <class T>
  KOKKOS_INLINE_FUNCTION T operator()(T z) const {
    return z < 0 ? static_cast<T>(alpha) * Kokkos::expm1(z) : z;
  }
};

/// A scaled elu whose constants keep mean and variance (Klambauer et al. 2017).
struct selu {
  static constexpr const char* name = "selu";
  template <class T>
  KOKKOS_INLINE_FUNCTION T operator()(T z) const {
    constexpr double scale = 1.0507009873554804934193349852946, alpha = 1.6732632423543772848170429916717;
    return static_cast<T>(scale) * (z < 0 ? static_cast<T>(alpha) * Kokkos::expm1(z) : z);
  }
};

/// z · Φ(z), Φ the normal distribution (Hendrycks and Gimpel 2016).
struct gelu {
  static constexpr const char* name = "gelu";
  template <class T>
  KOKKOS_INLINE_FUNCTION T operator()(T z) const {
    return z / 2 * Kokkos::erfc(z * static_cast<T>(-0.70710678118654752440));  // 1 + erf would cancel below 0
  }
};

/// The form of gelu with tanh in the place of the normal distribution.
struct gelu_approximate {
  static constexpr const char* name = "gelu_approximate";
  template <class T>
  KOKKOS_INLINE_FUNCTION T operator()(T z) const {
    constexpr double root = 0.79788456080286535588, cubic = 0.044715;  // sqrt(2 / pi)
    // z / 2 · (1 + tanh(u)), which would cancel below 0.
    return z / (1 + branchless_exp(static_cast<T>(-2 * root) * (z + static_cast<T>(cubic) * z * z * z)));
  }
};

struct sigmoid {
  static constexpr const char* name = "sigmoid";
  template <class T>
  KOKKOS_INLINE_FUNCTION T operator()(T z) const {
    return T{1} / (T{1} + bounded_exp(-z));
  }
};

/// min(max(slope · z + 1/2, 0), 1). Keras 3 has the slope 1/6; files of Keras 2, where it is 1/5, are read as `hard_sigmoid_of_keras2`.
struct hard_sigmoid {
  static constexpr const char* name = "hard_sigmoid";
  template <class T>
  KOKKOS_INLINE_FUNCTION T operator()(T z) const {
    return relu6{}(z + 3) / 6;
  }
};
struct hard_sigmoid_of_keras2 {
  static constexpr const char* name = "hard_sigmoid_of_keras2";
  template <class T>
  KOKKOS_INLINE_FUNCTION T operator()(T z) const {
    const T line = z / 5 + T{1} / 2;
    return line < 0 ? T{0} : line > 1 ? T{1} : line;
  }
};

struct tanh {
  static constexpr const char* name = "tanh";
  template <class T>
  KOKKOS_INLINE_FUNCTION T operator()(T z) const {
    return Kokkos::tanh(z);
  }
};

/// log(1 + e^z), without overflow.
struct softplus {
  static constexpr const char* name = "softplus";
  template <class T>
  KOKKOS_INLINE_FUNCTION T operator()(T z) const {
    return relu{}(z) + Kokkos::log1p(Kokkos::exp(z < 0 ? z : -z));
  }
};

struct softsign {
  static constexpr const char* name = "softsign";
  template <class T>
  KOKKOS_INLINE_FUNCTION T operator()(T z) const {
    return z / (1 + Kokkos::abs(z));
  }
};

/// z · sigmoid(z), also called swish.
struct silu {
  static constexpr const char* name = "silu";
  template <class T>
  KOKKOS_INLINE_FUNCTION T operator()(T z) const {
    return z / (T{1} + branchless_exp(-z));
  }
};

/// z · hard_sigmoid(z), also called hard swish.
struct hard_silu {
  static constexpr const char* name = "hard_silu";
  template <class T>
  KOKKOS_INLINE_FUNCTION T operator()(T z) const {
    return z * hard_sigmoid{}(z);
  }
};

/// z · tanh(softplus(z)).
struct mish {
  static constexpr const char* name = "mish";
  template <class T>
  KOKKOS_INLINE_FUNCTION T operator()(T z) const {
    return z * Kokkos::tanh(softplus{}(z));
  }
};

struct exponential {
  static constexpr const char* name = "exponential";
  template <class T>
  KOKKOS_INLINE_FUNCTION T operator()(T z) const {
    return Kokkos::exp(z);
  }
};

/// e^z / Σ e^z over the last axis: the only one that is not elementwise, so it is no function of one number.
struct softmax {
  static constexpr const char* name = "softmax";
};

}  // namespace deepmaacc::activation

namespace deepmaacc {

/// A function of one number.
using unary_function = one_of<           //
    activation::linear,                  //
    activation::relu,                    //
    activation::relu6,                   //
    activation::leaky_relu,              //
    activation::clipped_relu,            //
    activation::elu,                     //
    activation::selu,                    //
    activation::gelu,                    //
    activation::gelu_approximate,        //
    activation::sigmoid,                 //
    activation::hard_sigmoid,            //
    activation::hard_sigmoid_of_keras2,  //
    activation::tanh,                    //
    activation::softplus,                //
    activation::softsign,                //
    activation::silu,                    //
    activation::hard_silu,               //
    activation::mish,                    //
    activation::exponential>;

/// What a layer may end with.
using activation_function = one_of<unary_function, activation::softmax>;

inline bool is_linear(const unary_function& function) { return function.holds<activation::linear>(); }

/// The names of the activations that can be read.
std::vector<std::string> activation_names();

/// The function of a name, with its default parameters; the names "swish" and "hard_swish" are Keras' older ones. None for an unknown name.
std::optional<activation_function> find_activation(const std::string& name);

#if DEEPMAACC_HAS_BODIES
namespace detail {

/// Calls `visit(name, function)` with one of every kind, with its default parameters.
template <class Visit>
void for_each_activation(const Visit& visit) {
  unary_function::for_each_kind([&]<class Kind>() { visit(Kind::name, activation_function(unary_function(Kind{}))); });
  visit(activation::softmax::name, activation_function(activation::softmax{}));
}

}  // namespace detail

DEEPMAACC_INLINE std::vector<std::string> activation_names() {
  std::vector<std::string> names;
  detail::for_each_activation([&](const char* name, const activation_function&) { names.emplace_back(name); });
  return names;
}

DEEPMAACC_INLINE std::optional<activation_function> find_activation(const std::string& name) {
  std::optional<activation_function> found;
  detail::for_each_activation([&](const char* of_this, const activation_function& one) {
    if (name == of_this) found = one;
  });
  if (name == "swish") found = activation_function(activation::silu{});
  if (name == "hard_swish") found = activation_function(activation::hard_silu{});
  return found;
}
#endif

}  // namespace deepmaacc
