#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <deepmaacc/mutation/operators.hpp>
#include <limits>
#include <span>
#include <vector>

namespace dm = deepmaacc;

namespace {

template <class T, class Operator>
std::vector<T> mutated(const Operator& operation, std::vector<T> numbers, std::size_t biases = 1, const dm::mutation_site& site = {}) {
  const std::span<T> all(numbers);
  const std::size_t incoming = numbers.size() - biases;
  operation.mutate(dm::neuron_weights<T>{all.first(incoming), all.subspan(incoming)}, site);
  return numbers;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(mutation_operators)

BOOST_AUTO_TEST_CASE(the_papers_three_do_what_they_say) {
  const std::vector<float> neuron{1, -2, 0.5F, 4};
  BOOST_TEST(mutated(dm::mutation::change_weight{0.1}, neuron) == (std::vector<float>{1.1F, -2.2F, 0.55F, 4.4F}),
             boost::test_tools::per_element());
  BOOST_TEST(mutated(dm::mutation::activation_inversion{}, neuron) == (std::vector<float>{-1, 2, -0.5F, 4}),
             boost::test_tools::per_element());
  BOOST_TEST(mutated(dm::mutation::effect_blocking{}, neuron) == (std::vector<float>{0, 0, 0, 4}), boost::test_tools::per_element());
  // Without a bias every number is a weight.
  BOOST_TEST(mutated(dm::mutation::effect_blocking{}, neuron, 0) == std::vector<float>(4), boost::test_tools::per_element());
  // Zeroing is zeroing, also of what is no number.
  BOOST_TEST(mutated(dm::mutation::effect_blocking{}, std::vector<float>{std::numeric_limits<float>::quiet_NaN(), 1})[0] == 0);
}

BOOST_AUTO_TEST_CASE(the_factor_is_formed_in_float) {
  BOOST_TEST(mutated(dm::mutation::change_weight{0.1}, std::vector<double>{1, 1})[0] == static_cast<double>(1.1F));
  BOOST_TEST(mutated(dm::mutation::change_weight{0.1}, std::vector<double>{1, 1})[0] != 1.1);
}

BOOST_AUTO_TEST_CASE(fuzzing_changes_a_share_of_the_elements) {
  const std::vector<double> zeros(101);
  for (const auto& [ratio, expected] : std::vector<std::pair<double, long>>{{1, 101}, {0.5, 50}, {0.0099, 0}, {0.01, 1}, {0, 0}}) {
    const auto noisy = mutated(dm::mutation::gaussian_fuzzing{0.1, ratio}, zeros);
    BOOST_TEST(101 - std::count(noisy.begin(), noisy.end(), 0.0) == expected);
  }
  // The bias is one of the elements.
  bool is_bias_ever_chosen = false;
  for (std::size_t neuron = 0; neuron < 40; ++neuron)
    is_bias_ever_chosen |= mutated(dm::mutation::gaussian_fuzzing{0.1, 0.2}, std::vector<double>(5), 1, {0, 0, neuron, 0}).back() != 0;
  BOOST_TEST(is_bias_ever_chosen);
}

BOOST_AUTO_TEST_CASE(fuzzing_depends_on_the_site_only) {
  const std::vector<float> neuron(20, 1.0F);
  const dm::mutation::gaussian_fuzzing fuzzing{0.5};
  const auto first = mutated(fuzzing, neuron, 1, {1, 2, 3, 4});
  BOOST_TEST(first == mutated(fuzzing, neuron, 1, {1, 2, 3, 4}), boost::test_tools::per_element());
  for (const dm::mutation_site& other : {dm::mutation_site{9, 2, 3, 4}, {1, 9, 3, 4}, {1, 2, 9, 4}, {1, 2, 3, 9}})
    BOOST_TEST((first != mutated(fuzzing, neuron, 1, other)));
  // σ scales the noise and nothing else.
  const auto twice = mutated(dm::mutation::gaussian_fuzzing{1.0}, std::vector<double>(20), 1, {1, 2, 3, 4});
  const auto once = mutated(fuzzing, std::vector<double>(20), 1, {1, 2, 3, 4});
  for (std::size_t i = 0; i < 20; ++i) BOOST_TEST(twice[i] == 2 * once[i]);
}

BOOST_AUTO_TEST_CASE(parameters_are_checked) {
  const double nan = std::numeric_limits<double>::quiet_NaN(), infinity = std::numeric_limits<double>::infinity();
  BOOST_CHECK_THROW(dm::mutation::change_weight{nan}, dm::usage_error);
  BOOST_CHECK_THROW(dm::mutation::change_weight{infinity}, dm::usage_error);
  BOOST_CHECK_THROW(dm::mutation::gaussian_fuzzing{-0.1}, dm::usage_error);
  BOOST_CHECK_THROW((dm::mutation::gaussian_fuzzing{0.1, 1.1}), dm::usage_error);
  BOOST_CHECK_THROW((dm::mutation::gaussian_fuzzing{0.1, nan}), dm::usage_error);
}

BOOST_AUTO_TEST_SUITE_END()
