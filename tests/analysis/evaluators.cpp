#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <deepmaacc/analysis/analyze.hpp>
#include <deepmaacc/analysis/random_sampling.hpp>
#include <deepmaacc/analysis/study.hpp>
#include <deepmaacc/concepts/evaluator.hpp>
#include <deepmaacc/evaluation/evaluators.hpp>
#include <memory>
#include <span>
#include <stdexcept>
#include <tuple>
#include <utility>
#include <vector>

#include "support/engines.hpp"
#include "support/error_text.hpp"
#include "support/random_networks.hpp"

namespace dm = deepmaacc;

namespace {

/// Asks another for so many mutants at a time, and remembers what it was asked for.
struct in_portions {
  std::size_t size = 7;
  std::shared_ptr<std::vector<dm::mutant>> seen = std::make_shared<std::vector<dm::mutant>>();
  std::shared_ptr<std::size_t> golden_runs = std::make_shared<std::size_t>(0);

  template <class Request>
  typename Request::result_type operator()(const Request& whole) const {
    typename Request::result_type all;
    for (std::size_t first = 0; first < whole.mutants.size(); first += size) {
      const auto portion = whole.mutants.subspan(first, std::min(size, whole.mutants.size() - first));
      seen->insert(seen->end(), portion.begin(), portion.end());
      auto some = dm::evaluator::local()(whole.with(portion, all.golden ? &*all.golden : nullptr));
      *golden_runs += some.golden.has_value() ? 1 : 0;
      if (first == 0)
        all = std::move(some);
      else
        all.append(std::move(some));
    }
    return all;
  }
};

/// Leaves the last mutant out.
struct forgetful {
  template <class Request>
  typename Request::result_type operator()(const Request& request) const {
    return dm::evaluator::local()(request.with(request.mutants.first(request.mutants.size() - 1), nullptr));
  }
};

struct unable {
  template <class Request>
  typename Request::result_type operator()(const Request&) const {
    throw std::runtime_error("no machine is left");
  }
};

struct subject {
  support::random_case made = support::make_case(3, false, 30);
  dm::network<dm::storage::xtensor_host<double>> network = support::network_of<dm::storage::xtensor_host<double>>(made);
  dm::test_set<double> tests = support::tests_of<double>(made);

  template <class Evaluator>
  auto study(const dm::evaluation_options& options, Evaluator evaluator) const {
    return dm::study(dm::this_thread{}, network, tests, dm::paper_operators(), dm::kill_rules(dm::kill::any_flip{}), options, evaluator);
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(evaluators)

// Each mutant once, the original network once, by every engine; and what is known is not asked for again.
BOOST_AUTO_TEST_CASE(an_evaluator_runs_the_mutants_of_a_study) {
  const subject of;
  for (const dm::any_engine& engine : support::all_engines) {
    const dm::evaluation_options options{.engine = engine};
    auto expected = of.study(options, dm::evaluator::local{});
    const in_portions evaluator;
    auto found = of.study(options, evaluator);
    dm::random_sampling some;
    some.count = 10;
    BOOST_TEST((found.analyze(some).kills == expected.analyze(some).kills));
    BOOST_TEST(evaluator.seen->size() == 10U);
    const auto result = found.analyze(dm::exhaustive{});
    BOOST_TEST((result.kills == expected.analyze(dm::exhaustive{}).kills));
    BOOST_TEST(result.work.pairs == (result.mutants.size() - 10) * of.tests.size());
    BOOST_TEST(evaluator.seen->size() == result.mutants.size());
    BOOST_TEST(*evaluator.golden_runs == (support::is_delta(engine) ? 1U : 0U));  // else the study has made it
    std::vector<std::tuple<std::size_t, std::size_t, std::size_t>> names;
    for (const dm::mutant& one : *evaluator.seen) names.emplace_back(one.layer, one.neurons.at(0), one.operation);
    std::sort(names.begin(), names.end());
    BOOST_TEST((std::unique(names.begin(), names.end()) == names.end()));
  }
}

// As for a process that is left without mutants.
BOOST_AUTO_TEST_CASE(a_golden_run_comes_without_mutants_too) {
  const subject of;
  const auto operators = dm::paper_operators();
  const auto rules = dm::kill_rules(dm::kill::any_flip{});
  const auto expected = dm::run_golden(dm::this_thread{}, of.network, of.tests);
  for (const dm::any_engine& engine : support::all_engines)
    for (const auto& skip : {dm::skip_options{}, dm::skip_nothing}) {
      const dm::evaluation_options options{.engine = support::with_skips(engine, skip)};
      using request_type =
          dm::evaluation_request<dm::this_thread, const decltype(of.network), double, decltype(operators), decltype(rules)>;
      const dm::this_thread here;
      const auto found = dm::evaluator::local()(request_type{here, of.network, of.tests, {}, operators, rules, options});
      BOOST_TEST(found.kills.mutants() == 0U);
      BOOST_TEST_REQUIRE(found.golden.has_value());
      BOOST_TEST((found.golden->decisions == expected.decisions));
      BOOST_TEST(found.golden->correct == expected.correct);
    }
}

BOOST_AUTO_TEST_CASE(analyze_takes_one) {
  const subject of;
  const auto rules = dm::kill_rules(dm::kill::any_flip{});
  const in_portions evaluator;
  const auto found = dm::analyze(of.network, of.tests, dm::exhaustive{}, dm::paper_operators(), rules, dm::evaluation_options{}, evaluator);
  const auto expected = dm::analyze(of.network, of.tests, dm::exhaustive{}, dm::paper_operators(), rules);
  BOOST_TEST((found.kills == expected.kills));
  BOOST_TEST(found.score() == expected.score());
  BOOST_TEST(evaluator.seen->size() == found.mutants.size());
}

BOOST_AUTO_TEST_CASE(one_that_breaks_its_laws_is_refused) {
  const subject of;
  auto short_of_one = of.study({}, forgetful{});
  BOOST_TEST(
      support::has(support::error_text<dm::usage_error>([&] { short_of_one.analyze(dm::exhaustive{}); }), "return one row per mutant"));
  auto without = of.study({}, unable{});
  BOOST_TEST(support::error_text<std::runtime_error>([&] { without.analyze(dm::exhaustive{}); }) == "no machine is left");
  BOOST_TEST(without.known() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
