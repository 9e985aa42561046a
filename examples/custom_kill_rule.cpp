// Kill rules of one's own: a mutant has to do more than change one prediction.
#include <cstddef>
#include <cstdint>
#include <deepmaacc/deepmaacc.hpp>
#include <deepmaacc/io/keras.hpp>
#include <deepmaacc/io/test_set.hpp>
#include <iostream>
#include <string>

#include "expect.hpp"

namespace dm = deepmaacc;

// Killed when more than `limit` of the inputs that the original model gets right go wrong.
struct flips_above {
  std::int64_t limit = 0;

  std::string name() const { return "flips-above-" + std::to_string(limit); }
  std::size_t cells(std::size_t) const { return 1; }
  template <class Add>
  KOKKOS_FUNCTION void count(const dm::observation& seen, const Add& add) const {
    if (seen.is_flip()) add(0, 1);
  }
  bool killed(std::int64_t count, const dm::kill_totals&) const { return count > limit; }
};
static_assert(dm::KillRule<flips_above>);

// Killed when some input of class `from`, right before, is now taken for class `to`: a confusion that must not happen.
struct confusion {
  std::uint32_t from = 0, to = 1;

  std::string name() const { return "confusion-" + std::to_string(from) + "-" + std::to_string(to); }
  std::size_t cells(std::size_t) const { return 1; }
  template <class Add>
  KOKKOS_FUNCTION void count(const dm::observation& seen, const Add& add) const {
    if (seen.label == from && seen.original == from && seen.mutated == to) add(0, 1);
  }
  bool killed(std::int64_t count, const dm::kill_totals&) const { return count > 0; }
};
static_assert(dm::KillRule<confusion>);

int main(int argc, char* argv[]) {
  const Kokkos::ScopeGuard kokkos(argc, argv);
  const std::string data = argc > 1 ? argv[1] : "examples/data";
  const auto network = dm::io::read_keras(data + "/digits-cnn.keras");
  const auto tests = dm::io::read_tests(data + "/digits-test.npz:images", data + "/digits-test.npz:labels");

  // The rules share the mutants' predictions: five cost hardly more than one.
  const auto rules = dm::kill_rules(dm::kill::any_flip{}, flips_above{0}, flips_above{10}, confusion{8, 1}, confusion{1, 8});
  const auto result = dm::analyze(Kokkos::DefaultExecutionSpace{}, network, tests, dm::exhaustive{}, dm::paper_operators(), rules);
  for (std::size_t rule = 0; rule < result.scores.size(); ++rule)
    std::cout << result.kills.rule_name(rule) << ": " << result.scores[rule].killed << " of " << result.scores[rule].possible
              << " mutants killed\n";

  expect(result.scores[0].killed == result.scores[1].killed, "more than no flip is any flip");
  expect(result.scores[2].killed < result.scores[1].killed, "a higher limit kills fewer mutants here");
  return expectations_failed();
}
