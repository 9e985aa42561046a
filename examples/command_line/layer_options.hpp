#pragma once

/// \file
/// The option `--layers`: whose neurons are mutated.

#include <algorithm>
#include <cstddef>
#include <deepmaacc/concepts/model_adapter.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/mutation/layer_selection.hpp>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "trimmed.hpp"

namespace command_line {

/// The library calls its option `layers`, the command calls it `--layers`.
template <class Call>
auto as_layers_option(const Call& call) {
  try {
    return call();
  } catch (const deepmaacc::usage_error& fault) {
    throw deepmaacc::usage_error(std::string("--") + fault.what());
  }
}

/// Reads "dense*,conv2d_1,3", with or without spaces behind the commas. \throws usage_error where there is nothing between commas.
inline deepmaacc::layer_selection parse_layers(const std::string& text) {
  std::vector<std::string> words;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t comma = std::min(text.find(',', begin), text.size());
    words.emplace_back(trimmed(std::string_view(text).substr(begin, comma - begin)));
    begin = comma + 1;
  }
  return as_layers_option([&] { return deepmaacc::layer_selection(std::move(words)); });
}

/// What the option means for a model. \throws usage_error where it means none of the layers that can be mutated.
inline deepmaacc::layer_selection layers_of_model(const deepmaacc::layer_selection& given,
                                                  std::span<const deepmaacc::layer_description> layers) {
  return as_layers_option([&] { return resolved(given, layers); });
}

}  // namespace command_line
