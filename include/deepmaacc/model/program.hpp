#pragma once

/// \file
/// What a network is: operations and how they are connected, trained arrays, layers and their neurons. Plain data.

#include <algorithm>
#include <cstddef>
#include <deepmaacc/core/compiled.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/one_of.hpp>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/model/axes.hpp>
#include <deepmaacc/model/neuron_group.hpp>
#include <deepmaacc/model/operation.hpp>
#include <deepmaacc/model/parameter.hpp>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace deepmaacc {

/// An operation in its place.
struct program_node {
  any_operation does{operation::input{}};
  std::vector<std::size_t> inputs{};      ///< the nodes whose tensors it reads, in the operation's order
  std::vector<std::size_t> readers{};     ///< the nodes that read its tensor, ascending; one that reads it twice is there twice
  std::vector<std::size_t> parameters{};  ///< of the program, in the operation's order
  std::size_t layer = 0;                  ///< which it is part of
  shape output_shape{};
};

/// A layer as the model file or the builder's caller defined it: one operation or several.
struct program_layer {
  std::string name{}, kind{};             ///< the name is unique; the kind is the field's word, such as "Dense"
  std::size_t output = 0;                 ///< the node that gives what the layer gives
  std::vector<std::size_t> parameters{};  ///< its trained arrays, in the order in which they were declared
  std::optional<std::size_t> neurons{};   ///< its group of neurons
};

/// A network as a directed acyclic graph of operations. Nodes are operations, numbered from 0; each gives one tensor, which has its
/// number. Nodes are added behind those that they read from, so shapes are known and checked at once, and their order is topological.
/// Node 0 is the input, the last layer's output is the network's. `program_builder` makes one, `program_graph` shows it to Boost.Graph.
/// What is asked by number must be there; references are good until the next change. A program without an input has no shapes and no
/// output.
class program {
 public:
  std::size_t size() const { return nodes_.size(); }
  const program_node& operator[](std::size_t node) const { return nodes_[node]; }
  const std::vector<parameter>& parameters() const { return parameters_; }
  const std::vector<program_layer>& layers() const { return layers_; }
  const std::vector<neuron_group>& neurons() const { return neurons_; }
  /// Where it was read, such as a file's name, with which errors about the whole of it begin; empty where it was built.
  const std::string& origin() const { return origin_; }
  void set_origin(std::string name) { origin_ = std::move(name); }
  const shape& input_shape() const { return nodes_[0].output_shape; }
  /// The node that gives the network's output.
  std::size_t output() const { return layers_.back().output; }
  const shape& output_shape() const { return nodes_[output()].output_shape; }

  std::vector<shape> input_shapes_of(std::size_t node) const {
    std::vector<shape> all;
    for (const std::size_t one : nodes_[node].inputs) all.push_back(nodes_[one].output_shape);
    return all;
  }

  /// Numbers of all trained arrays.
  std::size_t parameter_count() const {
    std::size_t count = 0;
    for (const program_layer& layer : layers_)
      for (const std::size_t one : layer.parameters) count += parameters_[one].size();
    return count;
  }

  /// Begins a layer; what is added until the next one is its part.
  /// \return its number
  /// \throws model_error where the name is taken
  std::size_t add_layer(std::string name, std::string kind);
  /// Declares a trained array of the present layer, for one operation; `fill` gives the numbers, now or later.
  std::size_t add_parameter(std::string name, shape extents);
  /// The same for numbers that are no trained ones, but settings or what follows from some.
  std::size_t add_constant(std::string name, shape extents, std::vector<double> numbers);
  /// Adds an operation to the present layer, whose output is from now on its tensor.
  /// \return its node
  /// \throws model_error, naming the layer, where inputs or parameters do not fit
  std::size_t add(any_operation does, const std::vector<std::size_t>& inputs = {}, std::vector<std::size_t> parameters = {});
  /// Says that the present layer's output is what a node gives.
  /// \throws model_error, naming the layer, where there is no such node
  void set_output(std::size_t node);
  /// The neurons whose pre-activations weighted sums are: their numbers are the kernel's columns.
  /// \throws model_error for other nodes
  neuron_group neurons_of(std::size_t sums) const;
  /// Says what the present layer's neurons are.
  /// \throws model_error, naming the layer, where their numbers leave the arrays, lie in another layer's, or are not those of their sums
  void add_neurons(neuron_group group);
  /// Gives a trained array its numbers.
  /// \throws model_error, naming the layer and the array, where these are too few or too many
  template <class T>
  void fill(std::size_t which, std::vector<T> numbers) {
    array(which);
    try {
      parameters_[which].fill(std::move(numbers));
    } catch (const error& fault) {
      fail(owner_[which], fault.what());
    }
  }
  /// Forgets the numbers of an array; copies of the program keep them.
  void clear(std::size_t which) {
    array(which);
    parameters_[which].clear();
  }
  /// \throws model_error where there is no operation but the input
  void require_layers() const;
  /// \throws model_error, too, where an array has no numbers
  void require_complete() const;
  /// \throws model_error naming an array and its layer
  [[noreturn]] void fail_at(std::size_t which, const std::string& why) const {
    fail(owner_[which], "its " + parameters_[which].name() + why);
  }
  /// "layer conv (Conv2D): ", which errors begin with.
  [[noreturn]] void fail(std::size_t layer, const std::string& why) const {
    throw model_error("layer " + layers_[layer].name + " (" + layers_[layer].kind + "): " + why);
  }

