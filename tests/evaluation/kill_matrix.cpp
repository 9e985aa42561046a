#include <array>
#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <deepmaacc/evaluation/kill_matrix.hpp>
#include <random>
#include <vector>

#include "support/error_text.hpp"

namespace dm = deepmaacc;

namespace {

/// A matrix with two rules, of 3 cells and of one, and random contents.
dm::kill_matrix make(std::size_t mutants, unsigned seed) {
  std::mt19937 random(seed);
  dm::kill_matrix made(mutants);
  made.add_rule("classes", 3);
  made.add_rule("one", 1);
  for (std::size_t which = 0; which < mutants; ++which) {
    made.set_flips(which, random() % 50);
    for (std::size_t rule = 0; rule < 2; ++rule)
      for (std::size_t cell = 0; cell < made.cells(rule); ++cell) made.set(rule, which, cell, random() % 2 == 0, random() % 3 == 0);
  }
  return made;
}

bool is_same_mutant(const dm::kill_matrix& a, std::size_t in_a, const dm::kill_matrix& b, std::size_t in_b) {
  bool is_same = a.flips(in_a) == b.flips(in_b);
  for (std::size_t rule = 0; rule < 2; ++rule)
    is_same = is_same && a.killed_cells(rule, in_a) == b.killed_cells(rule, in_b) &&
              a.borderline_cells(rule, in_a) == b.borderline_cells(rule, in_b);
  return is_same;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(kill_matrices)

BOOST_AUTO_TEST_CASE(flips_are_part_of_what_a_matrix_says) {
  auto a = make(4, 1), b = a;
  BOOST_TEST((a == b));
  b.set_flips(2, a.flips(2).value() + 1);
  BOOST_TEST((a != b));
  BOOST_TEST((dm::kill_matrix(3).flips(1) == 0U));
}

BOOST_AUTO_TEST_CASE(appended_mutants_come_behind) {
  const auto a = make(4, 1), b = make(3, 2);
  auto both = a;
  both.append(b);
  BOOST_TEST_REQUIRE(both.mutants() == 7U);
  BOOST_TEST(both.rules() == 2U);
  for (std::size_t which = 0; which < 7; ++which) BOOST_TEST(is_same_mutant(both, which, which < 4 ? a : b, which < 4 ? which : which - 4));
  auto twice = b;
  twice.append(twice);
  BOOST_TEST_REQUIRE(twice.mutants() == 6U);
  for (std::size_t which = 0; which < 6; ++which) BOOST_TEST(is_same_mutant(twice, which, b, which % 3));
}

BOOST_AUTO_TEST_CASE(an_empty_matrix_takes_over_rules_and_adds_nothing) {
  const auto a = make(4, 1);
  dm::kill_matrix none;
  none.append(a);
  BOOST_TEST((none == a));
  none.append(dm::kill_matrix{});
  BOOST_TEST((none == a));
  dm::kill_matrix only_rules;
  only_rules.append(make(0, 1));
  BOOST_TEST(only_rules.rules() == 2U);
  BOOST_TEST(only_rules.mutants() == 0U);
  only_rules.append(a);
  BOOST_TEST((only_rules == a));
}

BOOST_AUTO_TEST_CASE(other_rules_are_refused_and_change_nothing) {
  const auto a = make(4, 1);
  dm::kill_matrix renamed(2), resized(2), shorter(2), swapped(2);
  renamed.add_rule("classes", 3), renamed.add_rule("another", 1);
  resized.add_rule("classes", 4), resized.add_rule("one", 1);
  shorter.add_rule("classes", 3);
  swapped.add_rule("one", 1), swapped.add_rule("classes", 3);
  for (const auto& other : {renamed, resized, shorter, swapped, dm::kill_matrix(2)}) {
    auto kills = a;
    BOOST_TEST(support::has(support::error_text<dm::usage_error>([&] { kills.append(other); }), "other rules or cells"));
    BOOST_TEST((kills == a));
  }
}

BOOST_AUTO_TEST_CASE(rows_are_selected_in_any_order_and_repeatedly) {
  const auto a = make(5, 3);
  const std::array<std::size_t, 6> wanted{4, 0, 4, 2, 2, 1};
  const auto part = a.selected(wanted);
  BOOST_TEST_REQUIRE(part.mutants() == wanted.size());
  BOOST_TEST(part.rule_name(1) == "one");
  for (std::size_t i = 0; i < wanted.size(); ++i) BOOST_TEST(is_same_mutant(part, i, a, wanted[i]));
  BOOST_TEST(a.selected({}).rules() == 2U);
  BOOST_TEST(a.selected({}).mutants() == 0U);
  dm::kill_matrix without_cells(2);
  without_cells.add_rule("nothing", 0);
  BOOST_TEST(without_cells.selected(std::array<std::size_t, 1>{1}).mutants() == 1U);
  BOOST_TEST(support::has(support::error_text<dm::usage_error>([&] { a.selected(std::array<std::size_t, 2>{1, 5}); }), "no mutant 5"));
}

BOOST_AUTO_TEST_SUITE_END()
