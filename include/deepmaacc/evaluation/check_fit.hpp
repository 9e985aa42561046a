#pragma once

/// \file
/// Whether a model can be judged by a test set.

#include <concepts>
#include <cstddef>
#include <deepmaacc/concepts/model_adapter.hpp>
#include <deepmaacc/concepts/outcome.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/core/test_set.hpp>
#include <deepmaacc/evaluation/expectations.hpp>
#include <deepmaacc/evaluation/oracle.hpp>
#include <string>
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

/// The outputs of a model, as far as it tells of them.
template <ModelAdapter Adapter>
output_description describe_outputs(const Adapter& model) {
  output_description outputs{.extents = {}, .count = class_count(model)};
  if constexpr (requires {
                  { model.output_shape() } -> std::convertible_to<shape>;
                })
    outputs.extents = model.output_shape();
  if constexpr (requires {
                  { model.output_form() } -> std::convertible_to<output_form>;
                })
    outputs.form = model.output_form();
  return outputs;
}

namespace detail {

/// An outcome as reports name it: what the automatic one stands for.
template <class Policy>
std::string outcome_name(const Policy& outcome, const output_description& outputs) {
  if constexpr (requires { outcome.resolved(outputs); })
    return outcome.resolved(outputs).name();
  else
    return outcome.name();
}

/// \throws data_error where the inputs do not fit the model, or labels are the oracle and there are none, or not such as the outcome takes.
/// \param outcome  its name
template <class Adapter, class T, class Judge>
void check_fit(const Adapter& model, const test_set<T>& tests, oracle_kind oracle, const std::string& outcome, const Judge& judge) {
  check_inputs(model, tests);
  if (oracle == oracle_kind::predictions) return;
  if (const std::size_t wanted = given_size_of(judge); wanted > 0) {
    if (tests.target_size() == 0)
      throw data_error(text("the test set has no targets; give ", wanted, " numbers per input for outcome ", outcome,
                            ", or take the original model's predictions as the oracle"));
    if (tests.target_size() != wanted)
      throw data_error(text("the test set has ", tests.target_size(), " target numbers per input, but outcome ", outcome, " takes ", wanted,
                            "; give as many"));
    if constexpr (!requires(const double* target) { judge.right(target, wanted); })
      if (judge.classes() > 0)
        throw usage_error("outcome " + outcome + " has classes and reads targets, so its judge must have right(target, part); see " +
                          "docs/policies/outcome.md");
    return;
  }
  if (judge.classes() == 0) return;
  if (!tests.has_labels())
    throw data_error(tests.target_size() > 0
                         ? "the test set has numbers as targets, but outcome " + outcome +
                               " takes a class per input; give one label per input"
                         : "the test set has no labels; give one label per input, or take the original model's predictions as the oracle");
  const std::size_t classes = judge.classes();
  for (std::size_t i = 0; i < tests.size(); ++i)
    if (tests.labels()[i] >= classes)
      throw data_error(text("input ", i, " has label ", tests.labels()[i], ", but the model knows classes 0 to ", classes - 1,
                            " only; give labels that count from 0"));
}

}  // namespace detail
}  // namespace deepmaacc
