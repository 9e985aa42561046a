#include <Kokkos_Core.hpp>
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/core/input_source.hpp>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/core/test_set.hpp>
#include <deepmaacc/core/xtensor.hpp>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "support/error_text.hpp"

using deepmaacc::test_set;

namespace {

const std::vector<int> labels{0, 1, 2};

/// The number that input i has at (y, x).
float number(std::size_t i, std::size_t y, std::size_t x) { return static_cast<float>(100 * i + 10 * y + x); }

template <class Tensor>
void fill(Tensor& tensor) {
  for (std::size_t i = 0; i < 3; ++i)
    for (std::size_t y = 0; y < 2; ++y)
      for (std::size_t x = 0; x < 4; ++x) tensor(i, y, x) = number(i, y, x);
}

template <class U, class T>
void check_blocks(const test_set<T>& tests) {
  BOOST_TEST(tests.size() == 3U);
  BOOST_TEST(tests.features() == 8U);
  std::vector<U> scratch;
  const auto block = tests.template block<U>(1, 2, scratch);
  for (std::size_t i = 0; i < 2; ++i)
    for (std::size_t f = 0; f < 8; ++f) BOOST_TEST(block(i, f) == static_cast<U>(number(i + 1, f / 4, f % 4)));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_sets)

BOOST_AUTO_TEST_CASE(row_major_inputs_are_not_copied) {
  xt::xtensor<float, 3> tensor(std::array<std::size_t, 3>{3, 2, 4});
  fill(tensor);
  const test_set tests(tensor, labels);
  std::vector<float> scratch;
  BOOST_TEST(tests.block<float>(1, 2, scratch).data() == tensor.data() + 8);
  BOOST_TEST(scratch.empty());
  check_blocks<float>(tests);
  check_blocks<double>(tests);

  const Kokkos::View<float***, Kokkos::LayoutRight, Kokkos::HostSpace> view("view", 3, 2, 4);
  fill(view);
  const test_set of_view(view, labels);
  BOOST_TEST(of_view.block<float>(0, 3, scratch).data() == view.data());
  check_blocks<float>(of_view);
}

BOOST_AUTO_TEST_CASE(other_layouts_are_packed_block_by_block) {
  const Kokkos::View<float***, Kokkos::LayoutLeft, Kokkos::HostSpace> view("view", 3, 2, 4);
  fill(view);
  check_blocks<float>(test_set(view, labels));
  xt::xtensor<float, 3, xt::layout_type::column_major> tensor(std::array<std::size_t, 3>{3, 2, 4});
  fill(tensor);
  check_blocks<float>(test_set(tensor, labels));
  check_blocks<double>(test_set(tensor, labels));
}

BOOST_AUTO_TEST_CASE(what_is_handed_over_is_kept_alive) {
  xt::xtensor<float, 3> tensor(std::array<std::size_t, 3>{3, 2, 4});
  fill(tensor);
  const float* const data = tensor.data();
  const test_set tests(std::move(tensor), labels);
  std::vector<float> scratch;
  BOOST_TEST(tests.block<float>(0, 1, scratch).data() == data);
  auto first = std::make_unique<test_set<float>>(tests);
  const test_set<float> part = first->first(2);
  first.reset();
  BOOST_TEST(part.size() == 2U);
  BOOST_TEST(part.block<float>(1, 1, scratch)(0, 3) == number(1, 0, 3));
}

BOOST_AUTO_TEST_CASE(a_set_may_be_without_labels) {
  xt::xtensor<float, 3> tensor(std::array<std::size_t, 3>{3, 2, 4});
  fill(tensor);
  const test_set tests(tensor);
  check_blocks<float>(tests);
  BOOST_TEST(!tests.has_labels());
  BOOST_TEST(tests.labels().empty());
  const auto part = tests.first(2);
  BOOST_TEST(part.size() == 2U);
  BOOST_TEST(!part.has_labels());
  BOOST_TEST(tests.first(7).size() == 3U);

  test_set labelled(tensor, labels);
  BOOST_TEST(labelled.has_labels());
  BOOST_TEST(labelled.first(2).labels().size() == 2U);
  test_set copy(labelled);  // a copy, not a set of sets
  BOOST_TEST(copy.has_labels());
  BOOST_TEST((std::is_same_v<decltype(copy), test_set<float>>));
  BOOST_TEST((!std::is_convertible_v<xt::xtensor<float, 3>&, test_set<float>>));

  const Kokkos::View<double***, Kokkos::LayoutLeft, Kokkos::HostSpace> view("view", 3, 2, 4);
  fill(view);
  check_blocks<double>(test_set(view));
  const test_set moved(std::move(tensor));
  check_blocks<double>(moved);
}

BOOST_AUTO_TEST_CASE(targets_are_numbers) {
  const test_set tests(std::vector<float>(24, 0), {3, 2, 4}, labels);
  BOOST_TEST(tests.target_size() == 1U);  // the label
  const auto targeted = tests.with_targets(xt::xtensor<float, 2>{{0.5F, 1}, {2, 3}, {4, 5}});
  BOOST_TEST(targeted.target_size() == 2U);
  BOOST_TEST(!targeted.has_labels());
  std::vector<double> label(1), target(2);
  tests.target(2, label);
  targeted.target(1, target);
  BOOST_TEST(label == std::vector<double>{2}, boost::test_tools::per_element());
  BOOST_TEST(target == (std::vector<double>{2, 3}), boost::test_tools::per_element());
  const auto two = targeted.first(2);
  BOOST_TEST(two.target_size() == 2U);
  two.target(1, target);
  BOOST_TEST(target == (std::vector<double>{2, 3}), boost::test_tools::per_element());
  BOOST_TEST(tests.with_targets(std::vector<double>{1, 2, 3}).target_size() == 1U);
  const auto fault = [&](std::vector<double> numbers) {
    return support::error_text<deepmaacc::data_error>([&] { static_cast<void>(tests.with_targets(std::move(numbers))); });
  };
  BOOST_TEST(fault({1, 2}).find("the test set has 3 inputs, but 2 target numbers") != std::string::npos);
  BOOST_TEST(fault({}).find("0 target numbers") != std::string::npos);
  BOOST_TEST(support::error_text<deepmaacc::data_error>([&] {
               static_cast<void>(tests.with_targets(xt::xtensor<int, 2>{{0, 1}, {1, 0}}));
             }).find("targets of shape (2, 2)") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(extents_of_one_do_not_matter) {
  xt::xtensor<float, 4> tensor(std::array<std::size_t, 4>{3, 2, 4, 1});
  for (std::size_t i = 0; i < tensor.size(); ++i) tensor.data()[i] = number(i / 8, i % 8 / 4, i % 4);
  std::vector<float> scratch;
  BOOST_TEST(test_set(tensor, labels).block<float>(0, 1, scratch).data() == tensor.data());
}

BOOST_AUTO_TEST_CASE(a_vector_comes_with_its_shape) {
  xt::xtensor<float, 3> tensor(std::array<std::size_t, 3>{3, 2, 4});
  fill(tensor);
  std::vector<float> numbers(tensor.data(), tensor.data() + tensor.size());
  const test_set tests(numbers, {3, 2, 4}, labels);
  static_assert(std::is_same_v<decltype(tests), const test_set<float>>);
  numbers.assign(numbers.size(), -1.0F);  // the set has a copy
  BOOST_TEST(tests.labels() == (std::vector<std::uint32_t>{0, 1, 2}), boost::test_tools::per_element());
  BOOST_TEST(tests.input_shape() == (deepmaacc::shape{2, 4}), boost::test_tools::per_element());
  check_blocks<float>(tests);
  check_blocks<double>(tests);

  std::vector<double> given(tensor.data(), tensor.data() + tensor.size());
  const double* const data = given.data();
  const test_set rows(std::move(given), {3, 8});
  static_assert(std::is_same_v<decltype(rows), const test_set<double>>);
  std::vector<double> scratch;
  BOOST_TEST(rows.block<double>(0, 1, scratch).data() == data);  // moved
  BOOST_TEST(!rows.has_labels());
  BOOST_TEST(rows.input_shape() == (deepmaacc::shape{8}), boost::test_tools::per_element());
  check_blocks<double>(rows);
}

namespace {

/// Makes inputs of 8 numbers, or says where they lie.
class counting_source final : public deepmaacc::input_source<float> {
 public:
  counting_source(std::size_t size, bool has_rows) : size_(size), numbers_(size * 8) {
    for (std::size_t f = 0; f < numbers_.size(); ++f) numbers_[f] = number(f / 8, f % 8 / 4, f % 4);
    if (!has_rows) rows_ = nullptr;
  }
  std::size_t size() const override { return size_; }
  const deepmaacc::shape& input_shape() const override { return shape_; }
  void write(std::size_t first, std::size_t count, float* rows) const override { std::copy_n(&numbers_[first * 8], count * 8, rows); }
  const float* rows() const override { return rows_; }

 private:
  std::size_t size_;
  std::vector<float> numbers_;
  const float* rows_ = numbers_.data();
  deepmaacc::shape shape_{2, 4};
};

}  // namespace

BOOST_AUTO_TEST_CASE(inputs_may_come_from_a_source) {
  using source = std::shared_ptr<const deepmaacc::input_source<float>>;
  for (const bool has_rows : {false, true}) {
    const source inputs = std::make_shared<counting_source>(3, has_rows);
    const test_set tests(inputs, std::vector<std::uint32_t>{2, 1, 0});
    BOOST_TEST((std::is_same_v<decltype(tests), const test_set<float>>));
    BOOST_TEST(tests.is_contiguous_as<float>() == has_rows);
    BOOST_TEST(tests.input_shape() == (deepmaacc::shape{2, 4}), boost::test_tools::per_element());
    check_blocks<float>(tests);
    check_blocks<double>(tests);
    std::vector<float> scratch(8);
    BOOST_TEST(tests.row<float>(2, scratch.data())[7] == number(2, 1, 3));
    BOOST_TEST(tests.first(2).labels() == (std::vector<std::uint32_t>{2, 1}), boost::test_tools::per_element());
    BOOST_TEST(&tests.first(3).labels() == &tests.labels());  // shared, as all copies do
    BOOST_TEST(!test_set(inputs).has_labels());
  }
  using deepmaacc::data_error;
  const source inputs = std::make_shared<counting_source>(3, true), none = std::make_shared<counting_source>(0, true);
  BOOST_TEST(support::error_text<data_error>([&] { test_set(inputs, std::vector<std::uint32_t>{1}); }).find("3 inputs, but 1 labels") !=
             std::string::npos);
  BOOST_TEST(support::error_text<data_error>([&] { test_set{none}; }).find("empty") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(faults_are_named) {
  xt::xtensor<float, 2> tensor(std::array<std::size_t, 2>{3, 2}), none(std::array<std::size_t, 2>{0, 2});
  using deepmaacc::data_error;
  BOOST_TEST(support::error_text<data_error>([&] { test_set(tensor, std::vector<int>{1}); }).find("3 inputs, but 1 labels") !=
             std::string::npos);
  BOOST_TEST(support::error_text<data_error>([&] { test_set(tensor, std::vector<int>{1, -2, 0}); }).find("label -2") != std::string::npos);
  BOOST_TEST(support::error_text<data_error>([&] { test_set(none, std::vector<int>{}); }).find("empty") != std::string::npos);
  BOOST_TEST(support::error_text<data_error>([&] { test_set{none}; }).find("empty") != std::string::npos);
  const std::vector<float> numbers(6);
  BOOST_TEST(support::error_text<data_error>([&] {
               test_set(numbers, {3, 3}, labels);
             }) == "a std::vector of 6 numbers has not the shape (3, 3); give the extents of all its numbers, such as {rows, columns}");
  BOOST_TEST(support::error_text<data_error>([&] {
               test_set(numbers, {2, 3}, labels);
             }).find("2 inputs, but 3 labels") != std::string::npos);
  BOOST_TEST(support::error_text<data_error>([&] { test_set(numbers, deepmaacc::shape{}); }).find("shape ()") != std::string::npos);
  BOOST_TEST(support::error_text<data_error>([&] { test_set(std::vector<float>{}, {0, 3}); }).find("empty") != std::string::npos);
  BOOST_TEST(support::error_text<deepmaacc::usage_error>([&] { test_set(tensor, labels).first(0); }).find("at least one") !=
             std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
