// A precision of one's own: factors in bfloat16, as many accelerators multiply them.
#include <cstddef>
#include <cstdint>
#include <deepmaacc/deepmaacc.hpp>
#include <deepmaacc/io/keras.hpp>
#include <deepmaacc/io/test_set.hpp>
#include <iostream>

#include "expect.hpp"

namespace dm = deepmaacc;

// Factors keep the 8 exponent bits of a float and 7 of its 23 mantissa bits; sums are float.
struct bfloat16 {
  using value_type = float;
  static const char* name() { return "bfloat16"; }

  // To the nearest, ties to the even one: half of the last bit that stays is added, and a tie is one short of that where that bit is 0.
  static KOKKOS_FUNCTION float round(float factor) {
    constexpr std::uint32_t exponent = 0x7f800000, dropped = 0xffff;
    const auto bits = Kokkos::bit_cast<std::uint32_t>(factor);
    const bool is_finite = (bits & exponent) != exponent;  // infinity and NaN stay
    return Kokkos::bit_cast<float>(is_finite ? (bits + 0x7fff + (bits >> 16 & 1)) & ~dropped : bits);
  }
};
static_assert(dm::Precision<bfloat16>);

int main(int argc, char* argv[]) {
  const Kokkos::ScopeGuard kokkos(argc, argv);
  const std::string data = argc > 1 ? argv[1] : "examples/data";
  const auto network = dm::io::read_keras(data + "/digits-cnn.keras");
  const auto tests = dm::io::read_tests(data + "/digits-test.npz:images", data + "/digits-test.npz:labels");

  // The same weights: each product rounds them, and what they are multiplied with.
  const auto coarse = network.in_precision(bfloat16{});
  const auto run = [&](const auto& model) {
    const auto result = dm::analyze(Kokkos::DefaultExecutionSpace{}, model, tests);
    std::cout << model.precision_name() << ": score " << result.scores[0].value() << ", " << result.scores[0].killed << " of "
              << result.scores[0].possible << " classes killed\n";
    return result;
  };
  const auto exact = run(network), rounded = run(coarse);

  std::size_t different = 0;
  for (std::size_t mutant = 0; mutant < exact.mutants.size(); ++mutant)
    for (std::size_t cell = 0; cell < exact.subject->classes; ++cell)
      different += exact.kills.is_killed(0, mutant, cell) != rounded.kills.is_killed(0, mutant, cell);
  std::cout << "the two differ in " << different << " classes\n";

  expect(bfloat16::round(1 + 0x1p-8F) == 1 && bfloat16::round(1 + 0x3p-8F) == 1 + 0x1p-6F, "ties go to the even neighbour");
  expect(coarse.in_precision(dm::precision::float32{}).parameter_count() == network.parameter_count(), "there is a way back");
  expect(different > 0 && different < 40, "rounding changes few kills");
  return expectations_failed();
}
