#pragma once

/// \file
/// Large memory that is walked through in all directions.

#if defined(__linux__)
#include <sys/mman.h>
#endif

#include <cstddef>
#include <cstdlib>
#include <limits>
#include <memory>
#include <new>

namespace deepmaacc {

namespace detail {

struct free_numbers {
  void operator()(void* numbers) const { std::free(numbers); }
};

}  // namespace detail

/// An array that is not initialised, so that the threads which write it first touch its pages, each its own.
template <class T>
using uninitialised_array = std::unique_ptr<T[], detail::free_numbers>;

/// Makes one, at a cache line. A large one lies in huge pages where the system gives them: a walk down a column of a matrix touches a page
/// per row, and there are too many small ones for a processor to remember.
/// \throws std::bad_alloc where there is not enough memory.
template <class T>
uninitialised_array<T> make_uninitialised(std::size_t count) {
  constexpr std::size_t line = 64, page = std::size_t{2} << 20;
  if (count > std::numeric_limits<std::size_t>::max() / 2 / sizeof(T)) throw std::bad_alloc();
  const std::size_t bytes = count * sizeof(T), unit = bytes < page ? line : page;
  const std::size_t rounded = (bytes + unit - 1) / unit * unit;
  uninitialised_array<T> numbers(static_cast<T*>(std::aligned_alloc(unit, rounded)));
  if (!numbers) throw std::bad_alloc();
#if defined(__linux__)
  if (unit == page) madvise(numbers.get(), rounded, MADV_HUGEPAGE);  // a wish: without huge pages it works too, slower
#endif
  return numbers;
}

}  // namespace deepmaacc
