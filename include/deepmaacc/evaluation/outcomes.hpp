#pragma once

/// \file
/// The outcomes that the toolkit ships.

#include <Kokkos_Core.hpp>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/concepts/outcome.hpp>
#include <deepmaacc/core/compiled.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/number_text.hpp>
#include <deepmaacc/core/one_of.hpp>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/evaluation/label_rank.hpp>
#include <deepmaacc/evaluation/oracle.hpp>
#include <deepmaacc/evaluation/outcome_judges.hpp>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

namespace deepmaacc {
namespace outcome {

/// The class of the largest of several outputs. Near tie: of the two largest.
struct arg_max {
  std::string name() const { return "arg-max"; }
  /// \throws model_error where there is one output only, or an output with several axes.
  judge::arg_max judge(const output_description& outputs) const;
};

/// Two classes by one output: class 1 where its probability is at least `at`, else class 0. A number that no sigmoid follows is taken as a
/// logit, as if one did. Near tie: of the logit, or of what is no logit the probability, and where they are cut.
struct threshold {
  double at = 0.5;

  std::string name() const { return "threshold=" + number_text(at); }
  /// \throws model_error where there is not one output, or it is no logit and no probability; usage_error where `at` is not between 0
  /// and 1.
  judge::threshold judge(const output_description& outputs) const;
};

/// Right where every output is no farther than `tolerance` from its target, which is a real number. With predictions as the oracle the
/// target is what the original model gave. A final sigmoid is applied before. Near tie: of an error and the tolerance.
struct within {
  double tolerance = 0;

  std::string name() const { return "within=" + number_text(tolerance); }
  /// \throws model_error where a softmax follows the outputs; usage_error where the tolerance is not above 0.
  judge::within judge(const output_description& outputs) const;
};

/// A label for each output, which is on where its probability is at least `at`, as `threshold` has it. Each label of an input is decided
/// and counted by itself: predicted-class then tells of labels that come to be on wrongly, true-class of those that are lost.
struct multi_label {
  double at = 0.5;

  std::string name() const { return "multi-label=" + number_text(at); }
  /// \throws as `threshold`, but for any number of outputs.
  judge::multi_label judge(const output_description& outputs) const;
};

/// A class for each position, by the largest output along the last axis, as for segmentation and tagging. Right where it is right at all
/// positions, or at least at a share of them. With predictions as the oracle the original model's classes are right.
struct per_position {
  double share = 1;

  std::string name() const { return share == 1 ? "per-position" : "per-position=" + number_text(share); }
  /// \throws model_error where the outputs have one axis only; usage_error where the share is not above 0 and at most 1.
  judge::per_position judge(const output_description& outputs) const;
};

/// What the model's outputs suggest: `arg_max` of several outputs along one axis, `threshold` of one output before a sigmoid.
struct automatic {
  std::string name() const { return "auto"; }
};

}  // namespace outcome

/// How one of the shipped outcomes judges.
class any_judge {
  using choice_type = one_of<judge::arg_max, judge::threshold, judge::within, judge::multi_label, judge::per_position>;

 public:
  template <class Judge>
  requires(!std::same_as<std::remove_cvref_t<Judge>, any_judge> && std::constructible_from<choice_type, Judge>)
      // NOLINTNEXTLINE(bugprone-forwarding-reference-overload): its requires keeps copies out, which the check does not read
      any_judge(Judge&& chosen)
      : choice_(std::forward<Judge>(chosen)) {}

  template <class Visit>
  decltype(auto) visit(const Visit& visit) const {
    return choice_.visit(visit);
  }

