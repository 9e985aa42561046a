#include <Kokkos_Core.hpp>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <deepmaacc/core/parallel.hpp>
#include <deepmaacc/storage/matrix_product.hpp>
#include <random>
#include <vector>

#include "support/spaces.hpp"

namespace dm = deepmaacc;

namespace {

/// Largest error of a product against plain loops in double, relative to the sum of the absolute terms.
template <class T, class Space>
double worst_error(const Space& space, std::size_t m, std::size_t k, std::size_t n, std::uint32_t seed) {
  using memory = typename Space::memory_space;
  std::mt19937 random(seed);
  std::normal_distribution<double> normal;
  Kokkos::View<T**, Kokkos::LayoutRight, memory> a("a", m, k), b("b", k, n), c("c", m, n);
  const auto host_a = Kokkos::create_mirror_view(a), host_b = Kokkos::create_mirror_view(b);
  for (std::size_t i = 0; i < m; ++i)
    for (std::size_t j = 0; j < k; ++j) host_a(i, j) = static_cast<T>(normal(random));
  for (std::size_t i = 0; i < k; ++i)
    for (std::size_t j = 0; j < n; ++j) host_b(i, j) = static_cast<T>(normal(random));
  Kokkos::deep_copy(a, host_a);
  Kokkos::deep_copy(b, host_b);
  Kokkos::deep_copy(c, T{7});  // must be overwritten
  dm::matrix_product(space, dm::matrix<const T, memory>(a.data(), m, k), dm::matrix<const T, memory>(b.data(), k, n),
                     dm::matrix<T, memory>(c.data(), m, n));
  space.fence();
  const auto host_c = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace{}, c);
  double worst = 0;
  for (std::size_t i = 0; i < m; ++i)
    for (std::size_t j = 0; j < n; ++j) {
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
  // One row, one column, one term, and sizes beside multiples of the vector width: BLAS treats them all differently.
  for (const std::size_t m : std::vector<std::size_t>{1, 2, 17, 64})
    for (const std::size_t k : std::vector<std::size_t>{1, 3, 75, 128})
      for (const std::size_t n : std::vector<std::size_t>{1, 6, 16, 33}) {
        BOOST_TEST(worst_error<float>(space, m, k, n, 1) < 1e-6);
        BOOST_TEST(worst_error<double>(space, m, k, n, 2) < 1e-14);
      }
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
