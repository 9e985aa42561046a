#include <Kokkos_Core.hpp>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <deepmaacc/core/parallel.hpp>
#include <deepmaacc/storage/matrix_product.hpp>
#include <deepmaacc/storage/precision.hpp>
#include <random>
#include <vector>

#include "support/spaces.hpp"

namespace dm = deepmaacc;

namespace {

/// Largest error of a product against plain loops in double, relative to the sum of the absolute terms.
/// \tparam PrecisionPolicy  the precision: factors are rounded to it where it rounds, and the product is told
template <class PrecisionPolicy, class Space>
double worst_error(const Space& space, std::size_t m, std::size_t k, std::size_t n, std::uint32_t seed) {
  using T = typename PrecisionPolicy::value_type;
  using memory = typename Space::memory_space;
  std::mt19937 random(seed);
  std::normal_distribution<double> normal;
  const auto factor = [&] {
    const auto number = static_cast<T>(normal(random));
    if constexpr (dm::precision_traits<PrecisionPolicy>::rounds_factors)
      return PrecisionPolicy::round(number);
    else
      return number;
  };
  Kokkos::View<T**, Kokkos::LayoutRight, memory> a("a", m, k), b("b", k, n), c("c", m, n);
  const auto host_a = Kokkos::create_mirror_view(a), host_b = Kokkos::create_mirror_view(b);
  for (std::size_t i = 0; i < m; ++i)
    for (std::size_t j = 0; j < k; ++j) host_a(i, j) = factor();
  for (std::size_t i = 0; i < k; ++i)
    for (std::size_t j = 0; j < n; ++j) host_b(i, j) = factor();
  Kokkos::deep_copy(a, host_a);
  Kokkos::deep_copy(b, host_b);
  Kokkos::deep_copy(c, T{7});  // must be overwritten
  const auto multiply = [&] {
    dm::matrix_product<PrecisionPolicy>(space, dm::matrix<const T, memory>(a.data(), m, k), dm::matrix<const T, memory>(b.data(), k, n),
                                        dm::matrix<T, memory>(c.data(), m, n));
    space.fence();
  };
  multiply();
  const auto host_c = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace{}, c);
  multiply();
  const auto again = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace{}, c);
  double worst = 0;
  for (std::size_t i = 0; i < m; ++i)
    for (std::size_t j = 0; j < n; ++j) {
      BOOST_REQUIRE(again(i, j) == host_c(i, j));  // the same bits each time
      double sum = 0, scale = 1e-30;
      for (std::size_t l = 0; l < k; ++l) {
        const double term = static_cast<double>(host_a(i, l)) * static_cast<double>(host_b(l, j));
        sum += term, scale += std::abs(term);
      }
      worst = std::max(worst, std::abs(static_cast<double>(host_c(i, j)) - sum) / scale);
    }
  return worst;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(products)

BOOST_AUTO_TEST_CASE_TEMPLATE(agree_with_plain_loops, Space, support::spaces) {
  const Space space;
  const auto check = [&](std::size_t m, std::size_t k, std::size_t n) {
    BOOST_TEST(worst_error<dm::precision::float32>(space, m, k, n, 1) < 1e-6);  // by TF32 it were 1e-4
    BOOST_TEST(worst_error<dm::precision::float64>(space, m, k, n, 2) < 1e-14);
    BOOST_TEST(worst_error<dm::precision::tf32>(space, m, k, n, 3) < 1e-5);  // products are exact, tensor cores sum less carefully
  };
  // One row, one column, one term, and sizes beside multiples of the vector width: BLAS treats them all differently.
  for (const std::size_t m : std::vector<std::size_t>{1, 2, 17, 64})
    for (const std::size_t k : std::vector<std::size_t>{1, 3, 75, 128})
      for (const std::size_t n : std::vector<std::size_t>{1, 6, 16, 33}) check(m, k, n);
  check(131, 259, 129);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(of_no_terms_is_zero, Space, support::spaces) {
  BOOST_TEST(worst_error<dm::precision::float32>(Space{}, 3, 0, 5, 1) == 0);
}

BOOST_AUTO_TEST_CASE(nothing_times_something_is_zero) {
  std::vector<float> b(6), c{1, 2, 3};
  dm::matrix_product(dm::this_thread{}, dm::matrix<const float>(nullptr, 0, 2), dm::matrix<const float>(b.data(), 2, 3),
                     dm::matrix<float>(c.data(), 0, 3));
  BOOST_TEST(c[0] == 1);
}

BOOST_AUTO_TEST_CASE(extents_beyond_blas_are_refused) {
  const std::size_t huge = std::size_t{1} << 31;
  BOOST_CHECK_THROW(dm::matrix_product(dm::this_thread{}, dm::matrix<const float>(nullptr, huge, 1), dm::matrix<const float>(nullptr, 1, 1),
                                       dm::matrix<float>(nullptr, huge, 1)),
                    dm::usage_error);
}

// Products of different sizes on all threads at once, large enough to use the BLAS' own buffers: a BLAS that is not safe to call from
// several threads gives wrong numbers here.
BOOST_AUTO_TEST_CASE(side_by_side_products_do_not_disturb_each_other) {
  std::atomic<int> wrong = 0;
  dm::parallel_tasks(Kokkos::DefaultHostExecutionSpace{}, "products", 2000, [&](std::size_t task, std::size_t) {
    const std::size_t n = 104 + 8 * (task % 4);
    const auto factor = static_cast<float>(1 + task % 5);
    const std::vector<float> a(n * n, factor), b(n * n, 1.0F);
    std::vector<float> c(n * n);
    dm::matrix_product(dm::this_thread{}, dm::matrix<const float>(a.data(), n, n), dm::matrix<const float>(b.data(), n, n),
                       dm::matrix<float>(c.data(), n, n));
    for (const float value : c)
      if (value != factor * static_cast<float>(n)) {
        ++wrong;
        break;
      }
  });
  BOOST_TEST(wrong == 0);
}

BOOST_AUTO_TEST_SUITE_END()
