#pragma once

/// \file
/// The recurrence of Lance and Williams over a whole row.

#include <cstddef>

namespace deepmaacc::detail {

/// row[k] = merged(row[k], other[k], sizes[k]) for k < count, in vectors. The three do not overlap.
template <class T, class Merged>
void merge_row(T* row, const T* other, const T* sizes, std::size_t count, const Merged& merged) {
#if defined(__GNUC__) && !defined(__clang__) && !defined(__CUDACC__)
#pragma GCC ivdep
#endif
  for (std::size_t k = 0; k < count; ++k) row[k] = static_cast<T>(merged(row[k], other[k], sizes[k]));
}

}  // namespace deepmaacc::detail
