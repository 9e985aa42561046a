#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <deepmaacc/evaluation/kill_rules.hpp>
#include <limits>
#include <map>
#include <string>

#include "support/error_text.hpp"

namespace dm = deepmaacc;

namespace {

template <class Rule>
std::map<std::size_t, int> counted(const Rule& rule, const dm::observation& seen) {
  std::map<std::size_t, int> cells;
  rule.count(seen, [&](std::size_t cell, std::int32_t amount) { cells[cell] += amount; });
  return cells;
}
using cells = std::map<std::size_t, int>;

constexpr dm::kill_totals hundred{100, 10};

template <class Rule>
std::string fault_of(const Rule& rule) {
  return support::error_text<dm::usage_error>([&] { dm::check_kill_rules(dm::kill_rules(dm::kill::any_flip{}, rule), hundred); });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(kill_rules)

BOOST_AUTO_TEST_CASE(top_k_kills_the_class_that_is_not_among_the_first_k) {
  const dm::kill::top_k rule{.k = 3};
  BOOST_TEST(rule.name() == "top-k=3");
  BOOST_TEST(dm::kill::top_k{}.k == 3U);
  BOOST_TEST(rule.cells(10) == 10U);
  BOOST_TEST(dm::needs_label_rank<dm::kill::top_k>);
  BOOST_TEST((counted(rule, {4, 4, 2, 10, 2}) == cells{}));
  BOOST_TEST((counted(rule, {4, 4, 2, 10, 3}) == cells{{4, 1}}));
  BOOST_TEST((counted(rule, {4, 1, 2, 10, 9}) == cells{}), "the original is wrong there");
  BOOST_TEST(rule.killed(1, hundred));
  BOOST_TEST(!rule.killed(0, hundred));
  // As many as there are classes: nothing is behind them.
  BOOST_TEST((counted(dm::kill::top_k{.k = 10}, {4, 4, 2, 10, 9}) == cells{}));
}

BOOST_AUTO_TEST_CASE(accuracy_drop_weighs_answers_lost_against_answers_won) {
  const dm::kill::accuracy_drop rule{.drop = 0.01};
  BOOST_TEST(rule.name() == "accuracy-drop=0.01");
  BOOST_TEST(dm::kill::accuracy_drop{}.drop == 0.01);
  BOOST_TEST(rule.cells(10) == 1U);
  BOOST_TEST((counted(rule, {4, 4, 2, 10}) == cells{{0, 1}}));
  BOOST_TEST((counted(rule, {4, 2, 4, 10}) == cells{{0, -1}}));
  BOOST_TEST((counted(rule, {4, 4, 4, 10}) == cells{}));
  BOOST_TEST((counted(rule, {4, 2, 3, 10}) == cells{}));
  BOOST_TEST(!dm::needs_label_rank<dm::kill::accuracy_drop>);
}

BOOST_AUTO_TEST_CASE(a_drop_of_exactly_the_limit_does_not_kill) {
  for (int lost = 0; lost < 100; ++lost) {
    const dm::kill::accuracy_drop rule{.drop = std::stod("0." + std::string(lost < 10 ? "0" : "") + std::to_string(lost))};
    BOOST_TEST(!rule.killed(lost, hundred), rule.name());
    BOOST_TEST(rule.killed(lost + 1, hundred), rule.name());
  }
  BOOST_TEST(!dm::kill::accuracy_drop{.drop = 0}.killed(0, hundred));
  BOOST_TEST(!dm::kill::accuracy_drop{.drop = 0}.killed(-5, hundred));
  BOOST_TEST(dm::kill::accuracy_drop{.drop = 0}.killed(1, hundred));
}

BOOST_AUTO_TEST_CASE(numbers_that_make_no_sense_are_named) {
  using support::has;
  BOOST_TEST(has(fault_of(dm::kill::top_k{.k = 0}), "kill rule top-k=0: k must be at least 1"));
  BOOST_TEST(fault_of(dm::kill::top_k{.k = 11}) == "no error");
  for (const double drop : {-0.1, 1.0, 7.0, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()})
    BOOST_TEST(has(fault_of(dm::kill::accuracy_drop{.drop = drop}), "the drop must be a number from 0 to below 1"));
  BOOST_TEST(fault_of(dm::kill::accuracy_drop{.drop = 0}) == "no error");
  BOOST_TEST(fault_of(dm::kill::true_class{}) == "no error");
}

BOOST_AUTO_TEST_CASE(every_shipped_rule_can_be_in_a_set_filled_while_running) {
  dm::shipped_kill_rules set;
  set.add(dm::kill::predicted_class{}).add(dm::kill::true_class{}).add(dm::kill::any_flip{}).add(dm::kill::accuracy_drop{.drop = 0.5});
  BOOST_TEST(!dm::detail::any_needs_label_rank(set));
  set.add(dm::kill::top_k{.k = 5});
  BOOST_TEST(dm::detail::any_needs_label_rank(set));
}

BOOST_AUTO_TEST_SUITE_END()
