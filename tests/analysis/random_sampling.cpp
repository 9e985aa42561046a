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

BOOST_AUTO_TEST_CASE(a_stratum_gives_its_share_rounded_down_or_up) {
  const auto all = mutants_of({17, 5, 3, 1});
  std::map<std::pair<std::size_t, std::size_t>, std::size_t> sizes;
  for (const auto& one : all) ++sizes[{one.layer, one.operation}];
  for (std::size_t count = 1; count <= all.size(); ++count)
    for (std::uint64_t seed = 0; seed < 5; ++seed) {
      std::map<std::pair<std::size_t, std::size_t>, std::size_t> drawn;
      for (const auto& one : sampling(count, true, seed).drawn(all)) ++drawn[{one.layer, one.operation}];
      for (const auto& [site, size] : sizes) {
        BOOST_TEST(drawn[site] >= count * size / all.size());
        BOOST_TEST(drawn[site] <= (count * size + all.size() - 1) / all.size());
      }
    }
}

BOOST_AUTO_TEST_CASE(each_counts_for_as_many) {
  const auto all = mutants_of({17, 5, 3, 1});
  for (const bool is_stratified : {true, false})
    for (std::size_t count = 1; count <= all.size(); count += 3)
      for (const auto& one : sampling(count, is_stratified, count).drawn(all))
        BOOST_TEST(one.weight == static_cast<double>(all.size()) / static_cast<double>(count));
}

BOOST_AUTO_TEST_CASE(mutants_are_drawn_once_in_the_order_of_the_population) {
  const auto all = mutants_of({9, 4});
  for (const bool is_stratified : {true, false})
    for (std::uint64_t seed = 0; seed < 20; ++seed)
      for (std::size_t count = 1; count <= all.size(); ++count) {
        const auto positions = sampling(count, is_stratified, seed).drawn_positions(all);
        BOOST_TEST(positions.size() == count);
        BOOST_TEST((std::adjacent_find(positions.begin(), positions.end(), std::greater_equal<>()) == positions.end()));
        BOOST_TEST(positions.back() < all.size());
      }
}

BOOST_AUTO_TEST_CASE(a_seed_gives_one_draw) {
  const auto all = mutants_of({20, 10});
  std::set<std::vector<std::size_t>> draws;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    draws.insert(sampling(10, true, seed).drawn_positions(all));
    BOOST_TEST(draws.contains(sampling(10, true, seed).drawn_positions(all)));
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
      for (const std::size_t i : sampling(count, is_stratified, seed).drawn_positions(all)) is_in[i] = true;
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

// Strata from 1 to 300 mutants, which are killed the more the fewer they are: a stratum that is never drawn, or too often, shows in the
// mean.
BOOST_AUTO_TEST_CASE(the_mean_of_samples_is_that_of_all) {
  const std::vector<std::size_t> neurons{300, 2, 40, 1, 7};
  const auto all = mutants_of(neurons);
  std::vector<double> killed;
  for (std::size_t i = 0; i < all.size(); ++i)
    killed.push_back(1 / static_cast<double>(neurons[all[i].layer]) + 0.1 * static_cast<double>(all[i].operation) +
                     0.05 * static_cast<double>(i % 3));
  const double exact = std::accumulate(killed.begin(), killed.end(), 0.0) / static_cast<double>(all.size());
  constexpr std::size_t draws = 2000;
  for (const bool is_stratified : {true, false})
    for (const std::size_t count : {1U, 3U, 7U, 35U, 140U}) {
      double sum = 0, squares = 0;
      std::vector<std::size_t> drawn(all.size(), 0);
      for (std::uint64_t seed = 0; seed < draws; ++seed) {
        double score = 0;
        for (const std::size_t i : sampling(count, is_stratified, seed).drawn_positions(all))
          score += killed[i] / static_cast<double>(count), ++drawn[i];
        sum += score, squares += score * score;
      }
      const double mean = sum / draws, deviation = std::sqrt(std::max(0.0, squares / draws - mean * mean));
      BOOST_TEST(std::abs(mean - exact) <= 3 * deviation / std::sqrt(static_cast<double>(draws)),
                 count << ": " << mean << " for " << exact);
      const double expected = static_cast<double>(draws * count) / static_cast<double>(all.size());
      double fit = 0;  // χ² by its degrees of freedom, or less: a sample has no mutant twice
      for (const std::size_t times : drawn)
        fit += std::pow(static_cast<double>(times) - expected, 2) / expected / static_cast<double>(all.size());
      BOOST_TEST(fit < 1.2, count << ": " << fit);
    }
}

// The same of networks, by what their mutants kill.
BOOST_AUTO_TEST_CASE(the_mean_score_of_samples_is_the_exhaustive_score) {
  for (const std::uint64_t seed : support::seeds_of_hidden_layers(3)) {
    small_study of(seed, 20);
    const auto all = of.study.analyze(dm::exhaustive{});
    for (const std::size_t count : {std::size_t{1}, std::size_t{2}, 1 + all.mutants.size() / 20, 1 + all.mutants.size() / 5}) {
      double sum = 0, squares = 0;
      constexpr std::size_t draws = 400;
      for (std::uint64_t draw = 0; draw < draws; ++draw) {
        const double score = of.study.analyze(sampling(count, true, draw)).score();
        sum += score, squares += score * score;
      }
      const double mean = sum / draws, deviation = std::sqrt(std::max(0.0, squares / draws - mean * mean));
      BOOST_TEST(std::abs(mean - all.score()) <= 3 * deviation / std::sqrt(static_cast<double>(draws)) + 1e-12,
                 count << " of " << all.mutants.size() << ": " << mean << " for " << all.score());
    }
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
