#include <Kokkos_Core.hpp>
#include <array>
#include <bit>
#include <boost/mpl/list.hpp>
#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/xtensor.hpp>
#include <deepmaacc/io/npy.hpp>
#include <deepmaacc/io/npy_writer.hpp>
#include <filesystem>
#include <iterator>
#include <limits>
#include <span>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "files.hpp"

namespace dm = deepmaacc;
using support::check_error;
using support::scratch_folder;

namespace {

using types = boost::mpl::list<float, double, std::int8_t, std::uint8_t, std::int16_t, std::uint16_t, std::int32_t, std::uint32_t,
                               std::int64_t, std::uint64_t>;

template <class Numbers>
std::string npy_of(const Numbers& numbers) {
  std::ostringstream out;
  dm::io::write_npy(out, numbers);
  return out.str();
}

template <class Numbers>
dm::io::array<double> read_back(const Numbers& numbers) {
  return dm::io::read_npy<double>(support::bytes_of(npy_of(numbers)));
}

/// What `numpy.save` of NumPy 2.4 puts before the numbers on a little-endian machine: 128 bytes, of which spaces are not listed.
std::string numpy_header(const std::string& dictionary) {
  using namespace std::string_literals;
  std::string bytes = "\x93NUMPY\x01\x00v\x00"s + dictionary;
  bytes.resize(127, ' ');
  return bytes + '\n';
}

void check_array(const dm::io::array<double>& found, const dm::shape& extents, const std::vector<double>& values) {
  BOOST_TEST(found.extents == extents, boost::test_tools::per_element());
  BOOST_TEST(found.values == values, boost::test_tools::per_element());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(npy_writer)

BOOST_AUTO_TEST_CASE(bytes_are_those_of_numpy) {
  if (std::endian::native != std::endian::little) return;
  using namespace std::string_literals;
  // numpy.save(file, numpy.array([[1, 2, -2], [0, 0.5, 4]], '<f4'))
  const xt::xtensor<float, 2> matrix{{1, 2, -2}, {0, 0.5F, 4}};
  BOOST_TEST(npy_of(matrix) == numpy_header("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }") +
                                   "\x00\x00\x80\x3f\x00\x00\x00\x40\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00\x00\x3f\x00\x00\x80\x40"s);
  // numpy.save(file, numpy.array([3, 258], '<i8'))
  BOOST_TEST(npy_of(std::vector<std::size_t>{3, 258}) == numpy_header("{'descr': '<i8', 'fortran_order': False, 'shape': (2,), }") +
                                                             "\x03\x00\x00\x00\x00\x00\x00\x00\x02\x01\x00\x00\x00\x00\x00\x00"s);
  // numpy.save(file, numpy.zeros((0, 4)))
  BOOST_TEST(npy_of(xt::xtensor<double, 2>(std::array<std::size_t, 2>{0, 4})) ==
             numpy_header("{'descr': '<f8', 'fortran_order': False, 'shape': (0, 4), }"));
  // numpy.save(file, numpy.array(7, 'u1'))
  BOOST_TEST(npy_of(dm::io::array<std::uint8_t>{{}, {7}}) ==
             numpy_header("{'descr': '|u1', 'fortran_order': False, 'shape': (), }") + '\x07');
  // A header that is a multiple of 64 bytes without any padding gets a whole line of it.
  for (const auto& [second, size] : {std::pair<std::size_t, std::size_t>{10, 128}, {100, 192}}) {
    dm::shape extents(14, 1);
    extents[1] = second;
    BOOST_TEST(npy_of(dm::io::array<std::int8_t>{extents, std::vector<std::int8_t>(second)}).size() == size + second);
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(every_type_is_read_back, T, types) {
  const xt::xtensor<T, 3> numbers{{{std::numeric_limits<T>::lowest()}, {T{1}}, {T{2}}}, {{T{3}}, {T{100}}, {T{101}}}};
  std::vector<double> values;
  for (const T number : numbers) values.push_back(static_cast<double>(number));
  check_array(read_back(numbers), {2, 3, 1}, values);
  check_array(read_back(std::vector<T>{T{5}, T{6}}), {2}, {5, 6});
}

BOOST_AUTO_TEST_CASE(other_layouts_are_written_row_major) {
  const std::vector<double> values{1, 2, 3, 4, 5, 6};
  const xt::xtensor<double, 2, xt::layout_type::column_major> columns{{1, 2, 3}, {4, 5, 6}};
  check_array(read_back(columns), {2, 3}, values);
  Kokkos::View<double**, Kokkos::LayoutLeft, Kokkos::HostSpace> left("left", 2, 3);
  Kokkos::View<double**, Kokkos::LayoutRight, Kokkos::HostSpace> right("right", 2, 3);
  for (std::size_t i = 0; i < 6; ++i) left(i / 3, i % 3) = right(i / 3, i % 3) = values[i];
  check_array(read_back(left), {2, 3}, values);
  check_array(read_back(right), {2, 3}, values);
  check_array(read_back(Kokkos::subview(right, Kokkos::ALL, 1)), {2}, {2, 5});
  check_array(read_back(xt::xtensor<double, 2, xt::layout_type::column_major>(std::array<std::size_t, 2>{0, 3})), {0, 3}, {});
  check_array(read_back(xt::xtensor<double, 2, xt::layout_type::column_major>(std::array<std::size_t, 2>{3, 0})), {3, 0}, {});
}

BOOST_AUTO_TEST_CASE(ranges_in_one_piece_are_vectors) {
  check_array(read_back(std::array<int, 3>{1, 2, 3}), {3}, {1, 2, 3});
  const std::vector<float> some{1, 2, 3};
  check_array(read_back(std::span(some).subspan(1)), {2}, {2, 3});
  check_array(read_back(std::vector<float>{}), {0}, {});
  check_array(read_back(dm::io::array<float>{{3, 1}, {1, 2, 3}}), {3, 1}, {1, 2, 3});
}

BOOST_AUTO_TEST_CASE(numbers_that_int64_cannot_hold_are_refused) {
  const std::size_t largest = std::numeric_limits<std::int64_t>::max();
  check_array(read_back(std::vector<std::size_t>{largest}), {1}, {0x1p63});
  const scratch_folder folder;
  const auto path = folder.path() / "numbers.npy";
  check_error<dm::data_error>(
      [&] {
        dm::io::write_npy(path, std::vector<std::size_t>{0, largest + 1});
      },
      {"element 1", "9223372036854775808", "int64", "convert"});
  BOOST_TEST(std::filesystem::is_empty(folder.path()));
}

BOOST_AUTO_TEST_CASE(headers_beyond_64_kib_are_version_2) {
  const dm::shape ones(30000, 1);
  const std::string text = npy_of(dm::io::array<float>{ones, {5}});
  BOOST_TEST(static_cast<int>(text[6]) == 2);
  BOOST_TEST((text.size() - sizeof(float)) % 64 == 0);
  check_array(dm::io::read_npy<double>(support::bytes_of(text)), ones, {5});
}

BOOST_AUTO_TEST_CASE(files_appear_whole_or_not_at_all) {
  const scratch_folder folder;
  const auto path = folder.path() / "numbers.npy";
  dm::io::write_npy(path, std::vector<int>{1, 2});
  dm::io::write_npy(path.string(), std::vector<int>{3});
  check_array(dm::io::read_npy<double>(dm::io::read_file(path)), {1}, {3});
  BOOST_TEST(std::distance(std::filesystem::directory_iterator(folder.path()), std::filesystem::directory_iterator()) == 1);
  check_error<dm::data_error>([&] { dm::io::write_npy(folder.path() / "none" / "x.npy", std::vector<int>{1}); },
                              {"x.npy", "cannot be written"});
}

BOOST_AUTO_TEST_SUITE_END()
