#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/io/test_set.hpp>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "files.hpp"

namespace dm = deepmaacc;
using support::check_error;
using support::scratch_folder;

namespace {

/// The bytes of an IDX file: numbers are written as given.
std::string idx(int type, const std::vector<std::uint32_t>& extents, const std::string& data) {
  std::string file{'\0', '\0', static_cast<char>(type), static_cast<char>(extents.size())};
  for (const std::uint32_t extent : extents)
    for (int shift = 24; shift >= 0; shift -= 8) file += static_cast<char>(extent >> shift & 0xff);
  return file + data;
}

dm::io::array<double> read(const std::string& content) { return dm::io::read_idx<double>(support::bytes_of(content)); }

void check_numbers(const std::string& content, const std::vector<double>& numbers) {
  BOOST_TEST(read(content).values == numbers, boost::test_tools::per_element());
}

// A string literal with zeros in it.
template <std::size_t Size>
std::string bytes(const char (&text)[Size]) {
  return {text, Size - 1};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(idx_files)

BOOST_AUTO_TEST_CASE(every_type_is_read_big_endian) {
  check_numbers(idx(0x08, {3}, bytes("\x00\x7f\xff")), {0, 127, 255});
  check_numbers(idx(0x09, {3}, bytes("\x00\x7f\xff")), {0, 127, -1});
  check_numbers(idx(0x0B, {2}, bytes("\x01\x02\x80\x00")), {258, -32768});
  check_numbers(idx(0x0C, {2}, bytes("\x00\x01\x00\x02\xff\xff\xff\xfe")), {65538, -2});
  check_numbers(idx(0x0D, {2}, bytes("\x3f\xc0\x00\x00\xc0\x00\x00\x00")), {1.5, -2});
  check_numbers(idx(0x0E, {1}, bytes("\xbf\xd0\x00\x00\x00\x00\x00\x00")), {-0.25});
}

BOOST_AUTO_TEST_CASE(extents_are_read_in_order) {
  const auto found = read(idx(0x08, {2, 3, 1}, "abcdef"));
  BOOST_TEST(found.extents == (dm::shape{2, 3, 1}), boost::test_tools::per_element());
  BOOST_TEST(found.values[4] == 'e');
  BOOST_TEST(read(idx(0x08, {0, 28, 28}, "")).values.empty());
  BOOST_TEST(read(idx(0x08, {300}, std::string(300, 'x'))).values.size() == 300U);
}

BOOST_AUTO_TEST_CASE(a_file_is_read_plain_or_compressed) {
  const scratch_folder folder;
  const std::string content = idx(0x08, {2, 2}, "abcd");
  // More than the reader unpacks at once.
  const std::string large = idx(0x08, {3, 200000}, std::string(600000, 'x'));
  for (const auto& path : {folder.write("plain", content), folder.write_gzip("packed.gz", content)})
    BOOST_TEST(dm::io::read_array<float>(path).values == (std::vector<float>{'a', 'b', 'c', 'd'}), boost::test_tools::per_element());
  BOOST_TEST(dm::io::read_array<float>(folder.write_gzip("large.gz", large)).values == std::vector<float>(600000, 'x'));
  // Compressed files one behind the other are one file.
  const auto bytes_of = [&](std::string_view part) {
    std::ifstream file(folder.write_gzip("part.gz", part), std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  const std::string joined = bytes_of(content.substr(0, 5)) + bytes_of(content.substr(5));
  BOOST_TEST(dm::io::read_array<float>(folder.write("joined.gz", joined)).values == (std::vector<float>{'a', 'b', 'c', 'd'}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(broken_files_are_refused) {
  const scratch_folder folder;
  check_error<dm::data_error>([] { read(idx(0x0A, {1}, "a")); }, {"IDX type 10 is unknown"});
  check_error<dm::data_error>([] { read("text"); }, {"it is no IDX file"});
  check_error<dm::data_error>([] { read(idx(0x08, {2, 2}, "abcd").substr(0, 9)); }, {"the IDX header is cut off"});
  check_error<dm::data_error>([] { read(idx(0x08, {2, 2}, "abc")); }, {"(2, 2)", "3 bytes are there"});
  check_error<dm::data_error>([] { read(idx(0x08, {2, 2}, "abcde")); }, {"(2, 2)", "5 bytes are there"});
  check_error<dm::data_error>([] { read(idx(0x0D, {1}, "abc")); }, {"(1)", "3 bytes are there"});
  check_error<dm::data_error>([] { read(idx(0x08, {0xffffffff, 0x7fffffff}, "abc")); }, {"3 bytes are there"});
  check_error<dm::data_error>([] { read(idx(0x08, {0xffffffff, 0xffffffff, 0xffffffff}, "abc")); }, {"more elements"});
  const std::string packed = support::content_of(folder.write_gzip("whole.gz", idx(0x08, {2, 2}, "abcd")));
  const auto half = folder.write("half.gz", packed.substr(0, packed.size() - 9)), last = folder.write("last.gz", packed + "x");
  check_error<dm::data_error>([&] { dm::io::read_array<float>(half); }, {half, "ends too early"});
  std::string changed = packed;
  changed[packed.size() - 6] = static_cast<char>(changed[packed.size() - 6] ^ 1);  // in the check sum
  const auto wrong = folder.write("wrong.gz", changed);
  check_error<dm::data_error>([&] { dm::io::read_array<float>(wrong); }, {wrong, "the gzip data is broken"});
}

BOOST_AUTO_TEST_SUITE_END()
