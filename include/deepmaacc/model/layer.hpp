#pragma once

/// \file
/// The registry of layer kinds: a new kind is one header in `layers/` and one line here.

#include <concepts>
#include <cstddef>
#include <deepmaacc/core/compiled.hpp>
#include <deepmaacc/core/one_of.hpp>
#include <deepmaacc/model/activated_layer.hpp>
#include <deepmaacc/model/activation.hpp>
#include <deepmaacc/model/layer_config.hpp>
#include <deepmaacc/model/layers/activation_layer.hpp>
#include <deepmaacc/model/layers/batch_normalization.hpp>
#include <deepmaacc/model/layers/concatenate.hpp>
#include <deepmaacc/model/layers/convolution.hpp>
#include <deepmaacc/model/layers/dense.hpp>
#include <deepmaacc/model/layers/depthwise_convolution.hpp>
#include <deepmaacc/model/layers/flatten.hpp>
#include <deepmaacc/model/layers/global_pooling.hpp>
#include <deepmaacc/model/layers/image_border.hpp>
#include <deepmaacc/model/layers/input.hpp>
#include <deepmaacc/model/layers/layer_normalization.hpp>
#include <deepmaacc/model/layers/merge.hpp>
#include <deepmaacc/model/layers/normalization.hpp>
#include <deepmaacc/model/layers/permute.hpp>
#include <deepmaacc/model/layers/pooling.hpp>
#include <deepmaacc/model/layers/prelu.hpp>
#include <deepmaacc/model/layers/rescaling.hpp>
#include <deepmaacc/model/layers/reshape.hpp>
#include <deepmaacc/model/layers/separable_convolution.hpp>
#include <deepmaacc/model/layers/upsampling.hpp>
#include <string>
#include <vector>

namespace deepmaacc::model {

/// A layer of any kind.
using layer = one_of<          //
    input,                     //
    dense,                     //
    conv1d,                    //
    conv2d,                    //
    depthwise_conv1d,          //
    depthwise_conv2d,          //
    separable_conv1d,          //
    separable_conv2d,          //
    average_pooling1d,         //
    average_pooling2d,         //
    max_pooling1d,             //
    max_pooling2d,             //
    global_average_pooling1d,  //
    global_average_pooling2d,  //
    global_max_pooling1d,      //
    global_max_pooling2d,      //
    zero_padding1d,            //
    zero_padding2d,            //
    cropping1d,                //
    cropping2d,                //
    upsampling1d,              //
    upsampling2d,              //
    flatten,                   //
    reshape,                   //
    permute,                   //
    dropout,                   //
    spatial_dropout1d,         //
    spatial_dropout2d,         //
    gaussian_dropout,          //
    gaussian_noise,            //
    alpha_dropout,             //
    activity_regularization,   //
    identity,                  //
    batch_normalization,       //
    layer_normalization,       //
    normalization,             //
    rescaling,                 //
    add,                       //
    subtract,                  //
    multiply,                  //
    average,                   //
    maximum,                   //
    minimum,                   //
    concatenate,               //
    relu_layer,                //
    leaky_relu_layer,          //
    elu_layer,                 //
    softmax_layer,             //
    prelu,                     //
    activation_layer>;

/// What is known of a layer by itself.
struct layer_traits {
  const char* class_name = "";
  bool has_neurons = false, is_product = false, keeps_channels = false;  ///< as `layer_base` has them
  bool is_identity = false;
};

layer_traits traits_of(const layer& one);

/// The same layer without a final softmax, sigmoid or linear activation, where the arg max over its output is the same without.
layer without_final_activation(const layer& one, const shape& output);

/// The class names of the layers that can be read.
std::vector<std::string> layer_class_names();

/// The layer that a model file describes. \throws model_error for a class that is not known, and for settings that are not.
layer make_layer(const layer_config& config);

#if DEEPMAACC_HAS_BODIES
DEEPMAACC_INLINE layer_traits traits_of(const layer& one) {
  return one.visit([](const auto& kind) {
    return layer_traits{kind.class_name, kind.has_neurons, kind.is_product, kind.keeps_channels, kind.is_identity()};
  });
}

DEEPMAACC_INLINE layer without_final_activation(const layer& one, const shape& output) {
  return one.visit([&]<class Kind>(const Kind& kind) -> layer {
    if constexpr (std::derived_from<Kind, activated_layer>) {
      Kind changed = kind;
      changed.drop_final_activation(output);
      return changed;
    } else {
      return one;
    }
  });
}

DEEPMAACC_INLINE std::vector<std::string> layer_class_names() {
  std::vector<std::string> names;
  for_each_kind(static_cast<const layer*>(nullptr), [&]<class Kind>() { names.emplace_back(Kind::class_name); });
  return names;
}

DEEPMAACC_INLINE layer make_layer(const layer_config& config) {
  layer made = input(shape{});
  bool is_known = false;
  for_each_kind(static_cast<const layer*>(nullptr), [&]<class Kind>() {
    if (config.class_name() != Kind::class_name) return;
    made = layer(Kind(config));
    is_known = true;
  });
  if (!is_known) {
    std::string known;
    for (const auto& name : layer_class_names()) known += (known.empty() ? "" : ", ") + name;
    config.fail("layers of this class are not supported; supported: " + known);
  }
  return made;
}
#endif

}  // namespace deepmaacc::model
