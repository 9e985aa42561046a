// An evaluator of one's own: who runs the mutants. This one has another one run them a portion at a time, and tells what is known so far.
#include <algorithm>
#include <cstddef>
#include <deepmaacc/deepmaacc.hpp>
#include <deepmaacc/io/keras.hpp>
#include <deepmaacc/io/test_set.hpp>
#include <iostream>
#include <string>
#include <utility>

#include "expect.hpp"

namespace dm = deepmaacc;

void report(const dm::kill_matrix& kills) {
  std::size_t killed = 0;
  for (std::size_t which = 0; which < kills.mutants(); ++which) killed += kills.killed_cells(0, which).size();
  std::cout << kills.mutants() << " mutants have killed " << killed << " classes\n";
}

template <class Inner = dm::evaluator::local>
struct in_portions {
  std::size_t mutants = 100;  // at a time
  Inner inner = {};

  template <class Request>
  typename Request::result_type operator()(const Request& request) const {
    typename Request::result_type all;
    for (std::size_t first = 0; first < request.mutants.size(); first += mutants) {
      const auto some = request.mutants.subspan(first, std::min(mutants, request.mutants.size() - first));
      // The original model is run with the first portion; the others are given what it said.
      auto found = inner(request.with(some, all.golden ? &*all.golden : nullptr));
      if (first == 0)
        all = std::move(found);
      else
        all.append(std::move(found));
      report(all.kills);
    }
    return all;
  }
};

int main(int argc, char* argv[]) {
  const Kokkos::ScopeGuard kokkos(argc, argv);
  const std::string data = argc > 1 ? argv[1] : "examples/data";
  const auto network = dm::io::read_keras(data + "/digits-cnn.keras");
  const auto tests = dm::io::read_tests(data + "/digits-test.npz:images", data + "/digits-test.npz:labels");

  const auto rules = dm::kill_rules(dm::kill::predicted_class{});
  const Kokkos::DefaultHostExecutionSpace space;
  dm::study about(space, network, tests, dm::paper_operators(), rules, {}, in_portions<>{.mutants = 50});
  const auto result = about.analyze(dm::exhaustive{});
  const auto alone = dm::analyze(space, network, tests, dm::exhaustive{}, dm::paper_operators(), rules);
  expect(result.scores[0].killed == alone.scores[0].killed, "it does not matter how many are run at a time");

  // What a study knows it does not ask for again.
  about.analyze(dm::exhaustive{.layers = dm::population::hidden});
  return expectations_failed();
}
