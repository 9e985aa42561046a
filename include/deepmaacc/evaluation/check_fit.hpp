#pragma once

/// \file
/// Whether a model can be judged by a test set.

#include <concepts>
#include <cstddef>
#include <deepmaacc/concepts/model_adapter.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/core/test_set.hpp>
#include <deepmaacc/evaluation/oracle.hpp>
#include <vector>

namespace deepmaacc {
namespace detail {

/// A shape without the extents of 1.
inline shape squeezed(shape extents) {
  std::erase(extents, std::size_t{1});
  return extents;
}

/// \throws data_error where the inputs are not of the shape that the model says it takes.
template <class Adapter, class T>
void check_inputs(const Adapter& model, const test_set<T>& tests) {
  if constexpr (requires {
                  { model.input_shape() } -> std::convertible_to<shape>;
                }) {
    if (squeezed(model.input_shape()) != squeezed(tests.input_shape()))
      throw data_error("the inputs have shape " + to_string(tests.input_shape()) + ", but the model takes " +
                       to_string(model.input_shape()) + "; prepare the inputs so that they fit");
  }
}

}  // namespace detail

/// A prediction is the class of the largest output, so there must be several outputs, along the last axis.
/// \param output  their shape, empty where nothing is known of it
/// \throws model_error where the model has one output only, or an output with several axes.
[[gnu::cold]] inline void check_outputs(const shape& output, std::size_t classes) {
  if (!output.empty() && element_count(shape(output.begin(), output.end() - 1)) > 1)
    throw model_error("the model's output has shape " + to_string(output) +
                      ", so it predicts something for each position; an analysis takes one class per input: pool the output, or choose a "
                      "position, so that only the axis of classes, the last, is left");
  if (classes < 2)
    throw model_error(
        "the model has one output, but a prediction is the class of the largest of several, and would always be the same; give the model "
        "one output per class: for two classes by a sigmoid of z, the outputs 0 and z");
}

/// The same for what a model says of itself.
template <ModelAdapter Adapter>
void check_outputs(const Adapter& model) {
  shape output;
  if constexpr (requires {
                  { model.output_shape() } -> std::convertible_to<shape>;
                })
    output = model.output_shape();
  check_outputs(output, class_count(model));
}

namespace detail {

/// \throws model_error where the model's outputs are no classes; data_error where the inputs do not fit the model, or labels are the oracle
/// and there are none, or one is no class of it.
template <class Adapter, class T>
void check_fit(const Adapter& model, const test_set<T>& tests, oracle_kind oracle) {
  check_outputs(model);
  check_inputs(model, tests);
  if (oracle == oracle_kind::predictions) return;
  if (!tests.has_labels())
    throw data_error("the test set has no labels; give one label per input, or take the original model's predictions as the oracle");
  const std::size_t classes = class_count(model);
  for (std::size_t i = 0; i < tests.size(); ++i)
    if (tests.labels()[i] >= classes)
      throw data_error(text("input ", i, " has label ", tests.labels()[i], ", but the model knows classes 0 to ", classes - 1,
                            " only; give labels that count from 0"));
}

}  // namespace detail
}  // namespace deepmaacc
