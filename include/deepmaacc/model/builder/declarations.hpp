#pragma once

/// \file
/// The class `program_builder`; include model/program_builder.hpp, which has its bodies.

#include <array>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/core/compiled.hpp>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/model/activation.hpp>
#include <deepmaacc/model/binary_function.hpp>
#include <deepmaacc/model/builder/layer_options.hpp>
#include <deepmaacc/model/program.hpp>
#include <string>
#include <utility>
#include <vector>

namespace deepmaacc {

/// Adds layers to a `program`, one line each. A layer takes the output of the last one, or what `from` names; each call returns the node
/// that gives the layer's output. Weights may be given with the layer, in the order and the layout that Keras has (row-major, channels
/// last), or later, by `program::fill`. Layers mean what Keras means by them; axes count as Keras counts them, where the batch is axis 0
/// and −1 the last axis.
/// \throws model_error, naming the layer, where its settings, inputs or weights do not fit; the builder is of no use then
class program_builder {
 public:
  explicit program_builder(shape input, std::string name = "input");

  /// The next layer takes what these nodes give.
  /// \throws model_error for none
  program_builder& from(std::vector<std::size_t> nodes);
  /// What the next layer takes. A layer that is made of several asks for it before the first of them.
  std::vector<std::size_t> inputs() const { return from_.empty() ? std::vector<std::size_t>{last()} : from_; }
  /// A layer of this name, when it comes, is said to be of this kind.
  void call(std::string name, std::string kind);

  shape shape_of(std::size_t node) const { return made_[node].output_shape; }
  /// The node that the next layer takes unless told otherwise.
  std::size_t last() const { return made_.output(); }
  /// What there is so far. Operations that no layer below has are added to it, behind a `begin`.
  program& made() { return made_; }
  const program& made() const { return made_; }
  /// The network.
  /// \throws model_error where weights are missing, or there is no layer
  program finish() &&;

  /// Begins a layer.
  /// \return the nodes that it takes
  std::vector<std::size_t> begin(std::string name, std::string kind);
  /// Ends a layer whose output is a node: gives its trained arrays their numbers.
  /// \return the node
  std::size_t end(std::size_t node, const trained_arrays& weights = {});
  /// An activation in the present layer, where it is one.
  /// \return the node that gives its output
  std::size_t activated(std::size_t node, const activation_function& function);

  // Layers with neurons.
  std::size_t dense(std::string name, const dense_options& options, const trained_arrays& weights = {});
  std::size_t conv1d(std::string name, const convolution_options<1>& options, const trained_arrays& weights = {});
  std::size_t conv2d(std::string name, const convolution_options<2>& options, const trained_arrays& weights = {});
  /// Output channel c · multiplier + m is channel c with the m-th of its kernels: kernel (taps of each axis × channels × multiplier).
  std::size_t depthwise_conv1d(std::string name, const depthwise_options<1>& options, const trained_arrays& weights = {});
  std::size_t depthwise_conv2d(std::string name, const depthwise_options<2>& options, const trained_arrays& weights = {});
  /// A depthwise convolution without bias, then a convolution of windows of one element, whose sums are the neurons.
  std::size_t separable_conv1d(std::string name, const separable_options<1>& options, const trained_arrays& weights = {});
  std::size_t separable_conv2d(std::string name, const separable_options<2>& options, const trained_arrays& weights = {});

  // Layers over images and sequences. Global pooling may keep the image's axes, each of extent 1.
  std::size_t average_pooling1d(std::string name, const pooling_options<1>& options = {});
  std::size_t average_pooling2d(std::string name, const pooling_options<2>& options = {});
  std::size_t max_pooling1d(std::string name, const pooling_options<1>& options = {});
  std::size_t max_pooling2d(std::string name, const pooling_options<2>& options = {});
  std::size_t global_average_pooling1d(std::string name, bool keeps_axes = false);
  std::size_t global_average_pooling2d(std::string name, bool keeps_axes = false);
  std::size_t global_max_pooling1d(std::string name, bool keeps_axes = false);
  std::size_t global_max_pooling2d(std::string name, bool keeps_axes = false);
  std::size_t zero_padding1d(std::string name, const image_border<1>& border);
  std::size_t zero_padding2d(std::string name, const image_border<2>& border);
  std::size_t cropping1d(std::string name, const image_border<1>& border);
  std::size_t cropping2d(std::string name, const image_border<2>& border);
  /// Every element so many times along each axis.
  std::size_t upsampling1d(std::string name, std::size_t times);
  std::size_t upsampling2d(std::string name, std::array<std::size_t, 2> times);

