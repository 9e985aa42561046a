#pragma once

/// \file
/// Functions of single elements, on the calling thread.

#include <cstddef>
#include <deepmaacc/core/compiled.hpp>
#include <deepmaacc/core/simd.hpp>
#include <deepmaacc/model/operations/elementwise.hpp>
#include <span>

namespace deepmaacc::detail {

/// How many rows there are, and how far a row lies behind the one before.
struct row_steps {
  std::size_t rows = 1, stride = 0;
};

/// x = function(x) for all numbers of some rows, of which the first is given. Rows and lanes call it, so that there is one loop for each
/// function and type. In place, since clang makes vectors only where it need not ask whether two arrays overlap.
template <class T>
void apply_in_place(const unary_function& function, std::span<T> first, row_steps steps = {}) {
  function.visit([&](auto one) {
    for (std::size_t row = 0; row < steps.rows; ++row) {
      T* const numbers = first.data() + row * steps.stride;
      vector_loop(first.size(), [&](std::size_t i) { numbers[i] = one(numbers[i]); });
    }
  });
}

#ifdef DEEPMAACC_COMPILED
extern template void apply_in_place(const unary_function&, std::span<float>, row_steps);
extern template void apply_in_place(const unary_function&, std::span<double>, row_steps);
#endif

}  // namespace deepmaacc::detail
