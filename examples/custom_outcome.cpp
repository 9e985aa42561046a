// An outcome of one's own: a network may keep its answers, and yet be less sure of them.
#include <Kokkos_Core.hpp>
#include <cstddef>
#include <deepmaacc/deepmaacc.hpp>
#include <deepmaacc/io/keras.hpp>
#include <deepmaacc/io/test_set.hpp>
#include <iostream>
#include <string>

#include "expect.hpp"

namespace dm = deepmaacc;

// Right as long as the probability of the class that the original network predicts falls by no more than `most`. Of an input it keeps two
// numbers: that class, and its probability.
struct confidence_judge {
  std::size_t count = 0;
  double most = 0;

  std::size_t classes() const { return 0; }  // an input is right or wrong
  std::size_t target_size() const { return 2; }

  template <class T>
  KOKKOS_FUNCTION void take_target(const T* outputs, double* target, double) const {
    std::size_t best = 0;
    for (std::size_t c = 1; c < count; ++c) best = outputs[c] > outputs[best] ? c : best;
    target[0] = static_cast<double>(best);
    target[1] = probability(outputs, best);
  }

  template <class T>
  KOKKOS_FUNCTION dm::decision decide(const T* outputs, const double* target, std::size_t, double tolerance) const {
    const double fall = target[1] - probability(outputs, static_cast<std::size_t>(target[0]));
    const auto made = fall <= most ? dm::decision::right : dm::decision::wrong;
    return {made, dm::is_near_tie(fall > most ? fall : most, fall > most ? most : fall, tolerance) ? 1 - made : made};
  }

  template <class T>
  KOKKOS_FUNCTION double probability(const T* outputs, std::size_t which) const {
    double sum = 0;
    for (std::size_t c = 0; c < count; ++c) sum += Kokkos::exp(static_cast<double>(outputs[c]) - static_cast<double>(outputs[which]));
    return 1 / sum;
  }
};

struct confidence_drop {
  double most = 0.3;

  std::string name() const { return "confidence-drop"; }
  confidence_judge judge(const dm::output_description& outputs) const {
    if (outputs.form != dm::output_form::before_softmax)
      throw dm::model_error("outcome confidence-drop needs a network that ends in softmax");
    return {outputs.count, most};
  }
};
static_assert(dm::Outcome<confidence_drop>);

int main(int argc, char* argv[]) {
  const Kokkos::ScopeGuard kokkos(argc, argv);
  const std::string data = argc > 1 ? argv[1] : "examples/data";
  const auto network = dm::io::read_keras(data + "/digits-cnn.keras");
  const auto tests = dm::io::read_tests(data + "/digits-test.npz:images", data + "/digits-test.npz:labels");

  const auto killed = [&](const auto& rules) {
    const auto result = dm::analyze(network, tests, dm::exhaustive{}, dm::paper_operators(), rules);
    std::cout << result.subject->outcome << ": " << result.scores[0].killed << " of " << result.scores[0].possible << " mutants killed\n";
    return result.scores[0].killed;
  };
  killed(dm::kill_rules(dm::kill::any_flip{}));  // a class may change though its probability hardly falls
  const double less_sure = killed(dm::kill_rules(confidence_drop{0.3}, dm::kill::any_flip{}));
  const double much_less_sure = killed(dm::kill_rules(confidence_drop{0.9}, dm::kill::any_flip{}));
  expect(much_less_sure > 0 && much_less_sure < less_sure, "a larger fall is rarer");
  return expectations_failed();
}
