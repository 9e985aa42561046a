#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/analysis/random_sampling.hpp>
#include <functional>
#include <map>
#include <numeric>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "small_study.hpp"
#include "support/error_text.hpp"

namespace dm = deepmaacc;
using support::error_text;
using support::has;
using support::small_study;

namespace {

/// Mutants of layers with so many neurons each: neurons in their order, for each two operators.
std::vector<dm::mutant> mutants_of(const std::vector<std::size_t>& neurons) {
  std::vector<dm::mutant> all;
  for (std::size_t layer = 0; layer < neurons.size(); ++layer)
    for (std::size_t neuron = 0; neuron < neurons[layer]; ++neuron)
      for (std::size_t operation = 0; operation < 2; ++operation) {
        auto& one = all.emplace_back();
        one.layer = layer, one.neurons = {neuron}, one.operation = operation;
      }
  return all;
}

dm::random_sampling sampling(std::size_t count, bool is_stratified, std::uint64_t seed) {
  dm::random_sampling method;
  method.count = count, method.is_stratified = is_stratified, method.seed = seed;
  return method;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(random_sampling)

BOOST_AUTO_TEST_CASE(strata_get_their_share_by_largest_remainders) {
  const auto shares = [](std::size_t count, const std::vector<std::size_t>& sizes) { return dm::detail::largest_remainders(count, sizes); };
  BOOST_TEST(shares(3, {1, 1, 1, 1}) == (std::vector<std::size_t>{1, 1, 1, 0}), boost::test_tools::per_element());  // lower ones on ties
  BOOST_TEST(shares(10, {7, 2, 1}) == (std::vector<std::size_t>{7, 2, 1}), boost::test_tools::per_element());
  BOOST_TEST(shares(4, {5, 3, 2}) == (std::vector<std::size_t>{2, 1, 1}), boost::test_tools::per_element());
  std::mt19937 random(1);
  for (int i = 0; i < 2000; ++i) {
    std::vector<std::size_t> sizes(1 + random() % 8);
    for (auto& size : sizes) size = 1 + random() % 20;
    const std::size_t all = std::accumulate(sizes.begin(), sizes.end(), std::size_t{0}), count = 1 + random() % all;
    const auto found = shares(count, sizes);
    BOOST_TEST(found == naive::largest_remainders(count, sizes), boost::test_tools::per_element());
    for (std::size_t s = 0; s < sizes.size(); ++s) BOOST_TEST(found[s] <= sizes[s]);
  }
}

BOOST_AUTO_TEST_CASE(a_stratum_gives_its_share_and_each_mutant_counts_for_its_part) {
  const auto all = mutants_of({17, 5, 3, 1});
  for (std::size_t count = 1; count <= all.size(); ++count) {
    std::map<std::pair<std::size_t, std::size_t>, std::size_t> sizes, drawn;
    for (const auto& one : all) ++sizes[{one.layer, one.operation}];
    std::vector<std::size_t> strata;
    for (const auto& [site, size] : sizes) strata.push_back(size);
    const auto expected = naive::largest_remainders(count, strata);
    const auto chosen = sampling(count, true, count).drawn(all);
    BOOST_TEST(chosen.size() == count);
    for (const auto& one : chosen) ++drawn[{one.layer, one.operation}];
    std::size_t s = 0;
    for (const auto& [site, size] : sizes) BOOST_TEST(drawn[site] == expected[s++]);
    for (const auto& one : chosen) {
      const std::pair<std::size_t, std::size_t> site(one.layer, one.operation);
      BOOST_TEST(one.weight == static_cast<double>(sizes[site]) / static_cast<double>(drawn[site]));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_plain_sample_counts_for_all_alike) {
  const auto all = mutants_of({17, 5, 3, 1});
  for (std::size_t count = 1; count <= all.size(); count += 3)
    for (const auto& one : sampling(count, false, count).drawn(all))
      BOOST_TEST(one.weight == static_cast<double>(all.size()) / static_cast<double>(count));
}

BOOST_AUTO_TEST_CASE(mutants_are_drawn_once_in_the_order_of_the_population) {
  const auto all = mutants_of({9, 4});
  for (const bool is_stratified : {true, false})
    for (std::uint64_t seed = 0; seed < 20; ++seed)
      for (std::size_t count = 1; count <= all.size(); ++count) {
        const auto [positions, weights] = sampling(count, is_stratified, seed).drawn_positions(all);
        BOOST_TEST(positions.size() == count);
        BOOST_TEST(weights.size() == count);
        BOOST_TEST((std::adjacent_find(positions.begin(), positions.end(), std::greater_equal<>()) == positions.end()));
        BOOST_TEST(positions.back() < all.size());
      }
}

BOOST_AUTO_TEST_CASE(a_seed_gives_one_draw) {
  const auto all = mutants_of({20, 10});
  std::set<std::vector<std::size_t>> draws;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    draws.insert(sampling(10, true, seed).drawn_positions(all).first);
    BOOST_TEST(draws.contains(sampling(10, true, seed).drawn_positions(all).first));
  }
  BOOST_TEST(draws.size() == 50U);
}

// Of 2000 draws each mutant of a stratum is in as many, but for chance; and so is each pair of neighbours.
BOOST_AUTO_TEST_CASE(each_mutant_is_as_likely_as_another) {
  const auto all = mutants_of({30});
  constexpr std::size_t draws = 2000, count = 12;
  for (const bool is_stratified : {false, true}) {
    std::vector<double> drawn(all.size(), 0), with_the_next(all.size() - 2, 0);
    for (std::uint64_t seed = 0; seed < draws; ++seed) {
      std::vector<bool> is_in(all.size(), false);
      for (const std::size_t i : sampling(count, is_stratified, seed).drawn_positions(all).first) is_in[i] = true;
      for (std::size_t i = 0; i < all.size(); ++i) drawn[i] += is_in[i];
      for (std::size_t i = 0; i + 2 < all.size(); ++i) with_the_next[i] += is_in[i] && is_in[i + 2];  // of the same operator
    }
    const auto worst_and_sum = [](const std::vector<double>& counts, double share) {
      const double expected = share * draws, deviation = std::sqrt(expected * (1 - share));
      double worst = 0, sum = 0;
      for (const double one : counts) {
        const double z = std::abs(one - expected) / deviation;
        worst = std::max(worst, z), sum += z * z;
      }
      return std::pair(worst, sum / static_cast<double>(counts.size()));
    };
    const auto [worst, mean] = worst_and_sum(drawn, 0.2);
    BOOST_TEST(worst < 4.5);
    BOOST_TEST(mean > 0.5);  // too even were no chance
    BOOST_TEST(mean < 1.6);
    const double n = is_stratified ? 6 : 12, of = is_stratified ? 30 : 60;
    const auto [worst_pair, mean_pair] = worst_and_sum(with_the_next, n / of * (n - 1) / (of - 1));
    BOOST_TEST(worst_pair < 4.5);
    BOOST_TEST(mean_pair > 0.5);
    BOOST_TEST(mean_pair < 1.6);
  }
}

BOOST_AUTO_TEST_CASE(samples_are_analysed_with_their_weights) {
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    small_study of(seed);
    const auto all = of.study.analyze(dm::exhaustive{}, dm::known_mutants::run_again);
    for (const bool is_stratified : {true, false}) {
      dm::random_sampling method{.share = 0.4};
      method.seed = seed, method.is_stratified = is_stratified;
      const auto result = of.study.analyze(method);
      BOOST_TEST(result.mutants.size() == static_cast<std::size_t>(std::llround(0.4 * static_cast<double>(all.mutants.size()))));
      BOOST_TEST(result.score() ==
                     naive::weighted_score(support::killed_cells(result.kills), support::weights_of(result.mutants), of.made.classes),
                 boost::test_tools::tolerance(1e-14));
      BOOST_TEST(result.clusters.empty());
      BOOST_TEST(result.seconds.cluster == 0);
      method.share = 1;
      const auto whole = of.study.analyze(method, dm::known_mutants::run_again);
      BOOST_TEST(support::are_same(whole.mutants, all.mutants));
      BOOST_TEST((whole.kills == all.kills));
    }
  }
}

BOOST_AUTO_TEST_CASE(settings_are_listed) {
  const auto text = [](const dm::setting_list& list) {
    std::string all;
    for (const auto& [name, value] : list)
      all += name + '=' + (std::holds_alternative<double>(value) ? std::to_string(std::get<double>(value)) : std::get<std::string>(value)) +
             ' ';
    return all;
  };
  BOOST_TEST(text(dm::random_sampling{}.setting()) == "share=0.050000 strata=layer and operator ");
  BOOST_TEST(text(sampling(7, false, 0).setting()) == "count=7.000000 strata=none ");
}

BOOST_AUTO_TEST_CASE(what_makes_no_sense_is_refused) {
  const auto all = mutants_of({10});
  const auto usage = [&](const dm::random_sampling& method) { return error_text<dm::usage_error>([&] { method.drawn(all); }); };
  for (const double share : {0.0, -0.1, 1.5, std::nan("")}) {
    dm::random_sampling method;
    method.share = share;
    BOOST_TEST(has(usage(method), "a share of"));
    method.count = 3;  // takes the place of the share
    BOOST_TEST(usage(method) == "no error");
  }
  BOOST_TEST(has(usage(dm::random_sampling{.share = 0.01}), "the sample has 0 of 20 mutants; ask for 1 to 20"));
  BOOST_TEST(has(usage(sampling(0, true, 0)), "the sample has 0 of 20 mutants"));
  BOOST_TEST(has(usage(sampling(21, true, 0)), "the sample has 21 of 20 mutants"));
  BOOST_TEST(usage(sampling(20, true, 0)) == "no error");
}

BOOST_AUTO_TEST_SUITE_END()
