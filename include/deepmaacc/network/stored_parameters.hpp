#pragma once

/// \file
/// A program's arrays, as a network stores them.

#include <cmath>
#include <cstddef>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/model/program.hpp>
#include <deepmaacc/storage/copy.hpp>
#include <vector>

namespace deepmaacc {

namespace detail {

/// The arrays of a program in a storage; the program keeps their names and shapes.
template <class Storage>
std::vector<Storage> stored_parameters(program& model) {
  using T = typename Storage::value_type;
  model.require_complete();
  std::vector<Storage> all;
  for (std::size_t i = 0; i < model.parameters().size(); ++i) {
    model.parameters()[i].visit([&](const auto& numbers) {
      for (const auto number : numbers)
        if (std::isfinite(number) && !std::isfinite(static_cast<T>(number)))
          model.fail_at(i, text(" holds ", number, ", which is too large for the network's type; take one of double"));
      all.push_back(storage::from_host<Storage>(numbers));
    });
    model.clear(i);
  }
  return all;
}

}  // namespace detail

}  // namespace deepmaacc
