// What check_rule finds: nothing in the shipped rules, and a counterexample in rules that say of themselves what is not so.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <deepmaacc/linkage/check_rule.hpp>
#include <deepmaacc/linkage/rules.hpp>
#include <limits>
#include <optional>
#include <sstream>
#include <string>

#include "support/clustering_inputs.hpp"
#include "support/error_text.hpp"

namespace dm = deepmaacc;
namespace linkage = deepmaacc::linkage;
using support::has;

namespace {

/// The law that is broken; "none" where none is.
std::string law(const std::optional<dm::linkage_counterexample>& found) { return found ? found->law : "none"; }

// Rules that each break one promise.
struct reducible_centroid : linkage::centroid {
  static constexpr bool is_reducible = true;
};
struct monotone_median : linkage::median {
  static constexpr bool is_monotone = true;
};
struct nearest_complete : linkage::complete {
  static constexpr bool is_nearest_member = true;
};
/// A mean whose shares do not depend on the two alike.
struct lopsided {
  template <class T>
  auto merge(T size_i, T size_j, T) const {
    return [share = size_i / (size_i + 2 * size_j)](T d_ik, T d_jk, T) { return share * d_ik + (1 - share) * d_jk; };
  }
};
struct divides_by_zero {
  template <class T>
  auto merge(T, T, T d_ij) const {
    return [d_ij](T d_ik, T d_jk, T) { return std::min(d_ik, d_jk) / (d_ik - d_ij); };
  }
};
/// Ward's recurrence with the plain distance of centroids.
struct unweighted_ward : linkage::ward {
  template <class T>
  T between(T, T, T squared) const {
    return squared;
  }
};
/// The centroid of the wrong end.
struct turned_centroid : linkage::centroid {
  template <class T>
  T share(T size_i, T size_j) const {
    return size_j / (size_i + size_j);
  }
};
/// Nearer than both.
struct shrinking : linkage::single {
  static constexpr bool is_nearest_member = false;
  static constexpr bool is_reducible = false;
  static constexpr bool is_monotone = true;
  template <class T>
  auto merge(T, T, T) const {
    return [](T d_ik, T d_jk, T) { return T(0.9) * std::min(d_ik, d_jk); };
  }
};
/// No nearer to k than the nearer of the two, but what it gives for two merges depends on which came first.
struct hasty_flexible : linkage::flexible {
  static constexpr bool is_reducible = true;
};
struct hasty_leaning {
  static constexpr bool is_reducible = true;
  template <class T>
  auto merge(T size_i, T size_j, T) const {
    return [=](T d_ik, T d_jk, T size_k) { return ((size_i + size_k) * d_ik + (size_j + size_k) * d_jk) / (size_i + size_j + 2 * size_k); };
  }
};
/// Breaks its law for large clusters only.
struct breaks_when_large {
  static constexpr bool is_reducible = true;
  template <class T>
  auto merge(T size_i, T size_j, T) const {
    return [large = size_i + size_j > 500](T d_ik, T d_jk, T) { return large ? T(0.5) * std::min(d_ik, d_jk) : std::max(d_ik, d_jk); };
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(check_rule)

static_assert(dm::linkage_traits<linkage::single>::is_nearest_member && !dm::linkage_traits<linkage::complete>::is_nearest_member);
static_assert(dm::linkage_traits<linkage::ward>::is_reducible && dm::linkage_traits<linkage::ward>::is_monotone);
static_assert(!dm::linkage_traits<linkage::centroid>::is_monotone && !dm::linkage_traits<linkage::median>::is_reducible);
static_assert(!dm::linkage_traits<linkage::flexible>::is_reducible);

BOOST_AUTO_TEST_CASE(shipped_rules_and_archetypes_pass) {
  support::for_each_rule<true>([](const std::string& name, const auto& rule) {
    for (const std::uint64_t seed : {0U, 1U, 99U}) BOOST_TEST(law(dm::check_rule(rule, 10000, seed)) == "none", name << ", seed " << seed);
  });
  BOOST_TEST(law(dm::check_rule(dm::archetype::linkage_rule{})) == "none");
  BOOST_TEST(law(dm::check_rule(dm::archetype::reducible_rule{})) == "none");
  BOOST_TEST(law(dm::check_rule(dm::archetype::geometric_rule{})) == "none");
}

BOOST_AUTO_TEST_CASE(wrong_rules_are_refuted) {
  BOOST_TEST(has(law(dm::check_rule(reducible_centroid{})), "a reducible merge"));
  BOOST_TEST(has(law(dm::check_rule(monotone_median{})), "a monotone merge"));
  BOOST_TEST(has(law(dm::check_rule(nearest_complete{})), "nearest members"));
  BOOST_TEST(has(law(dm::check_rule(lopsided{})), "the same for (i, j) and (j, i)"));
  BOOST_TEST(has(law(dm::check_rule(divides_by_zero{})), "finite"));
  BOOST_TEST(has(law(dm::check_rule(unweighted_ward{})), "between() of the centroids"));
  BOOST_TEST(has(law(dm::check_rule(turned_centroid{})), "between() of the centroids"));
  BOOST_TEST(has(law(dm::check_rule(shrinking{})), "a monotone merge"));
  BOOST_TEST(has(law(dm::check_rule(breaks_when_large{})), "a reducible merge"));
}

// Each law by itself, of rules that do not claim it.
BOOST_AUTO_TEST_CASE(single_laws_are_refuted) {
  BOOST_TEST(law(dm::check_symmetric(lopsided{})) != "none");
  BOOST_TEST(law(dm::check_reducible(linkage::centroid{})) != "none");
  BOOST_TEST(law(dm::check_reducible(linkage::median{})) != "none");
  BOOST_TEST(law(dm::check_monotone(linkage::centroid{})) != "none");
  BOOST_TEST(law(dm::check_nearest_member(linkage::average{})) != "none");
  BOOST_TEST(law(dm::check_geometric(unweighted_ward{})) != "none");
  // Lance and Williams' flexible strategy is reducible by default, and not with every number.
  BOOST_TEST(law(dm::check_reducible(linkage::flexible{})) == "none");
  BOOST_TEST(law(dm::check_monotone(linkage::flexible{})) == "none");
  BOOST_TEST(law(dm::check_reducible(linkage::flexible{0.5, -0.25, 0})) != "none");
}

BOOST_AUTO_TEST_CASE(an_order_that_matters_is_found) {
  support::for_each_rule<true>(
      [](const std::string& name, const auto& rule) { BOOST_TEST((law(dm::check_order(rule)) == "none") == (name != "flexible"), name); });
  BOOST_TEST(law(dm::check_reducible(hasty_flexible{})) == "none");
  BOOST_TEST(has(law(dm::check_rule(hasty_flexible{})), "whichever came first"));
  BOOST_TEST(law(dm::check_reducible(hasty_leaning{})) == "none");
  BOOST_TEST(has(law(dm::check_rule(hasty_leaning{})), "whichever came first"));
  const auto found = dm::check_order(linkage::flexible{});
  BOOST_TEST_REQUIRE(found.has_value());
  const double merged = linkage::flexible{}.merge(found->size_i, found->size_j, found->d_ij)(found->d_ik, found->d_jk, found->size_k);
  BOOST_TEST(merged == found->merged);
}

// The numbers of a counterexample are those of the rule, and a seed gives the same one always.
BOOST_AUTO_TEST_CASE(a_counterexample_can_be_checked_by_hand) {
  const auto found = dm::check_rule(reducible_centroid{}, 10000, 3);
  BOOST_TEST_REQUIRE(found.has_value());
  const double merged = linkage::centroid{}.merge(found->size_i, found->size_j, found->d_ij)(found->d_ik, found->d_jk, found->size_k);
  BOOST_TEST(merged == found->merged);
  BOOST_TEST(merged < std::min(found->d_ik, found->d_jk));
  BOOST_TEST(found->d_ij <= std::min(found->d_ik, found->d_jk));
  BOOST_TEST(std::sqrt(found->d_ij) + std::sqrt(found->d_ik) >= std::sqrt(found->d_jk));  // a triangle
  std::ostringstream text;
  text << *found;
  BOOST_TEST(has(text.str(), "a reducible merge must be no nearer to k than the nearer of i and j, but sizes "));
  BOOST_TEST(has(text.str(), "d_ij = "));
  const auto again = dm::check_rule(reducible_centroid{}, 10000, 3);
  BOOST_TEST_REQUIRE(again.has_value());
  BOOST_TEST(again->merged == found->merged);
  BOOST_TEST(law(dm::check_rule(reducible_centroid{}, 0)) == "none");
}

BOOST_AUTO_TEST_SUITE_END()
