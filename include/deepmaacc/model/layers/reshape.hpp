#pragma once

/// \file
/// The same elements under another shape.

#include <algorithm>
#include <cstdint>
#include <deepmaacc/model/layer_base.hpp>

namespace deepmaacc::model {

/// Keras' Reshape: the elements in row-major order, one extent worked out where it is -1.
struct reshape : layer_base {
  static constexpr const char* class_name = "Reshape";
  std::vector<std::int64_t> target;

  explicit reshape(std::vector<std::int64_t> extents) : target(std::move(extents)) {}
  explicit reshape(const layer_config& config) : target(config.integers("target_shape")) {
    if (target.empty()) config.fail("target_shape must list at least one extent");
    for (const std::int64_t extent : target)
      if (extent != -1 && extent < 1) config.fail("target_shape must be made of whole numbers from 1, and -1 for the extent that follows");
    if (std::count(target.begin(), target.end(), -1) > 1) config.fail("target_shape leaves more than one extent open");
  }

  shape output_shape(std::span<const shape> inputs) const {
    const shape& only = only_input(class_name, inputs);
    const std::size_t count = element_count(only);
    shape output;
    for (const std::int64_t extent : target) output.push_back(extent == -1 ? 1 : static_cast<std::size_t>(extent));
    const std::size_t known = element_count(output);
    const auto open = std::find(target.begin(), target.end(), -1);
    if (open != target.end() && known > 0 && count % known == 0) output[static_cast<std::size_t>(open - target.begin())] = count / known;
    if (element_count(output) != count)
      throw model_error(detail::text("a Reshape layer cannot give its input of shape ", to_string(only), " the shape ", to_string(output),
                                     open == target.end() ? "" : ", whatever the open extent is", "; both must hold as many elements"));
    return output;
  }
  bool is_identity() const { return true; }
  template <class Context>
  void forward(const Context&) const {}
};

}  // namespace deepmaacc::model
