#pragma once

/// \file
/// What decisions about inputs are held against.

#include <cstddef>
#include <cstdint>
#include <deepmaacc/concepts/outcome.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/test_set.hpp>
#include <deepmaacc/evaluation/oracle.hpp>
#include <span>
#include <vector>

namespace deepmaacc {

/// Whether a judge's targets come from the test set, rather than from what the original model gave.
template <class Judge>
bool reads_targets(const Judge& judge, oracle_kind oracle) {
  return oracle == oracle_kind::labels && detail::given_size_of(judge) > 0;
}

/// Whether a judge's targets come from what the original model gave.
template <class Judge>
bool takes_targets(const Judge& judge, oracle_kind oracle) {
  return detail::target_size_of(judge) > 0 && !reads_targets(judge, oracle);
}

/// The targets that a test set has for a judge, of all inputs.
/// \throws data_error naming the first input whose target makes no sense.
template <class Judge, class T>
std::vector<double> read_targets(const Judge& judge, const test_set<T>& tests) {
  const std::size_t size = detail::target_size_of(judge);
  std::vector<double> targets(tests.size() * size), given(detail::given_size_of(judge));
  if constexpr (requires { judge.read_target(std::span<const double>(given), std::span(targets)); })
    for (std::size_t input = 0; input < tests.size(); ++input) {
      tests.target(input, given);
      try {
        judge.read_target(std::span<const double>(given), std::span(targets).subspan(input * size, size));
      } catch (const data_error& fault) {
        throw data_error(detail::text("input ", input, ": ", fault.what()));
      }
    }
  return targets;
}

/// Says what is right. Refers to the test set.
template <class Judge, class T>
class expectations {
 public:
  expectations(const Judge& judge, oracle_kind oracle, const test_set<T>& tests)
      : judge_(judge), oracle_(oracle), tests_(tests), has_classes_(judge.classes() > 0) {}

  /// \param original  the original model's decision
  /// \param target    the judge's, of this input
  expectation of(std::size_t input, std::size_t part, const decision& original, const double* target) const {
    if (!has_classes_) return {original, decision::right, decision::right};
    return expect_of(oracle_, original, oracle_ == oracle_kind::labels ? label(input, part, target) : 0);
  }

 private:
  std::uint32_t label(std::size_t input, std::size_t part, const double* target) const {
    if constexpr (requires { judge_.right(target, part); })
      if (target != nullptr) return judge_.right(target, part);
    return tests_.labels()[input];
  }

  Judge judge_;
  oracle_kind oracle_;
  const test_set<T>& tests_;
  bool has_classes_;
};

}  // namespace deepmaacc
