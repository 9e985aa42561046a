#pragma once

/// \file
/// Functions of two numbers and their registry: a new function is one struct and one line. Each has its name, and what it makes of two
/// numbers on host and device alike.

#include <Kokkos_Macros.hpp>
#include <deepmaacc/core/one_of.hpp>

/// The functions that `binary_function` holds.
namespace deepmaacc::arithmetic {

struct add {
  static constexpr const char* name = "add";
  template <class T>
  KOKKOS_INLINE_FUNCTION T operator()(T left, T right) const {
    return left + right;
  }
};

struct subtract {
  static constexpr const char* name = "subtract";
  template <class T>
  KOKKOS_INLINE_FUNCTION T operator()(T left, T right) const {
    return left - right;
  }
};

struct multiply {
  static constexpr const char* name = "multiply";
  template <class T>
  KOKKOS_INLINE_FUNCTION T operator()(T left, T right) const {
    return left * right;
  }
};

struct divide {
  static constexpr const char* name = "divide";
  template <class T>
  KOKKOS_INLINE_FUNCTION T operator()(T left, T right) const {
    return left / right;
  }
};

/// NaN on either side stays NaN, here and in `minimum`.
struct maximum {
  static constexpr const char* name = "maximum";
  template <class T>
  KOKKOS_INLINE_FUNCTION T operator()(T left, T right) const {
    return right > left || right != right ? right : left;
  }
};

struct minimum {
  static constexpr const char* name = "minimum";
  template <class T>
  KOKKOS_INLINE_FUNCTION T operator()(T left, T right) const {
    return right < left || right != right ? right : left;
  }
};

/// The left number above 0, and the right one times it below (He et al. 2015).
struct rectify {
  static constexpr const char* name = "rectify";
  template <class T>
  KOKKOS_INLINE_FUNCTION T operator()(T x, T slope) const {
    return x < 0 ? slope * x : x;
  }
};

}  // namespace deepmaacc::arithmetic

namespace deepmaacc {

/// A function of two numbers.
using binary_function = one_of<  //
    arithmetic::add,             //
    arithmetic::subtract,        //
    arithmetic::multiply,        //
    arithmetic::divide,          //
    arithmetic::maximum,         //
    arithmetic::minimum,         //
    arithmetic::rectify>;

}  // namespace deepmaacc
