// Dendrograms against those of SciPy, fastcluster and scikit-learn.
#include <Kokkos_Core.hpp>
#include <boost/mpl/list.hpp>
#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <deepmaacc/clustering/agglomerate.hpp>
#include <deepmaacc/distance/metrics.hpp>
#include <deepmaacc/distance/precomputed.hpp>
#include <deepmaacc/linkage/rules.hpp>
#include <map>
#include <string>
#include <type_traits>
#include <vector>

#include "support/agglomerations.hpp"
#include "support/clustering_inputs.hpp"
#include "support/linkage_fixture.hpp"
#include "support/naive_clustering.hpp"
#include "support/spaces.hpp"

namespace dm = deepmaacc;

namespace {

using precisions = boost::mpl::list<float, double>;
const std::vector<std::string> all_sets{"random", "clustered", "column", "wide", "two", "three", "precise", "large"};

/// 1e-12 of a height in double, and 1e-5 in float; a square's relative error is twice that of its root; angles are of unit vectors, whose
/// coordinates are rounded.
template <class T>
naive::tolerance of_height(const std::string& metric) {
  const double power = metric == "sqeuclidean" ? 2 : 1;
  if (std::is_same_v<T, float>) return {1e-5 * power, support::is_angular(metric) ? 1e-6 : 0};
  return {1e-12 * power, support::is_angular(metric) ? 1e-14 : 0};
}

/// The points of a set, where T holds them exactly.
template <class T>
bool is_exact(const std::string& set) {
  return std::is_same_v<T, double> || set != "precise";
}

/// Runs a rule by every algorithm on one set and metric, and compares with SciPy's tree.
template <class T, class Space, class Metric, class Rule>
void compare(const Space& space, const support::linkage_fixture& fixture, const std::string& set, const std::string& name,
             const Metric& metric, const std::string& linkage, const Rule& rule) {
  const auto points = fixture.points<T>(set);
  const auto expected = fixture.trees(set, name).at(linkage);
  for (const auto& [algorithm_name, algorithm] : support::algorithms_of<Rule>()) {
    const dm::dendrogram tree = dm::agglomerate(space, points, metric, rule, support::by(algorithm));
    const std::string fault = support::difference(tree.leaves(), tree.merges(), expected, of_height<T>(name));
    BOOST_TEST(fault == "", set << ", " << name << ", " << linkage << ", " << algorithm_name << ": " << fault);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(linkages)

BOOST_AUTO_TEST_CASE_TEMPLATE(dendrograms_are_scipys, T, precisions) {
  const support::linkage_fixture fixture;
  const dm::this_thread space;  // the others have a test of their own
  std::size_t pairs = 0;
  for (const auto& set : all_sets) {
    if (!is_exact<T>(set)) continue;
    support::for_each_rule<true>([&](const std::string& linkage, const auto& rule) {
      compare<T>(space, fixture, set, "euclidean", dm::distance::euclidean{}, linkage, rule);
    });
    support::for_each_metric([&](const std::string& name, const auto& metric) {
      if (!fixture.has(set + "." + name + ".merges")) return;
      ++pairs;
      // Each metric as it is with the default rule, and with every rule as one type.
      compare<T>(space, fixture, set, name, metric, "average", dm::linkage::average{});
      support::for_each_rule<false>([&](const std::string& linkage, const auto& rule) {
        compare<T>(space, fixture, set, name, support::any_metric(metric), linkage, rule);
      });
    });
  }
  BOOST_TEST(pairs == (std::is_same_v<T, float> ? 52U : 61U));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(dendrograms_are_scipys_on_every_space, Space, support::spaces) {
  const support::linkage_fixture fixture;
  for (const std::string set : {"large", "clustered", "two"})
    support::for_each_rule<true>([&](const std::string& linkage, const auto& rule) {
      compare<float>(Space{}, fixture, set, "euclidean", dm::distance::euclidean{}, linkage, rule);
    });
  compare<double>(Space{}, fixture, "wide", "correlation", dm::distance::correlation{}, "complete", dm::linkage::complete{});
  compare<double>(Space{}, fixture, "wide", "cityblock", dm::distance::manhattan{}, "single", dm::linkage::single{});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(dendrograms_of_given_distances_are_scipys, T, precisions) {
  const support::linkage_fixture fixture;
  for (const auto& set : all_sets) {
    if (!is_exact<T>(set)) continue;
    for (const std::string name : {"euclidean", "cityblock", "correlation"}) {
      if (!fixture.has(set + "." + name + ".merges")) continue;
      const auto plain = support::naive_points(fixture.points<double>(set));
      const auto all = naive::all_distances(plain, naive::metric_named(name));
      xt::xtensor<T, 2> square = support::zeros<T>(plain.n, plain.n);
      xt::xtensor<T, 1> condensed(std::array<std::size_t, 1>{plain.n * (plain.n - 1) / 2});
      for (std::size_t i = 0, at = 0; i < plain.n; ++i)
        for (std::size_t j = 0; j < plain.n; ++j) {
          square(i, j) = static_cast<T>(all(i, j));
          if (j > i) condensed(at++) = static_cast<T>(all(i, j));
        }
      const auto before = square;
      const auto expected = fixture.trees(set, name);
      support::for_each_rule<true>([&](const std::string& linkage, const auto& rule) {
        if (!expected.contains(linkage)) return;
        for (const auto& [algorithm_name, algorithm] : support::algorithms_of<std::decay_t<decltype(rule)>>(false))
          BOOST_TEST_CONTEXT(set << ", " << name << ", " << linkage << ", " << algorithm_name) {
            const dm::this_thread space;
            const auto tree = dm::agglomerate(space, dm::distance::precomputed(square), rule, support::by(algorithm));
            BOOST_TEST(support::difference(tree.leaves(), tree.merges(), expected.at(linkage), of_height<T>(name)) == "");
            BOOST_TEST((dm::agglomerate(space, dm::distance::precomputed(condensed), rule, support::by(algorithm)) == tree));
          }
      });
      BOOST_TEST((square == before));
    }
  }
}

BOOST_AUTO_TEST_CASE(partitions_are_scikit_learns) {
  const support::linkage_fixture fixture;
  const std::vector<std::size_t> counts{2, 3, 5, 10};
  for (const auto& set : all_sets) {
    if (!fixture.has(set + ".euclidean.labels")) continue;
    const auto points = fixture.points<double>(set);
    const auto labels = fixture.array(set + ".euclidean.labels");
    const std::size_t n = points.shape()[0];
    std::size_t row = 0;
    const auto check = [&](const auto& rule) {
      const auto tree = dm::agglomerate(Kokkos::DefaultHostExecutionSpace{}, points, dm::distance::euclidean{}, rule);
      for (const std::size_t count : counts) {
        const double* const expected = labels.values.data() + row++ * n;
        const auto found = naive::partition(n, tree.merges(), count);
        std::map<std::size_t, double> names;
        std::map<double, std::size_t> back;
        for (std::size_t i = 0; i < n; ++i) {
          names.emplace(found[i], expected[i]);
          back.emplace(expected[i], found[i]);
          BOOST_TEST_CONTEXT(set << ", " << rule.name() << ", " << count << " clusters, leaf " << i)
          BOOST_TEST((names[found[i]] == expected[i] && back[expected[i]] == found[i]));
        }
        BOOST_TEST(names.size() == count);
      }
    };
    check(dm::linkage::single{});
    check(dm::linkage::complete{});
    check(dm::linkage::average{});
    check(dm::linkage::ward{});
    BOOST_TEST(row * n == labels.values.size());
  }
}

BOOST_AUTO_TEST_CASE(the_defaults_are_average_and_euclidean) {
  const support::linkage_fixture fixture;
  const auto points = fixture.points<double>("random");
  const auto tree = dm::agglomerate(Kokkos::DefaultHostExecutionSpace{}, points);
  BOOST_TEST(support::difference(tree.leaves(), tree.merges(), fixture.trees("random", "euclidean").at("average"), {1e-12, 0}) == "");
}

BOOST_AUTO_TEST_CASE(one_point_is_a_leaf) {
  support::for_each_rule<true>([](const std::string& name, const auto& rule) {
    for (const auto& [algorithm_name, algorithm] : support::algorithms_of<std::decay_t<decltype(rule)>>())
      BOOST_TEST_CONTEXT(name << ", " << algorithm_name) {
        const auto tree = dm::agglomerate(dm::this_thread{}, support::random_points<double>(1, 4), dm::distance::euclidean{}, rule,
                                          support::by(algorithm));
        BOOST_TEST(tree.leaves() == 1U);
        BOOST_TEST(tree.merges().empty());
      }
  });
}

BOOST_AUTO_TEST_SUITE_END()
