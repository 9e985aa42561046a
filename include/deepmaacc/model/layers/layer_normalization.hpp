#pragma once

/// \file
/// Layer normalisation: by the statistics of each input.

#include <Kokkos_Core.hpp>
#include <algorithm>
#include <cstdint>
#include <deepmaacc/core/parallel.hpp>
#include <deepmaacc/model/axes.hpp>
#include <deepmaacc/model/layer_base.hpp>

namespace deepmaacc::model {

/// Keras' LayerNormalization: gamma · (x − mean) / sqrt(variance + epsilon) + beta, the statistics over one axis or neighbouring ones (Ba
/// et al. 2016).
struct layer_normalization : layer_base {
  static constexpr const char* class_name = "LayerNormalization";
  std::vector<std::int64_t> axes{-1};  ///< as Keras counts
  double epsilon = 1e-3;
  bool has_beta = true, has_gamma = true;

  layer_normalization() = default;
  explicit layer_normalization(const layer_config& config)
      : epsilon(config.number("epsilon", 1e-3)), has_beta(config.flag("center", true)), has_gamma(config.flag("scale", true)) {
    if (!config.is_absent("axis")) axes = config.integers("axis");
    if (axes.empty()) config.fail("axis must name at least one axis");
    // Keras sorts what is written, so -1 comes before 1; the extents of gamma and beta follow that order.
    std::sort(axes.begin(), axes.end());
    if (config.flag("rms_scaling", false)) config.fail("rms_scaling is not supported");
  }

  shape output_shape(std::span<const shape> inputs) const {
    const shape& only = only_input(class_name, inputs);
    split_at(class_name, axes, only);
    return only;
  }

  std::vector<parameter> parameters(const shape& input) const {
    const std::size_t first = axis_of_input(class_name, axes.front(), input);
    const auto begin = input.begin() + static_cast<std::ptrdiff_t>(first);
    const shape extents(begin, begin + static_cast<std::ptrdiff_t>(axes.size()));
    std::vector<parameter> all;
    if (has_gamma) all.push_back({"gamma", extents});
    if (has_beta) all.push_back({"beta", extents});
    return all;
  }

  template <class Space, class T>
  void forward(const layer_context<Space, T>& context) const {
    const axis_block split = split_at(class_name, axes, context.input_shape());
    const std::size_t count = split.count, inner = split.inner;
    const T* gamma = has_gamma ? context.parameters[0] : nullptr;
    const T* beta = has_beta ? context.parameters[has_gamma ? 1 : 0] : nullptr;
    const T* source = context.input().data();
    T* target = context.output.data();
    const double at_least = epsilon;
    parallel_loop(
        context.space, "deepmaacc::model::layer_normalization", context.input().extent(0) * split.outer, inner,
        KOKKOS_LAMBDA(const std::size_t i, const std::size_t j) {
          // In double, and the mean before the squares: a variance from the sums of x and x² would cancel.
          const T* from = source + i * count * inner + j;
          double mean = 0, variance = 0;
          for (std::size_t k = 0; k < count; ++k) mean += static_cast<double>(from[k * inner]);
          mean /= static_cast<double>(count);
          for (std::size_t k = 0; k < count; ++k) {
            const double off = static_cast<double>(from[k * inner]) - mean;
            variance += off * off;
          }
          const double factor = 1 / Kokkos::sqrt(variance / static_cast<double>(count) + at_least);
          T* to = target + i * count * inner + j;
          for (std::size_t k = 0; k < count; ++k) {
            const double scaled = (static_cast<double>(from[k * inner]) - mean) * factor * (gamma ? static_cast<double>(gamma[k]) : 1.0);
            to[k * inner] = static_cast<T>(scaled + (beta ? static_cast<double>(beta[k]) : 0.0));
          }
        });
  }
};

}  // namespace deepmaacc::model
