#pragma once

/// \file
/// What results are about: said once, however many methods were run.

#include <cstddef>
#include <cstdint>
#include <deepmaacc/concepts/model_adapter.hpp>
#include <deepmaacc/concepts/mutation_operator.hpp>
#include <deepmaacc/core/number_text.hpp>
#include <deepmaacc/evaluation/decision.hpp>
#include <deepmaacc/evaluation/oracle.hpp>
#include <optional>
#include <string>
#include <vector>

namespace deepmaacc {

/// An operator as a report names it.
struct operator_description {
  std::string name;
  parameter_list parameters;
  std::string definition;

  /// "cw(0.1)", "nai".
  std::string text() const {
    std::string all = name;
    for (std::size_t i = 0; i < parameters.size(); ++i) all += (i ? ", " : "(") + number_text(parameters[i].second);
    return parameters.empty() ? all : all + ")";
  }
};

/// The model, the test set and the question that a study asks of them, and how the original model does: the same for each of its methods,
/// so its results share one.
struct subject_summary {
  std::vector<layer_description> layers{};  ///< all of the model, in the order of the forward pass
  std::vector<operator_description> operators{};
  std::vector<std::string> kill_rules{};  ///< their names
  oracle_kind oracle = oracle_kind::labels;
  std::uint64_t seed = 0;  ///< of random operators

  std::string outcome{};                                      ///< how outputs are judged
  std::size_t inputs = 0;                                     ///< of the test set
  std::size_t decisions = 0;                                  ///< about them: as many, or one for each label of each
  std::size_t correct = 0;                                    ///< decisions of the original model that are right
  std::size_t classes = 0;                                    ///< of the outcome; 0 where inputs are only right or wrong
  std::vector<std::size_t> classes_never_correct{};           ///< of which the original model predicts no input correctly
  double near_tie_tolerance = deepmaacc::near_tie_tolerance;  ///< τ: two outputs no farther apart, by their scale, are a near tie
  std::optional<double> rounding_noise{};                     ///< where it was measured: τ follows from it

  /// Whether two ask the same, as far as summaries tell: by as many layers, the same operators in their order, inputs, outcome, oracle
  /// and seed, and
  /// a model that predicts as many of them correctly. Kill rules may differ. O(operators).
  bool asks_the_same_as(const subject_summary& other) const {
    if (operators.size() != other.operators.size()) return false;
    for (std::size_t i = 0; i < operators.size(); ++i)
      if (operators[i].text() != other.operators[i].text()) return false;
    return inputs == other.inputs && correct == other.correct && classes == other.classes && outcome == other.outcome &&
           oracle == other.oracle && seed == other.seed && layers.size() == other.layers.size();
  }
};

}  // namespace deepmaacc