 private:
  /// The layer that is being added.
  /// \throws model_error where there is none
  std::size_t present_layer() const {
    if (layers_.empty()) throw model_error("a network begins with a layer; add_layer comes first");
    return layers_.size() - 1;
  }
  /// An array that an operation or neurons are made of.
  /// \throws model_error
  const parameter& array(std::size_t which) const {
    if (which >= parameters_.size()) throw model_error(detail::text("there is no weight array ", which, "; add_parameter comes first"));
    return parameters_[which];
  }

  std::vector<program_node> nodes_;
  std::vector<parameter> parameters_;
  std::vector<std::size_t> owner_;  ///< the layer of each parameter
  std::vector<bool> is_read_;       ///< whether an operation has it
  std::string origin_;
  std::vector<program_layer> layers_;
  std::vector<neuron_group> neurons_;
};

namespace detail {

/// What `make()` gives; errors begin with where the program was read.
template <class Make>
auto about(const program& model, const Make& make) {
  try {
    return make();
  } catch (const error& fault) {
    if (model.origin().empty()) throw;
    throw model_error(model.origin() + ": " + fault.what());
  } catch (const std::bad_alloc&) {
    if (model.origin().empty()) throw;
    throw model_error(model.origin() + ": there is not enough memory for this model");
  }
}

}  // namespace detail

#if DEEPMAACC_HAS_BODIES
DEEPMAACC_INLINE std::size_t program::add_layer(std::string name, std::string kind) {
  for (const program_layer& one : layers_)
    if (one.name == name) throw model_error("two layers are called " + name + "; give each a name of its own");
  program_layer made;
  made.name = std::move(name);
  made.kind = std::move(kind);
  made.output = layers_.empty() ? 0 : layers_.back().output;  // until it has an operation
  layers_.push_back(std::move(made));
  return layers_.size() - 1;
}

DEEPMAACC_INLINE std::size_t program::add_parameter(std::string name, shape extents) {
  const std::size_t layer = present_layer();
  try {
    if (element_count(extents) == 0) throw model_error("its " + name + " has shape " + to_string(extents) + ", which holds nothing");
  } catch (const error& fault) {
    fail(layer, fault.what());
  }
  parameters_.emplace_back(std::move(name), std::move(extents));
  owner_.push_back(layer);
  is_read_.push_back(false);
  layers_.back().parameters.push_back(parameters_.size() - 1);
  return parameters_.size() - 1;
}

DEEPMAACC_INLINE std::size_t program::add_constant(std::string name, shape extents, std::vector<double> numbers) {
  owner_.push_back(present_layer());
  is_read_.push_back(false);
  parameters_.emplace_back(std::move(name), std::move(extents));
  fill(parameters_.size() - 1, std::move(numbers));
  return parameters_.size() - 1;
}

