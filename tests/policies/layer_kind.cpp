// NO_LOWER
//   deepmaacc::network: a layer kind with neurons must have `template <class Builder> std::size_t lower(Builder&) const`, which adds its
//   weighted sums; see model/lanes/lane_builder.hpp

#include <deepmaacc/model/lanes/lane_builder.hpp>

struct kind : deepmaacc::model::layer_base {
  static constexpr bool has_neurons = true;
#ifndef NO_LOWER
  template <class Builder>
  std::size_t lower(Builder& builder) const {
    return builder.input();
  }
#endif
};

void run() { deepmaacc::model::check_layer_kind<kind, deepmaacc::model::lane_builder<float>>(); }
