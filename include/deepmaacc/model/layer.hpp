#pragma once

/// \file
/// The registry of layer kinds: a new kind is one header in `layers/` and one line here.

#include <cstddef>
#include <deepmaacc/model/activation.hpp>
#include <deepmaacc/model/layer_config.hpp>
#include <deepmaacc/model/layers/activation_layer.hpp>
#include <deepmaacc/model/layers/conv2d.hpp>
#include <deepmaacc/model/layers/dense.hpp>
#include <deepmaacc/model/layers/flatten.hpp>
#include <deepmaacc/model/layers/input.hpp>
#include <deepmaacc/model/layers/pooling2d.hpp>
#include <string>
#include <variant>
#include <vector>

namespace deepmaacc::model {

/// A layer of any kind.
using layer = std::variant<  //
    input,                   //
    dense,                   //
    conv2d,                  //
    average_pooling2d,       //
    max_pooling2d,           //
    flatten,                 //
    dropout,                 //
    activation_layer>;

/// The class names of the layers that can be read.
inline std::vector<std::string> layer_class_names() {
  std::vector<std::string> names;
  for_each_kind(static_cast<const layer*>(nullptr), [&]<class Kind>() { names.emplace_back(Kind::class_name); });
  return names;
}

/// The layer that a model file describes. \throws model_error for a class that is not known, and for settings that are not.
inline layer make_layer(const layer_config& config) {
  std::vector<layer> made;
  for_each_kind(static_cast<const layer*>(nullptr), [&]<class Kind>() {
    if (config.class_name() == Kind::class_name) made.emplace_back(Kind(config));
  });
  if (made.empty()) {
    std::string known;
    for (const auto& name : layer_class_names()) known += (known.empty() ? "" : ", ") + name;
    config.fail("layers of this class are not supported; supported: " + known);
  }
  return made.front();
}

}  // namespace deepmaacc::model
