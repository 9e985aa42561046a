#include <boost/test/unit_test.hpp>
#include <deepmaacc/core/policy_list.hpp>
#include <string>
#include <type_traits>

namespace dm = deepmaacc;

BOOST_AUTO_TEST_SUITE(policy_lists)

BOOST_AUTO_TEST_CASE(keeps_order_and_types) {
  const auto list = dm::detail::list_policies<dm::policy_list<>>(1, std::string("two"), 3);
  static_assert(std::is_same_v<std::remove_cv_t<decltype(list)>, dm::policy_list<int, std::string>>);
  BOOST_TEST(list.size() == 3U);
  const auto text = [](const auto& one) {
    if constexpr (std::is_same_v<std::remove_cvref_t<decltype(one)>, int>)
      return std::to_string(one);
    else
      return one;
  };
  BOOST_TEST(list.visit(0, text) == "1");
  BOOST_TEST(list.visit(1, text) == "two");
  BOOST_TEST(list.visit(2, text) == "3");
  BOOST_CHECK_THROW(list.visit(3, text), std::out_of_range);
}

BOOST_AUTO_TEST_CASE(shipped_ones_share_a_type) {
  using shipped = dm::policy_list<int, double, std::string>;
  static_assert(std::is_same_v<decltype(dm::detail::list_policies<shipped>(1, std::string("two"))), shipped>);
  static_assert(std::is_same_v<decltype(dm::detail::list_policies<shipped>(1, 'c')), dm::policy_list<int, char>>);
  const auto list = dm::detail::list_policies<shipped>(std::string("two"), 1);
  BOOST_TEST(list.size() == 2U);
  BOOST_TEST(list.visit(0, [](const auto& one) { return std::is_same_v<std::remove_cvref_t<decltype(one)>, std::string>; }));
}

BOOST_AUTO_TEST_CASE(admits_its_types_only) {
  using list = dm::policy_list<int, std::string>;
  static_assert(list::admits<int> && list::admits<const std::string&> && !list::admits<double>);
  BOOST_TEST(list().empty());
  BOOST_TEST(list().add(5).size() == 1U);
}

BOOST_AUTO_TEST_CASE(one_policy_is_a_list_of_one) {
  using list = dm::policy_list<int, std::string>;
  const list one = std::string("one");
  BOOST_TEST(one.size() == 1U);
  BOOST_TEST(one.visit(0, [](const auto& held) { return std::is_same_v<std::remove_cvref_t<decltype(held)>, std::string>; }));
  static_assert(std::is_convertible_v<int&, list> && !std::is_convertible_v<double, list>);
  list several = one;  // a copy, not a list of lists
  several.add(2);
  list copy(several);
  BOOST_TEST(copy.size() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()