DEEPMAACC_INLINE std::size_t program::add(any_operation does, const std::vector<std::size_t>& inputs, std::vector<std::size_t> parameters) {
  const std::size_t layer = present_layer();
  if (does.holds<operation::input>() != (size() == 0)) fail(layer, "a network begins with one input layer, and has no other");
  if (inputs.empty() && size() > 0) fail(layer, "its operation needs at least one input");
  program_node node;
  node.does = std::move(does);
  node.inputs = inputs;
  node.parameters = std::move(parameters);
  node.layer = layer;
  std::vector<shape> shapes;
  for (const std::size_t from : inputs) {
    if (from >= size()) fail(layer, "it takes its input from a layer that comes after it");
    shapes.push_back(nodes_[from].output_shape);
  }
  try {
    std::vector<shape> wanted;
    node.does.visit([&](const auto& one) {
      node.output_shape = one.output_shape(shapes);
      wanted = one.parameter_shapes(shapes);
    });
    const auto extents = to_string(node.output_shape);
    if (element_count(node.output_shape) == 0) throw model_error("its output has shape " + extents + ", which holds nothing");
    if (element_count(node.output_shape) > largest_tensor)
      throw model_error(detail::text("its output has shape ", extents, ", more than ", largest_tensor,
                                     " numbers for one input; no such layer can be run"));
    if (wanted.size() != node.parameters.size())
      throw model_error(detail::text("it needs ", wanted.size(), " weight arrays, but is given ", node.parameters.size()));
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      const parameter& one = array(node.parameters[i]);
      if (one.extents() != wanted[i])
        throw model_error("its " + one.name() + " should have shape " + to_string(wanted[i]) + ", but has " + to_string(one.extents()));
      if (owner_[node.parameters[i]] != layer || is_read_[node.parameters[i]])
        throw model_error("its " + one.name() + " is another operation's; declare an array for each, which may share numbers");
      is_read_[node.parameters[i]] = true;
    }
  } catch (const error& fault) {
    fail(layer, fault.what());
  }
  const std::size_t made = nodes_.size();
  nodes_.push_back(std::move(node));
  for (const std::size_t from : nodes_[made].inputs) nodes_[from].readers.push_back(made);  // `inputs` may have lain in a node
  layers_.back().output = made;
  return made;
}

DEEPMAACC_INLINE void program::set_output(std::size_t node) {
  const std::size_t layer = present_layer();
  if (node >= size()) fail(layer, "its output must come from a node that there is");
  layers_[layer].output = node;
}

DEEPMAACC_INLINE neuron_group program::neurons_of(std::size_t sums) const {
  if (sums >= size() || !nodes_[sums].does.holds<operation::weighted_sums>())
    throw model_error(detail::text("node ", sums, " computes no weighted sums, so it has no neurons"));
  const program_node& node = nodes_[sums];
  const parameter& kernel = parameters_[node.parameters.front()];
  neuron_group group;
  group.layer = node.layer;
  group.neurons = node.output_shape.back();
  group.weights = {{node.parameters.front(), kernel.size() / group.neurons, 0, 1, group.neurons}};
  if (node.parameters.size() > 1) group.bias = neuron_slice{node.parameters[1], 1, 0, 1, 1};
  for (std::size_t axis = 0; axis + 2 < kernel.extents().size(); ++axis) group.kernel_positions *= kernel.extents()[axis];
  group.sums = sums;
  return group;
}

DEEPMAACC_INLINE void program::add_neurons(neuron_group group) {
  const std::size_t layer = present_layer();
  group.layer = layer;
  if (layers_[layer].neurons) fail(layer, "it has neurons already");
  try {
    if (group.weights.empty()) throw model_error("its neurons have no numbers");
    if (group.bias && group.bias->count != 1) throw model_error("the bias of its neurons must be one number each");
    for (const neuron_slice& one : group.slices()) {
      const parameter& numbers = array(one.parameter);
      detail::require_within(one, group.neurons, numbers.size());
      if (owner_[one.parameter] != layer) throw model_error("its neurons have numbers in " + numbers.name() + " of another layer");
    }
    if (group.kernel_positions == 0 || group.weights_per_neuron() % group.kernel_positions != 0)
      throw model_error(detail::text("its ", group.kernel_positions, " kernel positions do not divide the ", group.weights_per_neuron(),
                                     " weights of a neuron"));
    if (group.sums) {
      const neuron_group columns = neurons_of(*group.sums);
      if (nodes_[*group.sums].layer != layer || group.neurons != columns.neurons || group.slices() != columns.slices() ||
          group.kernel_positions != columns.kernel_positions)
        throw model_error("its neurons are not those of weighted sums of its own; program::neurons_of(node) tells these");
    }
  } catch (const error& fault) {
    fail(layer, fault.what());
  }
  layers_.back().neurons = neurons_.size();
  neurons_.push_back(std::move(group));
}

DEEPMAACC_INLINE void program::require_layers() const {
  if (size() < 2) throw model_error("a network needs an input layer and at least one more");
}

DEEPMAACC_INLINE void program::require_complete() const {
  require_layers();
  for (std::size_t i = 0; i < parameters_.size(); ++i)
    if (!parameters_[i].is_filled()) fail_at(i, " has no numbers");
}
#endif

}  // namespace deepmaacc
