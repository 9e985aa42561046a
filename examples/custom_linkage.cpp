// A linkage rule of one's own: Lance and Williams' flexible strategy, which one number takes from chains to compact clusters.
#include <deepmaacc/deepmaacc.hpp>
#include <iostream>

#include "expect.hpp"

namespace dm = deepmaacc;

struct flexible_beta {
  static constexpr bool is_monotone = true;  // merges never get closer, for beta < 1: check_rule tries to refute it
  double beta = -0.25;

  static constexpr const char* name() { return "flexible-beta"; }
  template <class T>
  auto merge(T, T, T d_ij) const {  // once per merge ...
    const T a = T(1 - beta) / 2, b = T(beta) * d_ij;
    return [a, b](T d_ik, T d_jk, T) { return a * d_ik + a * d_jk + b; };  // ... then in one vector loop
  }
};
static_assert(dm::LinkageRule<flexible_beta>);

// A promise too many: the distance of two merged clusters depends on which of them merged first.
struct hasty : flexible_beta {
  static constexpr bool is_reducible = true;
};

int main(int argc, char* argv[]) {
  const Kokkos::ScopeGuard kokkos(argc, argv);
  // Two rows of points, one above the other; along a row the points are near each other.
  xt::xtensor<double, 2> points(std::array<std::size_t, 2>{40, 2});
  for (std::size_t i = 0; i < 40; ++i) {
    const auto along = static_cast<double>(i % 20);
    points(i, 0) = along + 0.01 * along * along;
    points(i, 1) = i < 20 ? 0 : 4;
  }
  const Kokkos::DefaultExecutionSpace space;

  const auto tree = dm::agglomerate(space, points, dm::distance::euclidean{}, flexible_beta{});
  const auto labels = dm::cut(tree, dm::cut_rule::count{.clusters = 2});
  const auto chained =
      dm::cut(dm::agglomerate(space, points, dm::distance::euclidean{}, dm::linkage::single{}), dm::cut_rule::count{.clusters = 2});
  std::cout << "flexible, beta = -0.25: " << tree << '\n';
  std::cout << "ends of a row together: " << std::boolalpha << (labels[0] == labels[19]) << ", by single linkage "
            << (chained[0] == chained[19]) << '\n';
  expect(labels[0] != labels[19], "a compact rule cuts across the rows");
  expect(chained[0] == chained[19] && chained[0] != chained[20], "single linkage follows them");

  // A promise that does not hold is found before a wrong tree is.
  expect(!dm::check_rule(flexible_beta{}), "the rule keeps its promise");
  const auto refuted = dm::check_rule(hasty{});
  expect(refuted.has_value(), "it is not reducible");
  std::cout << "hasty: " << refuted->law << '\n';

  // The shipped rule of the same numbers gives the same tree.
  const auto same = dm::agglomerate(space, points, dm::distance::euclidean{}, dm::linkage::flexible{.alpha = 0.625, .beta = -0.25});
  expect(dm::cut(same, dm::cut_rule::count{.clusters = 2}) == labels, "both rules agree");
  return expectations_failed();
}
