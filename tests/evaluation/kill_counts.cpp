#include <array>
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <deepmaacc/evaluation/kill_counts.hpp>
#include <deepmaacc/evaluation/kill_rules.hpp>
#include <map>
#include <random>
#include <vector>

namespace dm = deepmaacc;

namespace {

/// Counts right answers lost: contributions of both signs, in one cell.
struct lost_answers {
  std::string name() const { return "lost-answers"; }
  std::size_t cells(std::size_t) const { return 1; }
  template <class Add>
  void count(const dm::observation& seen, const Add& add) const {
    add(0, (seen.original == seen.label ? 1 : 0) - (seen.mutated == seen.label ? 1 : 0));
  }
  bool killed(std::int64_t count, const dm::kill_totals&) const { return count > 2; }
};

/// Touches two cells per input, one of them weighted.
struct confusion {
  std::string name() const { return "confusion"; }
  std::size_t cells(std::size_t classes) const { return 2 * classes; }
  template <class Add>
  void count(const dm::observation& seen, const Add& add) const {
    add(seen.mutated, 3);
    if (seen.original != seen.mutated) add(seen.classes + seen.original, 1);
  }
  bool killed(std::int64_t count, const dm::kill_totals&) const { return count > 4; }
};

/// The bounds by their definition: every way in which the near ties can fall, each on its own.
template <class Rule>
std::map<std::size_t, std::array<int, 3>> bounds(const Rule& rule, unsigned label, dm::decision original, dm::decision mutated) {
  std::vector<std::map<std::size_t, int>> ways;
  for (const auto o : {original.winner, original.rival})
    for (const auto m : {mutated.winner, mutated.rival}) {
      ways.emplace_back();
      rule.count(dm::observation{label, o, m, 5}, [&](std::size_t cell, int amount) { ways.back()[cell] += amount; });
    }
  std::map<std::size_t, std::array<int, 3>> found;
  for (const auto& way : ways)
    for (const auto& entry : way) {
      auto& [actual, least, most] = found[entry.first] = {0, 1 << 20, -(1 << 20)};
      actual = ways[0].contains(entry.first) ? ways[0][entry.first] : 0;
      for (auto& each : ways) {
        const int amount = each.contains(entry.first) ? each[entry.first] : 0;
        least = std::min(least, amount), most = std::max(most, amount);
      }
    }
  return found;
}

template <class Rule>
void check_rule(const Rule& rule) {
  std::mt19937 random(1);
  const auto pick = [&](unsigned below) { return static_cast<std::uint32_t>(random() % below); };
  for (int repeat = 0; repeat < 2000; ++repeat) {
    const std::uint32_t label = pick(5);
    const dm::decision original{pick(5), pick(5)}, mutated{pick(5), pick(5)};
    std::vector<std::int32_t> sums(10), less(10), excess(10);
    dm::count_input(rule, label, original, mutated, 5, {sums.data(), less.data(), excess.data()});
    auto expected = bounds(rule, label, original, mutated);
    for (std::size_t cell = 0; cell < 10; ++cell) {
      const auto [actual, least, most] = expected.contains(cell) ? expected[cell] : std::array<int, 3>{0, 0, 0};
      BOOST_REQUIRE(sums[cell] == actual);
      BOOST_REQUIRE(sums[cell] - less[cell] == least);
      BOOST_REQUIRE(sums[cell] + excess[cell] == most);
    }
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(counting)

BOOST_AUTO_TEST_CASE(bounds_are_those_of_all_outcomes) {
  check_rule(dm::kill::predicted_class{});
  check_rule(dm::kill::true_class{});
  check_rule(dm::kill::any_flip{});
  check_rule(lost_answers{});
  check_rule(confusion{});
}

BOOST_AUTO_TEST_SUITE_END()
