#include <algorithm>
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

/// One cell per rank of the label: what lies between the least and the most rank matters.
struct rank_histogram {
  static constexpr bool needs_label_rank = true;
  std::string name() const { return "rank-histogram"; }
  std::size_t cells(std::size_t classes) const { return classes; }
  template <class Add>
  void count(const dm::observation& seen, const Add& add) const {
    add(seen.label_rank, 1);
  }
  bool killed(std::int64_t count, const dm::kill_totals&) const { return count > 0; }
};

/// An input with everything about it that can fall either way.
struct uncertain_input {
  dm::expectation expected;
  dm::decision mutated;
  dm::label_ranks ranks;
};

/// The bounds by their definition: every way in which the near ties can fall, each on its own.
template <class Rule>
std::map<std::size_t, std::array<int, 3>> bounds(const Rule& rule, const uncertain_input& input) {
  std::vector<std::map<std::size_t, int>> ways;
  const auto add_way = [&](const dm::observation& seen) {
    ways.emplace_back();
    rule.count(seen, [&](std::size_t cell, int amount) { ways.back()[cell] += amount; });
  };
  const auto& [expected, mutated, ranks] = input;
  if (!dm::needs_label_rank<Rule>) add_way({expected.label, expected.original.winner, mutated.winner, 5});
  if (dm::needs_label_rank<Rule>) add_way({expected.label, expected.original.winner, mutated.winner, 5, ranks.of_label.actual});
  for (const bool moves : {false, true})
    for (const auto m : {mutated.winner, mutated.rival}) {
      if (moves && expected.original.is_certain()) continue;
      const std::uint32_t label = moves ? expected.label_of_rival : expected.label;
      const std::uint32_t original = moves ? expected.original.rival : expected.original.winner;
      const dm::label_rank& rank = moves ? ranks.of_rivals_label : ranks.of_label;
      if (!dm::needs_label_rank<Rule>) add_way({label, original, m, 5});
      if (dm::needs_label_rank<Rule> && m == label) add_way({label, original, m, 5, 0});
      if (dm::needs_label_rank<Rule> && m != label)
        for (std::uint32_t r = 1; r <= rank.most; ++r)
          if (r >= rank.least) add_way({label, original, m, 5, r});
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

/// Random decisions, and outputs' ranks that fit them; with predictions as the oracle in half of the cases.
uncertain_input make_input(std::mt19937& random) {
  const auto pick = [&](unsigned low, unsigned high) { return static_cast<std::uint32_t>(low + random() % (high - low + 1)); };
  uncertain_input made;
  made.expected = dm::expect_of(pick(0, 1) ? dm::oracle_kind::labels : dm::oracle_kind::predictions, {pick(0, 4), pick(0, 4)}, pick(0, 4));
  made.mutated = {pick(0, 4), pick(0, 4)};
  const auto rank = [&](std::uint32_t label) {
    const bool is_first = made.mutated.winner == label, can_be_first = is_first || made.mutated.rival == label;
    dm::label_rank one;
    one.actual = is_first ? 0 : pick(1, 4);
    one.least = can_be_first ? 0 : pick(1, one.actual);
    one.most = pick(std::max(one.actual, made.mutated.is_certain() ? 0U : 1U), 4);
    return one;
  };
  made.ranks.of_label = rank(made.expected.label);
  made.ranks.of_rivals_label =
      made.expected.label == made.expected.label_of_rival ? made.ranks.of_label : rank(made.expected.label_of_rival);
  return made;
}

template <class Rule>
void check_rule(const Rule& rule) {
  std::mt19937 random(1);
  for (int repeat = 0; repeat < 2000; ++repeat) {
    const uncertain_input input = make_input(random);
    std::vector<std::int32_t> sums(10), less(10), excess(10);
    dm::count_input(rule, input.expected, input.mutated, dm::needs_label_rank<Rule> ? &input.ranks : nullptr, 5,
                    {sums.data(), less.data(), excess.data()});
    auto expected = bounds(rule, input);
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
  check_rule(dm::kill::top_k{1});
  check_rule(dm::kill::top_k{2});
  check_rule(dm::kill::accuracy_drop{});
  check_rule(rank_histogram{});
  check_rule(lost_answers{});
  check_rule(confusion{});
}

BOOST_AUTO_TEST_SUITE_END()
