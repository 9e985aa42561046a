#pragma once

/// \file
/// Inputs that are made when they are asked for.

#include <cstddef>
#include <deepmaacc/core/shape.hpp>

namespace deepmaacc {

/// Where a test set takes its inputs from if they do not lie in memory as numbers of type T: they stay in a file, say, in its own type.
/// Inputs must be the same each time. Several threads ask at a time.
template <class T>
class input_source {
 public:
  virtual ~input_source() = default;

  /// How many inputs there are, and the shape of each.
  virtual std::size_t size() const = 0;
  virtual const shape& input_shape() const = 0;

  /// Writes inputs [first, first + count) as rows, one behind the other.
  virtual void write(std::size_t first, std::size_t count, T* rows) const = 0;

  /// Where all inputs lie as such rows; null where they have to be written.
  virtual const T* rows() const { return nullptr; }

 protected:
  input_source() = default;
  input_source(const input_source&) = default;
  input_source& operator=(const input_source&) = default;
};

}  // namespace deepmaacc
