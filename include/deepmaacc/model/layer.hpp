#pragma once

/// \file
/// The registry of layer kinds: a new kind is one header in `layers/` and one line here.

#include <cstddef>
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
#include <variant>
#include <vector>

namespace deepmaacc::model {

/// A layer of any kind.
using layer = std::variant<    //
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