  // Layers that move elements.
  std::size_t flatten(std::string name = "flatten");
  /// \param target  one extent may be −1: it follows from the others
  std::size_t reshape(std::string name, const std::vector<std::int64_t>& target);
  /// \param order  axis i of the output is axis order[i] of the input, both from 1
  std::size_t permute(std::string name, const std::vector<std::size_t>& order);
  std::size_t concatenate(std::string name, std::int64_t axis = -1);
  /// Does nothing when a trained network predicts: dropout and its like.
  std::size_t identity(std::string name, std::string kind = "Identity");

  // Layers that treat every element by itself, or by its place.
  std::size_t activation(std::string name, const activation_function& function, std::string kind = "Activation");
  std::size_t softmax(std::string name, std::int64_t axis = -1);
  /// \param shared_axes  from 1: along these, elements share slopes
  std::size_t prelu(std::string name, const std::vector<std::int64_t>& shared_axes = {}, const trained_arrays& weights = {});
  std::size_t batch_normalization(std::string name, const batch_normalization_options& options = {}, const trained_arrays& weights = {});
  std::size_t layer_normalization(std::string name, const layer_normalization_options& options = {}, const trained_arrays& weights = {});
  std::size_t normalization(std::string name, const normalization_options& options = {}, const trained_arrays& weights = {});
  /// scale · x + offset, each one number, or one for each place along the last axis
  std::size_t rescaling(std::string name, const std::vector<double>& scale, const std::vector<double>& offset = {0});

  // Layers that merge what `from` names, element by element; an extent of 1 is repeated where another input has more.
  std::size_t add(std::string name);
  std::size_t subtract(std::string name);
  std::size_t multiply(std::string name);
  std::size_t average(std::string name);
  std::size_t maximum(std::string name);
  std::size_t minimum(std::string name);

  /// An operation of one's own, with the names of its trained arrays, whose shapes the operation says.
  std::size_t custom(std::string name, std::string kind, operation::custom operation, const std::vector<std::string>& parameters = {},
                     const trained_arrays& weights = {});

 private:
  using side = std::array<std::size_t, 2>;

  std::size_t convolution(std::string name, const char* kind, const operation::weighted_sums& sums, const detail::window_settings& window,
                          const activation_function& function, const trained_arrays& weights);
  std::size_t depthwise(std::string name, const char* kind, std::size_t multiplier, const detail::window_settings& window,
                        const activation_function& function, bool has_bias, const trained_arrays& weights);
  std::size_t depthwise_sums(std::size_t input, std::size_t multiplier, const detail::window_settings& window, bool has_bias,
                             const std::string& kernel_name);
  std::size_t separable(std::string name, const char* kind, std::size_t filters, std::size_t multiplier,
                        const detail::window_settings& window, const activation_function& function, bool has_bias,
                        const trained_arrays& weights);
  /// Weighted sums and their trained arrays.
  std::size_t sums_of(const operation::weighted_sums& sums, std::size_t input, const std::string& kernel_name, const shape& kernel);
  std::size_t pooling(std::string name, const char* kind, operation::pooling::reduction reduction, const detail::window_settings& window);
  std::size_t global_pooling(std::string name, const char* kind, operation::pooling::reduction reduction, std::size_t axes,
                             bool keeps_axes);
  std::size_t bordered(std::string name, const char* kind, bool crops, const std::vector<side>& border);
  std::size_t enlarged(std::string name, const char* kind, const std::vector<std::size_t>& times);
  std::size_t merged(std::string name, const char* kind, const binary_function& function, bool takes_two);
  /// The elements of a node by a constant.
  std::size_t with_constant(std::size_t node, const binary_function& function, std::size_t constant);

  /// \throws model_error for causal padding
  void refuse_causal(const detail::window_settings& window) const;
  /// The only node that the present layer takes.
  /// \throws model_error
  std::size_t only(const std::vector<std::size_t>& nodes) const;
  /// The axes of one input that Keras lists, which must be neighbours.
  /// \throws model_error
  axis_range axes_of(const std::vector<std::int64_t>& axes, const shape& input) const;
  std::size_t axis_of(std::int64_t axis, const shape& input) const;
  [[noreturn]] void fail(const std::string& why) const { made_.fail(made_.layers().size() - 1, why); }

  program made_;
  std::vector<std::size_t> from_;
  std::vector<std::pair<std::string, std::string>> called_;
};

}  // namespace deepmaacc