  std::size_t classes() const {
    return visit([](const auto& one) { return one.classes(); });
  }
  std::size_t parts() const {
    return visit([](const auto& one) { return detail::parts_of(one); });
  }
  std::size_t target_size() const {
    return visit([](const auto& one) { return detail::target_size_of(one); });
  }
  std::size_t given_size() const {
    return visit([](const auto& one) { return detail::given_size_of(one); });
  }
  template <class T>
  decision decide(const T* outputs, const double* target, std::size_t part, double tolerance) const {
    return visit([&](const auto& one) { return one.decide(outputs, target, part, tolerance); });
  }
  void read_target(std::span<const double> given, std::span<double> target) const {
    visit([&](const auto& one) {
      if constexpr (requires { one.read_target(given, target); }) one.read_target(given, target);
    });
  }
  std::uint32_t right(const double* target, std::size_t part) const {
    return visit([&](const auto& one) {
      if constexpr (requires { one.right(target, part); })
        return one.right(target, part);
      else
        return decision::none;
    });
  }
  template <class T>
  void take_target(const T* outputs, double* target, double tolerance) const {
    visit([&](const auto& one) { detail::take_target(one, outputs, target, tolerance); });
  }
  template <class T>
  float margin(const T* outputs, const double* target) const {
    return visit([&](const auto& one) { return detail::margin_of(one, outputs, target); });
  }

 private:
  choice_type choice_;
};

/// Any of the shipped outcomes.
class any_outcome {
  using choice_type =
      one_of<outcome::automatic, outcome::arg_max, outcome::threshold, outcome::within, outcome::multi_label, outcome::per_position>;

 public:
  /// \param chosen  automatic unless told otherwise
  any_outcome() = default;
  template <class Chosen>
  requires(!std::same_as<std::remove_cvref_t<Chosen>, any_outcome> && std::constructible_from<choice_type, Chosen>)
      // NOLINTNEXTLINE(bugprone-forwarding-reference-overload): its requires keeps copies out, which the check does not read
      any_outcome(Chosen&& chosen)
      : choice_(std::forward<Chosen>(chosen)) {}

  std::string name() const {
    return choice_.visit([](const auto& one) { return one.name(); });
  }
  /// What `automatic` stands for; any other one itself.
  /// \throws model_error where the outputs suggest none.
  any_outcome resolved(const output_description& outputs) const;
  /// \throws as the one that is held; model_error where the outputs suggest none.
  any_judge judge(const output_description& outputs) const;
  /// Whether it judges inputs as right or wrong only.
  bool has_no_classes() const { return choice_.holds<outcome::within>() || choice_.holds<outcome::per_position>(); }
  /// Whether a test set's targets are numbers, not a class for each input.
  bool takes_numbers() const { return has_no_classes() || choice_.holds<outcome::multi_label>(); }

