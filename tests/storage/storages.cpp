#include <Kokkos_Core.hpp>
#include <boost/mpl/list.hpp>
#include <boost/test/unit_test.hpp>
#include <deepmaacc/storage/copy.hpp>
#include <deepmaacc/storage/kokkos_view.hpp>
#include <deepmaacc/storage/strided.hpp>
#include <deepmaacc/storage/xtensor_host.hpp>
#include <span>
#include <vector>

#include "support/spaces.hpp"

namespace dm = deepmaacc;
using storages = boost::mpl::list<dm::storage::xtensor_host<float>, dm::storage::xtensor_host<double>,
                                  dm::storage::kokkos_view<float, Kokkos::HostSpace>, dm::storage::kokkos_view<double>,
                                  dm::archetype::weight_storage<float, Kokkos::HostSpace>>;

namespace {

template <class Storage>
std::vector<double> numbers(const Storage& storage) {
  using T = typename Storage::value_type;
  const auto host = dm::storage::converted<dm::storage::xtensor_host<T>>(storage);
  return {host.data(), host.data() + host.size()};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(weight_storages)

BOOST_AUTO_TEST_CASE_TEMPLATE(keep_the_laws, Storage, storages) {
  BOOST_TEST(Storage().size() == 0U);
  BOOST_TEST(numbers(Storage(3)) == std::vector<double>(3), boost::test_tools::per_element());
  const std::vector<double> values{1, 2, 3};
  const auto original = dm::storage::from_host<Storage>(values);
  Storage copy = original;
  BOOST_TEST((copy.data() != original.data()));
  copy = Storage(2);
  BOOST_TEST(numbers(original) == values, boost::test_tools::per_element());
  copy = original;
  const auto* const place = copy.data();
  const Storage moved = std::move(copy);
  BOOST_TEST((moved.data() == place));
  BOOST_TEST(numbers(moved) == values, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(parts_at_equal_steps_are_read_and_written, Space, support::spaces) {
  using memory = typename Space::memory_space;
  const Space space;
  const std::vector<double> values{0, 1, 2, 3, 4, 5};
  auto storage = dm::storage::from_host<dm::storage::kokkos_view<float, memory>>(values);
  std::vector<float> column(3);
  dm::storage::read_strided(space, dm::matrix<const float, memory>(storage.data(), 1, 6), 1, 2, std::span(column));
  BOOST_TEST(column == (std::vector<float>{1, 3, 5}), boost::test_tools::per_element());
  const std::vector<float> replaced{7, 8, 9};
  const dm::matrix<float, memory> all(storage.data(), 1, 6);
  dm::storage::write_strided(space, std::span(replaced), all, 0, 2);
  BOOST_TEST(numbers(storage) == (std::vector<double>{7, 1, 8, 3, 9, 5}), boost::test_tools::per_element());
  dm::storage::write_strided(space, std::span(replaced).first(2), all, 4, 1);
  BOOST_TEST(numbers(storage) == (std::vector<double>{7, 1, 8, 3, 7, 8}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
