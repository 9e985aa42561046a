// What must hold for every dendrogram, whatever the points: on random inputs, and where distances tie through the naive verifier.
#include <Kokkos_Core.hpp>
#include <algorithm>
#include <boost/mpl/list.hpp>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <deepmaacc/clustering/agglomerate.hpp>
#include <deepmaacc/core/philox.hpp>
#include <deepmaacc/distance/metrics.hpp>
#include <deepmaacc/distance/precomputed.hpp>
#include <deepmaacc/linkage/rules.hpp>
#include <map>
#include <numeric>
#include <string>
#include <vector>

#include "support/agglomerations.hpp"
#include "support/clustering_inputs.hpp"
#include "support/naive_clustering.hpp"
#include "support/spaces.hpp"

namespace dm = deepmaacc;
namespace distance = deepmaacc::distance;
namespace linkage = deepmaacc::linkage;

namespace {

using precisions = boost::mpl::list<float, double>;
const dm::this_thread here;  // one test compares all spaces with it

/// Székely and Rizzo's energy distance (Journal of Classification 2005): the recurrence of Ward on plain distances. Its coefficients
/// depend on all three sizes, and it is reducible.
struct energy {
  static constexpr bool is_reducible = true;
  template <class T>
  auto merge(T size_i, T size_j, T d_ij) const {
    return [=](T d_ik, T d_jk, T size_k) {
      return ((size_i + size_k) * d_ik + (size_j + size_k) * d_jk - size_k * d_ij) / (size_i + size_j + size_k);
    };
  }
};
const naive::rule naive_energy = naive::recurrence(
    [](naive::number i, naive::number j, naive::number k) {
      return naive::coefficients{(i + k) / (i + j + k), (j + k) / (i + j + k), -k / (i + j + k), 0};
    },
    false);

/// A mean that leans to the larger of the two, the less so the larger the third is. No merge comes closer, but the distance of two merged
/// clusters depends on which was merged first, so that the chain must not be used.
struct leaning {
  static constexpr bool is_monotone = true;
  template <class T>
  auto merge(T size_i, T size_j, T) const {
    return [=](T d_ik, T d_jk, T size_k) { return ((size_i + size_k) * d_ik + (size_j + size_k) * d_jk) / (size_i + size_j + 2 * size_k); };
  }
};
const naive::rule naive_leaning = naive::recurrence(
    [](naive::number i, naive::number j, naive::number k) {
      return naive::coefficients{(i + k) / (i + j + 2 * k), (j + k) / (i + j + 2 * k), 0, 0};
    },
    false);

/// Merges come closer to everything: neither reducible nor monotone.
struct attracting {
  template <class T>
  auto merge(T, T, T d_ij) const {
    return [d_ij](T d_ik, T d_jk, T) { return T(0.5) * (d_ik + d_jk) - T(0.375) * d_ij; };
  }
};
const naive::rule naive_attracting = naive::recurrence(
    [](naive::number, naive::number, naive::number) {
      return naive::coefficients{0.5L, 0.5L, -0.375L, 0};
    },
    false);

/// Calls `check(name, rule, naive rule)` for every shipped rule and those above.
template <bool with_geometric, class Check>
void for_each_rule_and_its_definition(const naive::point_set& points, const naive::distances& all, const Check& check) {
  support::for_each_rule<with_geometric>(
      [&](const std::string& name, const auto& rule) { check(name, rule, support::naive_rule(name, points, all)); });
  check("energy", energy{}, naive_energy);
  check("leaning", leaning{}, naive_leaning);
  check("attracting", attracting{}, naive_attracting);
  check("flexible with a difference", linkage::flexible{0.5, 0, 0.25},
        naive::recurrence(
            [](naive::number, naive::number, naive::number) {
              return naive::coefficients{0.5L, 0.5L, 0, 0.25L};
            },
            false));
}

/// Runs every algorithm of every rule on points, and lets the verifier judge. \return the dendrograms judged
template <class T, class Metric>
std::size_t verify(const xt::xtensor<T, 2>& points, const std::string& metric_name, const Metric& metric) {
  const auto plain = support::naive_points(points);
  const auto all = naive::all_distances(plain, naive::metric_named(metric_name));
  const auto scale = static_cast<double>(*std::max_element(all.square.begin(), all.square.end()));
  std::size_t judged = 0;
  for_each_rule_and_its_definition<dm::is_euclidean<Metric>>(plain, all, [&](const std::string& name, const auto& rule, const auto& how) {
    using rule_type = std::decay_t<decltype(rule)>;
    for (const auto& [algorithm_name, algorithm] : support::algorithms_of<rule_type>()) {
      const auto tree = dm::agglomerate(here, points, metric, rule, support::by(algorithm));
      const std::string fault = naive::fault_of(all, how, tree.merges(), support::rounding<T, rule_type>(scale));
      BOOST_TEST(fault == "", metric_name << ", " << name << ", " << algorithm_name << ": " << fault);
      ++judged;
    }
  });
  return judged;
}

/// The merges with the leaves renamed: leaf i becomes `names[i]`.
std::vector<dm::merge> renamed(const dm::dendrogram& tree, const std::vector<std::size_t>& names) {
  auto merges = tree.merges();
  for (auto& one : merges) {
    if (tree.is_leaf(one.first)) one.first = names[one.first];
    if (tree.is_leaf(one.second)) one.second = names[one.second];
  }
  return merges;
}

std::vector<std::size_t> random_order(std::size_t n, std::uint64_t seed) {
  const dm::random_source random(seed);
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return random.bits({0, a, 0, 0}) < random.bits({0, b, 0, 0});
  });
  return order;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(properties)