 private:
  choice_type choice_;
};

namespace detail {

/// Where the right class stands, as far as a decision tells.
KOKKOS_INLINE_FUNCTION label_rank rank_by(const decision& decided, std::uint32_t label) {
  const bool is_first = decided.winner == label, could_be = is_first || decided.rival == label;
  return {is_first ? 0U : 1U, could_be ? 0U : 1U, is_first && decided.is_certain() ? 0U : 1U};
}

/// Where the right classes stand among the outputs, or as far as the decision tells.
template <class Judge, class T>
KOKKOS_INLINE_FUNCTION label_ranks ranks_by(const Judge& judge, const T* outputs, const expectation& wanted, const decision& decided,
                                            double tolerance) {
  if constexpr (requires { judge.ranks(outputs, wanted, decided, tolerance); })
    return judge.ranks(outputs, wanted, decided, tolerance);
  else
    return {rank_by(decided, wanted.label), rank_by(decided, wanted.label_of_rival)};
}

}  // namespace detail

#if DEEPMAACC_HAS_BODIES
namespace detail {

/// Where an output is cut for a probability.
/// \throws model_error where the outputs are neither logits nor probabilities; usage_error where the probability is not between 0 and 1.
DEEPMAACC_INLINE double cut_for(const std::string& name, double at, const output_description& outputs) {
  if (!(at > 0 && at < 1)) throw usage_error("outcome " + name + ": the threshold must be a probability above 0 and below 1, as in 0.5");
  switch (outputs.form) {
    case output_form::numbers:
    case output_form::before_sigmoid:
      return std::log(at / (1 - at));
    case output_form::probabilities:
      return at;
    case output_form::unknown:
      throw model_error("outcome " + name +
                        " needs to know whether outputs are logits or probabilities; give the model adapter `output_form() const`, see "
                        "docs/policies/model_adapter.md");
    default:
      throw model_error("outcome " + name + " takes logits or probabilities, but the model's outputs are of " +
                        (outputs.form == output_form::before_softmax ? "a softmax; choose outcome arg-max"
                                                                     : "another activation; choose outcome within, or another last layer"));
  }
}

/// Whether outputs lie along one axis.
DEEPMAACC_INLINE bool has_one_axis(const output_description& outputs) {
  return outputs.extents.empty() || element_count(shape(outputs.extents.begin(), outputs.extents.end() - 1)) <= 1;
}

}  // namespace detail

DEEPMAACC_INLINE judge::arg_max outcome::arg_max::judge(const output_description& outputs) const {
  if (!detail::has_one_axis(outputs))
    throw model_error(
        "the model's output has shape " + to_string(outputs.extents) +
        ", so it predicts something for each position; choose outcome per-position, or pool the output, so that only the axis "
        "of classes, the last, is left");
  if (outputs.count < 2)
    throw model_error("the model has one output, but outcome arg-max takes the largest of several; choose outcome threshold or within");
  return {outputs.count};
}

DEEPMAACC_INLINE judge::threshold outcome::threshold::judge(const output_description& outputs) const {
  if (outputs.count != 1)
    throw model_error(detail::text("outcome ", name(), " takes one output, but the model has ", outputs.count,
                                   "; choose outcome arg-max, or multi-label"));
  return {detail::cut_for(name(), at, outputs)};
}

DEEPMAACC_INLINE judge::within outcome::within::judge(const output_description& outputs) const {
  if (!(tolerance > 0) || std::isinf(tolerance))
    throw usage_error("outcome " + name() + ": the tolerance must be a number above 0, in units of the outputs");
  if (outputs.form == output_form::before_softmax)
    throw model_error("outcome " + name() + " compares numbers, but a softmax ends the model, which makes classes; choose outcome arg-max");
  return {outputs.count, tolerance, outputs.form == output_form::before_sigmoid};
}

DEEPMAACC_INLINE judge::multi_label outcome::multi_label::judge(const output_description& outputs) const {
  return {outputs.count, detail::cut_for(name(), at, outputs)};
}

DEEPMAACC_INLINE judge::per_position outcome::per_position::judge(const output_description& outputs) const {
  if (!(share > 0 && share <= 1)) throw usage_error("outcome " + name() + ": the share of positions must be above 0 and at most 1");
  if (detail::has_one_axis(outputs))
    throw model_error("outcome " + name() + " takes an output with an axis of positions before the last one, of classes, but " +
                      (outputs.extents.empty() ? "the model tells no output shape" : "the model's is " + to_string(outputs.extents)) +
                      "; choose outcome arg-max");
  const std::size_t classes = outputs.extents.back(), positions = outputs.count / classes;
  if (classes < 2)
    throw model_error("outcome " + name() + " takes several classes at each position, but the model's output is " +
                      to_string(outputs.extents) + "; choose outcome multi-label, or within");
  // A little less, since the share was rounded: 0.29 of 100 positions are 29.
  const double needed = std::ceil(share * static_cast<double>(positions) * (1 - 1e-12));
  return {positions, classes, static_cast<std::size_t>(needed)};
}

DEEPMAACC_INLINE any_outcome any_outcome::resolved(const output_description& outputs) const {
  if (!choice_.holds<outcome::automatic>()) return *this;
  if (outputs.count != 1) return outcome::arg_max{};
  if (outputs.form == output_form::before_sigmoid) return outcome::threshold{};
  throw model_error(
      outputs.form == output_form::numbers
          ? "the model has one output without an activation, which may be a logit or a number that is predicted; choose outcome threshold "
            "(threshold=0.5) for the first, within (within=0.1, say) for the second"
          : "the model has one output, which does not say what is predicted; choose outcome threshold for two classes, within for a "
            "number");
}

DEEPMAACC_INLINE any_judge any_outcome::judge(const output_description& outputs) const {
  const any_outcome one = resolved(outputs);
  return one.choice_.visit([&](const auto& chosen) -> any_judge {
    if constexpr (requires { chosen.judge(outputs); })
      return chosen.judge(outputs);
    else
      return one.judge(outputs);  // never reached: what is resolved is not automatic
  });
}
#endif

static_assert(Outcome<any_outcome> && Outcome<outcome::arg_max> && Outcome<outcome::threshold> && Outcome<outcome::within> &&
              Outcome<outcome::multi_label> && Outcome<outcome::per_position>);

}  // namespace deepmaacc
