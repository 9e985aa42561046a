#include <boost/test/unit_test.hpp>
#include <deepmaacc/core/one_of.hpp>
#include <memory>
#include <string>
#include <type_traits>
#include <typeinfo>
#include <utility>
#include <vector>

namespace dm = deepmaacc;

namespace {

template <int Number>
struct plain {
  double value = Number;
};

/// Takes anything.
struct greedy {
  greedy() = default;
  template <class T>
  greedy(const T&) {}
};

template <class T>
std::string name_of(const T& one) {
  if constexpr (std::is_same_v<T, std::string>)
    return one;
  else if constexpr (requires { one.value; })
    return std::to_string(static_cast<int>(one.value));
  else
    return std::to_string(one);
}

constexpr auto naming = [](const auto& one) { return name_of(one); };

using few = dm::one_of<int, std::string>;
using many = dm::one_of<plain<0>, plain<1>, plain<2>, plain<3>, plain<4>, plain<5>, plain<6>, plain<7>, plain<8>, plain<9>, plain<10>>;

}  // namespace

BOOST_AUTO_TEST_SUITE(one_of)

BOOST_AUTO_TEST_CASE(holds_one_type) {
  const few text = std::string("two");
  BOOST_TEST((text.holds<std::string>() && !text.holds<int>()));
  BOOST_TEST(text.index() == 1U);
  BOOST_TEST(text.get_if<int>() == nullptr);
  BOOST_TEST(*text.get_if<std::string>() == "two");
  BOOST_TEST(text.as<std::string>() == "two");
  BOOST_TEST(few{}.as<int>() == 0);
}

BOOST_AUTO_TEST_CASE(visits_few_and_many) {
  BOOST_TEST(few(3).visit(naming) == "3");
  BOOST_TEST(few(std::string("two")).visit(naming) == "two");
  BOOST_TEST(many{}.visit(naming) == "0");
  BOOST_TEST(many(plain<9>{4}).visit(naming) == "4");
  BOOST_TEST(many(plain<10>{}).visit(naming) == "10");
  std::vector<std::string> all;
  many::for_each_kind([&]<class Kind>() { all.push_back(many(Kind{}).visit(naming)); });
  BOOST_TEST(all == (std::vector<std::string>{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(is_copied_as_its_types_are) {
  static_assert(std::is_trivially_copyable_v<many> && !std::is_trivially_copyable_v<few>);
  many one = plain<3>{};
  const many copy = one;
  one = plain<4>{7};
  BOOST_TEST(copy.visit(naming) == "3");
  BOOST_TEST(one.visit(naming) == "7");

  const auto counted = std::make_shared<int>(5);
  using holder = dm::one_of<int, std::shared_ptr<int>>;
  {
    holder first = counted;
    const holder second = first;
    BOOST_TEST(counted.use_count() == 2);  // copies share what they hold
    first = 1;
    BOOST_TEST(*second.as<std::shared_ptr<int>>() == 5);
  }
  BOOST_TEST(counted.use_count() == 1);
}

BOOST_AUTO_TEST_CASE(converts_where_there_is_one_way) {
  using nested = dm::one_of<many, std::string>;
  BOOST_TEST(nested(plain<2>{}).as<many>().holds<plain<2>>());
  BOOST_TEST(nested("text").as<std::string>() == "text");
  static_assert(!std::is_constructible_v<dm::one_of<int, long>, char>, "two ways");
  static_assert(!std::is_constructible_v<few, std::vector<int>>, "no way");
  static_assert(!std::is_constructible_v<few, double> && !std::is_constructible_v<dm::one_of<bool, std::string>, int*>,
                "none that narrows");
  BOOST_TEST((dm::one_of<bool, double>(1.5F).as<double>() == 1.5));
  BOOST_TEST((dm::one_of<bool, std::string>("same").as<std::string>() == "same"));
  static_assert(std::is_constructible_v<dm::one_of<int, std::unique_ptr<int>>, std::unique_ptr<int>>, "moved in");
}

BOOST_AUTO_TEST_CASE(copies_are_not_taken_for_values) {
  using lists = dm::one_of<std::vector<greedy>, greedy>;
  lists one = std::vector<greedy>(2);
  const lists copy = one;
  BOOST_TEST(copy.as<std::vector<greedy>>().size() == 2U);
}

BOOST_AUTO_TEST_CASE(another_type_is_refused) { BOOST_CHECK_THROW(few(3).as<std::string>(), std::bad_cast); }

BOOST_AUTO_TEST_SUITE_END()