BOOST_AUTO_TEST_CASE_TEMPLATE(random_inputs_pass_the_verifier, T, precisions) {
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    BOOST_TEST(verify(support::random_points<T>(30 + 9 * seed, 1 + seed * seed, seed), "euclidean", distance::euclidean{}) == 34U);
    verify(support::random_points<T>(30, 4, seed), "cityblock", support::any_metric(distance::manhattan{}));
    verify(support::random_points<T>(30, 4, seed), "cosine", support::any_metric(distance::cosine{}));
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(tied_inputs_pass_the_verifier, T, precisions) {
  const std::vector<xt::xtensor<T, 2>> inputs{support::grid_points<T>(40, 1),
                                              support::grid_points<T>(6, 2),
                                              support::grid_points<T>(3, 3),
                                              support::grid_points<T>(2, 5),
                                              support::repeated_points<T>(12, 3, 4),
                                              support::repeated_points<T>(1, 9, 3),
                                              support::repeated_points<T>(2, 11, 1),
                                              support::zeros<T>(17, 2),
                                              support::reordered(support::grid_points<T>(6, 2), random_order(36, 5))};
  for (std::size_t i = 0; i < inputs.size(); ++i) BOOST_TEST_CONTEXT("input " << i) {
      verify(inputs[i], "euclidean", distance::euclidean{});
      verify(inputs[i], "cityblock", support::any_metric(distance::manhattan{}));
      verify(inputs[i], "hamming", support::any_metric(distance::hamming{}));
      verify(inputs[i], "canberra", support::any_metric(distance::canberra{}));
    }
}

/// Duplicates far from the origin: distances of 0 stay 0.
BOOST_AUTO_TEST_CASE_TEMPLATE(duplicates_merge_at_height_0, T, precisions) {
  auto points = support::repeated_points<T>(15, 4, 7);
  for (auto& x : points) x += T(3000);
  support::for_each_rule<true>([&](const std::string& name, const auto& rule) {
    using rule_type = std::decay_t<decltype(rule)>;
    for (const auto& [algorithm_name, algorithm] : support::algorithms_of<rule_type>()) {
      const auto tree = dm::agglomerate(here, points, distance::euclidean{}, rule, support::by(algorithm));
      for (std::size_t m = 0; m < 45; ++m) BOOST_TEST(tree.merges()[m].height == 0, name << ", " << algorithm_name << ", merge " << m);
      BOOST_TEST(tree.merges()[45].height > 0, name << ", " << algorithm_name);
    }
  });
}

/// A few numbers far above the rest, which must not cost the rest their digits: heights are judged by the rest's scale.
BOOST_AUTO_TEST_CASE_TEMPLATE(outliers_leave_the_others_their_digits, T, precisions) {
  constexpr std::size_t n = 25, d = 3;
  const std::vector<double> magnitudes =
      std::is_same_v<T, float> ? std::vector<double>{1e3, 1e7, 1e12, 1e18} : std::vector<double>{1e3, 1e8, 1e20, 1e30};
  for (const double magnitude : magnitudes)
    for (std::uint64_t seed = 0; seed < 6; ++seed) {
      const dm::random_source random(seed);
      auto points = support::random_points<T>(n, d, seed);
      for (std::size_t i = 0; i <= seed % 3; ++i) {
        T& one = points(random.bits({.element = i}) % n, random.bits({.neuron = 1, .element = i}) % d);
        one = static_cast<T>(i == 2 ? -magnitude : magnitude);
      }
      const auto plain = support::naive_points(points);
      const auto all = naive::all_distances(plain, naive::metric_named("euclidean"));
      support::for_each_rule<true>([&](const std::string& name, const auto& rule) {
        using rule_type = std::decay_t<decltype(rule)>;
        if (name == "flexible") return;  // its weights add up to more than 1, and heights grow past what tells anything
        for (const auto& [algorithm_name, algorithm] : support::algorithms_of<rule_type>()) {
          const auto tree = dm::agglomerate(here, points, distance::euclidean{}, rule, support::by(algorithm));
          const std::string fault =
              naive::fault_of(all, support::naive_rule(name, plain, all), tree.merges(), support::rounding<T, rule_type>(4));
          BOOST_TEST(fault == "", magnitude << ", seed " << seed << ", " << name << ", " << algorithm_name << ": " << fault);
        }
      });
    }
}

// 700 points, so that every algorithm comes to shrink what it works on.
BOOST_AUTO_TEST_CASE(algorithms_agree_without_ties) {
  const auto points = support::random_points<double>(700, 6);
  const auto check = [&](const std::string& name, const auto& metric, const auto& rule) {
    using rule_type = std::decay_t<decltype(rule)>;
    const auto generic = dm::agglomerate(here, points, metric, rule, support::by(dm::agglomeration::generic));
    for (const auto& [algorithm_name, algorithm] : support::algorithms_of<rule_type>()) {
      const auto tree = dm::agglomerate(here, points, metric, rule, support::by(algorithm));
      const std::string fault = support::difference(700, tree.merges(), generic.merges(), {1e-11, 0});
      BOOST_TEST(fault == "", name << ", " << algorithm_name << ": " << fault);
    }
  };
  support::for_each_rule<true>([&](const std::string& name, const auto& rule) { check(name, distance::euclidean{}, rule); });
  support::for_each_rule<false>(
      [&](const std::string& name, const auto& rule) { check(name, support::any_metric(distance::manhattan{}), rule); });
  check("energy", distance::euclidean{}, energy{});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(every_space_gives_the_same_dendrogram, Space, support::spaces) {
  const auto check = [](const auto& points) {
    support::for_each_rule<true>([&](const std::string& name, const auto& rule) {
      for (const auto& [algorithm_name, algorithm] : support::algorithms_of<std::decay_t<decltype(rule)>>()) {
        const auto tree = dm::agglomerate(Space{}, points, distance::euclidean{}, rule, support::by(algorithm));
        const auto alone = dm::agglomerate(dm::this_thread{}, points, distance::euclidean{}, rule, support::by(algorithm));
        BOOST_TEST((tree == alone), name << ", " << algorithm_name);
      }
    });
  };
  check(support::random_points<float>(600, 11));
  check(support::grid_points<float>(19, 2));  // ties, too, are broken the same way
}

BOOST_AUTO_TEST_CASE(the_order_of_the_points_does_not_matter) {
  const auto points = support::random_points<double>(150, 4);
  const auto order = random_order(150, 9);
  const auto turned = support::reordered(points, order);
  support::for_each_rule<true>([&](const std::string& name, const auto& rule) {
    for (const auto& [algorithm_name, algorithm] : support::algorithms_of<std::decay_t<decltype(rule)>>()) {
      const auto tree = dm::agglomerate(here, points, distance::euclidean{}, rule, support::by(algorithm));
      const auto other = dm::agglomerate(here, turned, distance::euclidean{}, rule, support::by(algorithm));
      const std::string fault = support::difference(150, renamed(other, order), tree.merges(), {1e-11, 0});
      BOOST_TEST(fault == "", name << ", " << algorithm_name << ": " << fault);
    }
  });
}

// A power of two scales every number in every step exactly.
BOOST_AUTO_TEST_CASE_TEMPLATE(heights_scale_with_the_points, T, precisions) {
  const auto points = support::random_points<T>(120, 5);
  auto scaled = points;
  for (auto& x : scaled) x *= T(64);
  support::for_each_rule<true>([&](const std::string& name, const auto& rule) {
    for (const auto& [algorithm_name, algorithm] : support::algorithms_of<std::decay_t<decltype(rule)>>()) {
      auto merges = dm::agglomerate(here, points, distance::euclidean{}, rule, support::by(algorithm)).merges();
      for (auto& one : merges) one.height *= 64;
      const auto tree = dm::agglomerate(here, scaled, distance::euclidean{}, rule, support::by(algorithm));
      const std::string fault = support::difference(120, tree.merges(), merges, {1e-14, 0});
      BOOST_TEST(fault == "", name << ", " << algorithm_name << ": " << fault);
    }
  });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(heights_ascend_where_a_rule_is_monotone, T, precisions) {
  for (const auto& points : {support::random_points<T>(400, 3), support::grid_points<T>(17, 2), support::repeated_points<T>(50, 3, 2)})
    support::for_each_rule<true>([&](const std::string& name, const auto& rule) {
      using rule_type = std::decay_t<decltype(rule)>;
      if (!dm::linkage_traits<rule_type>::is_monotone) return;
      for (const auto& [algorithm_name, algorithm] : support::algorithms_of<rule_type>()) {
        const auto merges = dm::agglomerate(here, points, distance::euclidean{}, rule, support::by(algorithm)).merges();
        const bool is_ascending =
            std::is_sorted(merges.begin(), merges.end(), [](const auto& a, const auto& b) { return a.height < b.height; });
        BOOST_TEST(is_ascending, name << ", " << algorithm_name);
      }
    });
}

// Clusters that are narrow and far apart, as measured data often are: the heights within one are kept in float too.
BOOST_AUTO_TEST_CASE_TEMPLATE(near_points_far_away_keep_their_heights, T, precisions) {
  auto points = support::random_points<T>(60, 5);
  for (std::size_t i = 0; i < 60; ++i)
    for (std::size_t k = 0; k < 5; ++k)
      points(i, k) = static_cast<T>((i % 3 == 0 ? 1e4 : i % 3 == 1 ? -1e4 : 3e3) + static_cast<double>(points(i, k)));
  const auto plain = support::naive_points(points);
  const auto all = naive::all_distances(plain, naive::root_of_squares);
  support::for_each_rule<true>([&](const std::string& name, const auto& rule) {
    const auto expected = naive::build(all, support::naive_rule(name, plain, all));
    for (const auto& [algorithm_name, algorithm] : support::algorithms_of<std::decay_t<decltype(rule)>>()) {
      const auto tree = dm::agglomerate(here, points, distance::euclidean{}, rule, support::by(algorithm));
      const std::string fault = support::difference(60, tree.merges(), expected, {std::is_same_v<T, float> ? 1e-5 : 1e-11, 0});
      BOOST_TEST(fault == "", name << ", " << algorithm_name << ": " << fault);
    }
  });
}

// Trees as deep as they get, which are known without clustering: each gap is wider than all before it together, or just wider.
BOOST_AUTO_TEST_CASE(a_line_of_widening_gaps) {
  constexpr std::size_t n = 500;
  auto points = support::zeros<double>(n, 1);
  for (std::size_t i = 1; i < n; ++i) points(i, 0) = points(i - 1, 0) + 1 + 1e-3 * static_cast<double>(i);
  for (const auto& [name, algorithm] : support::algorithms_of<linkage::single>()) {
    const auto tree = dm::agglomerate(here, points, distance::euclidean{}, linkage::single{}, support::by(algorithm));
    std::size_t wrong = 0;
    for (std::size_t m = 0; m + 1 < n; ++m) {
      const auto& one = tree.merges()[m];
      wrong += one.size != m + 2 || std::abs(one.height - (1 + 1e-3 * static_cast<double>(m + 1))) > 1e-9;
    }
    BOOST_TEST(wrong == 0U, name);
  }
  constexpr std::size_t few = 60;
  auto doubling = support::zeros<double>(few, 1);
  for (std::size_t i = 0; i < few; ++i) doubling(i, 0) = std::pow(3.0, static_cast<double>(i) / 2);
  for (const auto& [name, algorithm] : support::algorithms_of<linkage::complete>()) {
    const auto tree = dm::agglomerate(here, doubling, distance::manhattan{}, linkage::complete{}, support::by(algorithm));
    const auto plain = support::naive_points(doubling);
    const auto all = naive::all_distances(plain, naive::metric_named("cityblock"));
    BOOST_TEST(naive::fault_of(all, naive::farthest_members(all), tree.merges(), {1e-9, 0}) == "", name);
  }
}

// Distances that are those of no points: no triangle inequality, and squares whose centroids would be nearer than 0.
BOOST_AUTO_TEST_CASE(arbitrary_distances_pass_the_verifier) {
  constexpr std::size_t n = 40;
  const dm::random_source random(4);
  for (const bool has_ties : {false, true}) {
    auto square = support::zeros<double>(n, n);
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < i; ++j) {
        const double uniform = static_cast<double>(random.bits({0, i, j, 0}) >> 11) * 0x1p-53;
        square(i, j) = square(j, i) = has_ties ? std::floor(4 * uniform) : uniform;
      }
    const naive::distances all{n, {square.begin(), square.end()}};
    const auto check = [&](const std::string& name, const auto& rule, const naive::rule& how) {
      using rule_type = std::decay_t<decltype(rule)>;
      for (const auto& [algorithm_name, algorithm] : support::algorithms_of<rule_type>(false)) {
        const auto tree = dm::agglomerate(here, distance::precomputed(square), rule, support::by(algorithm));
        const std::string fault = naive::fault_of(all, how, tree.merges(), support::rounding<double, rule_type>(4));
        BOOST_TEST(fault == "", name << ", " << algorithm_name << (has_ties ? ", ties: " : ": ") << fault);
      }
    };
    check("single", linkage::single{}, naive::nearest_members(all));
    check("complete", linkage::complete{}, naive::farthest_members(all));
    check("average", linkage::average{}, naive::mean_of_pairs(all));
    check("weighted", linkage::weighted{}, naive::recurrence_named("weighted"));
    check("flexible", linkage::flexible{}, naive::recurrence_named("flexible"));
    check("energy", energy{}, naive_energy);
    check("leaning", leaning{}, naive_leaning);
    check("attracting", attracting{}, naive_attracting);
    check("ward", linkage::ward{}, naive::recurrence_named("ward"));
  }
}

BOOST_AUTO_TEST_CASE(a_metric_of_ones_own_clusters) {
  const auto points = support::random_points<double>(60, 3);
  const auto lambda = [](auto a, auto b) { return std::abs(a[0] - b[0]) + std::abs(a[1] - b[1]) + std::abs(a[2] - b[2]); };
  support::for_each_rule<false>([&](const std::string& name, const auto& rule) {
    for (const auto& [algorithm_name, algorithm] : support::algorithms_of<std::decay_t<decltype(rule)>>()) {
      const auto tree = dm::agglomerate(here, points, lambda, rule, support::by(algorithm));
      const auto shipped = dm::agglomerate(here, points, distance::manhattan{}, rule, support::by(algorithm));
      BOOST_TEST(support::difference(60, tree.merges(), shipped.merges(), {1e-12, 0}) == "", name << ", " << algorithm_name);
    }
  });
}

// The archetypes are the least that is asked for: no algorithm may need more.
BOOST_AUTO_TEST_CASE(archetypes_cluster) {
  const auto points = support::random_points<double>(20, 2);
  const auto size = [&](const auto& metric, const auto& rule) { return dm::agglomerate(here, points, metric, rule).merges().size(); };
  BOOST_TEST(size(dm::archetype::distance_metric{}, dm::archetype::linkage_rule{}) == 19U);
  BOOST_TEST(size(dm::archetype::distance_metric{}, dm::archetype::reducible_rule{}) == 19U);
  BOOST_TEST(size(distance::euclidean{}, dm::archetype::geometric_rule{}) == 19U);
}

BOOST_AUTO_TEST_CASE(every_layout_gives_the_same_dendrogram) {
  const auto points = support::random_points<double>(50, 3);
  const Kokkos::View<double**, Kokkos::LayoutLeft, Kokkos::HostSpace> columns("columns", 50, 3);
  const Kokkos::View<double**, Kokkos::LayoutRight, Kokkos::HostSpace> rows("rows", 50, 3);
  for (std::size_t i = 0; i < 50; ++i)
    for (std::size_t k = 0; k < 3; ++k) columns(i, k) = rows(i, k) = points(i, k);
  for (const auto algorithm : {dm::agglomeration::chain, dm::agglomeration::generic, dm::agglomeration::matrix_free}) {
    const auto run = [&](const auto& of) {
      return dm::agglomerate(here, of, distance::euclidean{}, linkage::ward{}, support::by(algorithm));
    };
    BOOST_TEST((run(columns) == run(points)));
    BOOST_TEST((run(rows) == run(points)));
  }
}

BOOST_AUTO_TEST_SUITE_END()
