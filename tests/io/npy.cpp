#include <algorithm>
#include <bit>
#include <boost/mpl/list.hpp>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/io/test_set.hpp>
#include <limits>
#include <string>
#include <vector>

#include "files.hpp"

namespace dm = deepmaacc;
using support::check_error;
using support::fixture;
using support::scratch_folder;

namespace {

using precisions = boost::mpl::list<float, double>;

/// What the fixtures script wrote for an integer type: 0 to 11, the type's least number first, its largest last.
template <class Integer>
std::vector<double> integers() {
  std::vector<double> numbers;
  for (int i = 0; i < 12; ++i) numbers.push_back(i);
  numbers.front() = static_cast<double>(std::numeric_limits<Integer>::min());
  numbers.back() = static_cast<double>(std::numeric_limits<Integer>::max());
  return numbers;
}

struct kind {
  std::string code;
  std::vector<double> numbers;
};

std::vector<kind> kinds() {
  std::vector<double> halves, flags;
  for (int i = 0; i < 12; ++i) {
    halves.push_back(i / 2.0 - 2);
    flags.push_back(i % 3 == 0);
  }
  return {{"u1", integers<std::uint8_t>()},
          {"i1", integers<std::int8_t>()},
          {"u2", integers<std::uint16_t>()},
          {"i2", integers<std::int16_t>()},
          {"u4", integers<std::uint32_t>()},
          {"i4", integers<std::int32_t>()},
          {"u8", integers<std::uint64_t>()},
          {"i8", integers<std::int64_t>()},
          {"f2", halves},
          {"f4", halves},
          {"f8", halves},
          {"b1", flags}};
}

/// An NPY file of version 1.
std::string npy(const std::string& header, const std::string& data) {
  std::string file = "\x93NUMPY";
  file += {'\x01', '\x00', static_cast<char>(header.size() & 0xff), static_cast<char>(header.size() >> 8)};
  return file + header + data;
}

std::string npy(const std::string& descr, const std::string& shape, const std::string& data) {
  return npy("{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shape + ", }\n", data);
}

dm::io::array<float> read(const std::string& content) { return dm::io::read_npy<float>(support::bytes_of(content)); }

}  // namespace

BOOST_AUTO_TEST_SUITE(npy_files)

BOOST_AUTO_TEST_CASE_TEMPLATE(every_type_and_order_of_numpy_is_read, T, precisions) {
  for (const std::string file : {"arrays-stored.npz", "arrays-compressed.npz"})
    for (const auto& one : kinds())
      for (const std::string order : {"-c", "-fortran", "-big", "-big-fortran"}) {
        if (one.code.back() == '1' && order.starts_with("-big")) continue;  // a byte has no order
        BOOST_TEST_CONTEXT(file << " " << one.code << order) {
          const auto found = dm::io::read_array<T>(fixture(file) + ":" + one.code + order);
          BOOST_TEST(found.extents == (dm::shape{2, 3, 2}), boost::test_tools::per_element());
          const std::vector<T> wanted(one.numbers.begin(), one.numbers.end());
          BOOST_TEST(found.values == wanted, boost::test_tools::per_element());
        }
      }
}

// NumPy itself says what each of the 65536 numbers is, subnormal numbers, infinities and NaNs among them.
BOOST_AUTO_TEST_CASE(every_half_precision_number_is_what_numpy_makes_of_it) {
  const auto planes = dm::io::read_array<float>(fixture("float16.npz"));
  BOOST_TEST_REQUIRE(planes.extents == (dm::shape{4, 65536}), boost::test_tools::per_element());
  std::string little, big;
  for (unsigned bits = 0; bits < 65536; ++bits) {
    const char low = static_cast<char>(bits & 0xff), high = static_cast<char>(bits >> 8);
    little += {low, high};
    big += {high, low};
  }
  for (const bool is_big : {false, true}) {
    const auto found = read(is_big ? npy(">f2", "(65536,)", big) : npy("<f2", "(65536,)", little));
    BOOST_TEST_REQUIRE(found.values.size() == 65536U);
    std::size_t wrong = 0, not_a_number = 0;
    for (std::size_t i = 0; i < found.values.size(); ++i) {
      std::uint32_t bits = 0;
      for (std::size_t b = 4; b-- > 0;) bits = bits << 8 | static_cast<std::uint32_t>(planes.values[b * 65536 + i]);
      const float wanted = std::bit_cast<float>(bits);
      not_a_number += std::isnan(wanted);
      wrong += std::isnan(wanted) ? !std::isnan(found.values[i]) : std::bit_cast<std::uint32_t>(found.values[i]) != bits;
    }
    BOOST_TEST(wrong == 0U);
    BOOST_TEST(not_a_number == 2046U);
  }
  BOOST_TEST(dm::io::read_npy<double>(support::bytes_of(npy("<f2", "(1,)", std::string("\x01\x00", 2)))).values[0] == 0x1p-24);
}

BOOST_AUTO_TEST_CASE(scalars_and_empty_arrays_are_read) {
  const auto scalar = dm::io::read_array<float>(fixture("arrays-stored.npz:scalar"));
  BOOST_TEST(scalar.extents.empty());
  BOOST_TEST(scalar.values == std::vector<float>{7}, boost::test_tools::per_element());
  const auto empty = dm::io::read_array<float>(fixture("arrays-stored.npz:empty"));
  BOOST_TEST(empty.extents == (dm::shape{0, 3}), boost::test_tools::per_element());
  BOOST_TEST(empty.values.empty());
}

BOOST_AUTO_TEST_CASE(a_file_is_read_plain_or_compressed_and_in_each_version) {
  const scratch_folder folder;
  const std::vector<float> numbers{1.5F, -2, 3, 4, 5, 6};
  const auto plain = fixture("matrix.npy"), packed = folder.write_gzip("matrix.gz", support::content_of(plain));
  for (const auto& place : {plain, packed}) {
    const auto found = dm::io::read_array<float>(place);
    BOOST_TEST(found.extents == (dm::shape{2, 3}), boost::test_tools::per_element());
    BOOST_TEST(found.values == numbers, boost::test_tools::per_element());
  }
  for (const std::string version : {"2", "3"})
    BOOST_TEST(dm::io::read_array<float>(fixture("version-" + version + ".npy")).values == (std::vector<float>{0, 1, 2, 3}),
               boost::test_tools::per_element());
  const auto archive = folder.write_gzip("arrays.gz", support::content_of(fixture("arrays-stored.npz")));
  BOOST_TEST(dm::io::read_array<float>(archive + ":f4-c").values.size() == 12U);
}

BOOST_AUTO_TEST_CASE(the_only_array_of_an_archive_needs_no_name) {
  const scratch_folder folder;
  BOOST_TEST(dm::io::read_array<float>(fixture("one-array.npz")).values == (std::vector<float>{0, 1, 2}), boost::test_tools::per_element());
  BOOST_TEST(dm::io::read_array<float>(fixture("one-array.npz:only")).values.size() == 3U);
  // A colon may be part of the file's name.
  const auto file = folder.write("a:b.npz", support::content_of(fixture("one-array.npz")));
  BOOST_TEST(dm::io::read_array<float>(file).values.size() == 3U);
  BOOST_TEST(dm::io::read_array<float>(file + ":only").values.size() == 3U);
}

BOOST_AUTO_TEST_CASE(archives_that_lack_the_array_say_what_they_hold) {
  const scratch_folder folder;
  const auto file = fixture("arrays-stored.npz");
  check_error<dm::data_error>([&] { dm::io::read_array<float>(file + ":none"); }, {file, "no array 'none'", "u1-c", "f8-big", "scalar"});
  check_error<dm::data_error>([&] { dm::io::read_array<float>(file); }, {file, "say which array", "u1-c", "scalar"});
  const auto none = folder.write_zip("none.npz", {{"readme", "text"}});
  check_error<dm::data_error>([&] { dm::io::read_array<float>(none); }, {none, "no array"});
  check_error<dm::data_error>([&] { dm::io::read_array<float>(none + ":images"); }, {none, "no array"});
  const auto matrix = fixture("matrix.npy");
  check_error<dm::data_error>([&] { dm::io::read_array<float>(matrix + ":images"); }, {matrix, "only an NPZ archive has named arrays"});
}

BOOST_AUTO_TEST_CASE(types_that_are_not_read_are_named) {
  const auto file = fixture("arrays-stored.npz");
  check_error<dm::data_error>([&] { dm::io::read_array<float>(file + ":unread-c8"); }, {file, "'<c8'", "not supported"});
  check_error<dm::data_error>([&] { dm::io::read_array<float>(file + ":unread-U1"); }, {file, "'<U1'", "not supported"});
  check_error<dm::data_error>([&] { dm::io::read_array<float>(file + ":unread-O"); }, {file, "'|O'", "not supported"});
  check_error<dm::data_error>([&] { dm::io::read_array<float>(file + ":unread-M8"); }, {file, "'<M8[s]'", "not supported"});
  check_error<dm::data_error>([&] { dm::io::read_array<float>(file + ":unread-record"); }, {file, "several fields", "array of its own"});
}

BOOST_AUTO_TEST_CASE(headers_that_lie_are_refused) {
  const std::string four(16, '\0');
  BOOST_TEST(read(npy("<f4", "(4,)", four)).values.size() == 4U);
  check_error<dm::data_error>([&] { read(npy("<f4", "(5,)", four)); }, {"bytes", "(5)", "16 bytes are there"});
  check_error<dm::data_error>([&] { read(npy("<f4", "(3,)", four)); }, {"bytes", "(3)", "16 bytes are there"});
  check_error<dm::data_error>([&] { read(npy("<f4", "(1000000000000,)", four)); }, {"(1000000000000)", "16 bytes are there"});
  // Products and numbers that overflow.
  check_error<dm::data_error>([&] { read(npy("<f4", "(4294967296, 4294967296)", four)); }, {"more elements"});
  check_error<dm::data_error>([&] { read(npy("<f4", "(4611686018427387908,)", four)); }, {"more bytes than this machine"});
  check_error<dm::data_error>([&] { read(npy("<f4", "(99999999999999999999,)", four)); }, {"NPY header"});
  check_error<dm::data_error>([&] { read(npy("<f4", "(-4,)", four)); }, {"NPY header"});
  check_error<dm::data_error>([&] { read(npy("<f4", "(4.5,)", four)); }, {"NPY header"});
  check_error<dm::data_error>([&] { read(npy("<f4", "(4,", four)); }, {"NPY header"});
  check_error<dm::data_error>([&] { read(npy("<f4", "4", four)); }, {"NPY header"});
  check_error<dm::data_error>([&] { read(npy("", "(4,)", four)); }, {"NPY header"});
  check_error<dm::data_error>([&] { read(npy("{}", four)); }, {"NPY header"});
  check_error<dm::data_error>([&] { read(npy("{'descr': '<f4', 'shape': (4,)}", four)); }, {"NPY header"});
  check_error<dm::data_error>([&] { read(npy("{'descr': '<f4', 'fortran_order': 3, 'shape': (4,)}", four)); }, {"NPY header"});
  for (const std::string shape : {"(4)", "(,)", "(4,,)", "(4 4)", "(4, -1)", "(+4,)", "(0x4,)", "(4,))", "((4,))", "[4]", "4,", "(1e1,)",
                                  "(True,)", "('4',)", "(18446744073709551616,)"})
    check_error<dm::data_error>([&] { read(npy("<f4", shape, four)); }, {"NPY header"});
  // Products that overflow, an extent of 0 behind or before them.
  check_error<dm::data_error>([&] { read(npy("<f4", "(4294967296, 4294967296, 0)", "")); }, {"bytes:", "more elements"});
  BOOST_TEST(read(npy("<f4", "(0, 4294967296, 4294967296)", "")).values.empty());
  check_error<dm::data_error>([&] { read(npy("<f4", "(9223372036854775807,)", four)); }, {"more bytes than this machine"});
  std::string later = npy("<f4", "(4,)", four);
  later[6] = 9;
  check_error<dm::data_error>([&] { read(later); }, {"version 9"});
}

BOOST_AUTO_TEST_CASE(headers_are_read_as_the_dictionaries_they_are) {
  const std::string four(16, '\0');
  const auto is_read = [&](const std::string& header) { BOOST_TEST(read(npy(header, four)).values.size() == 4U); };
  is_read("{'descr': '<f4', 'fortran_order': False, 'shape': (4,)}");
  is_read("{'shape': (4,), 'descr': '<f4', 'fortran_order': True}");
  is_read(R"({"shape" :(2 ,2 ,),"descr":"<f4","fortran_order":False , }  )");
  is_read("\n{ 'descr' : '=f4', 'fortran_order': False,\t'shape': (4L,) }\n");
  is_read("{'descr': '|f4', 'fortran_order': False, 'shape': (1, 4, 1, 1)}");
  for (const std::string header : {
           "",
           "{",
           "{}",
           "{'descr': '<f4', 'fortran_order': False, 'shape': (4,)",
           "'descr': '<f4', 'fortran_order': False, 'shape': (4,)}",
           "{'descr': '<f4', 'fortran_order': False, 'shape': (4,)}}",
           "{'descr': '<f4', 'fortran_order': False, 'shape': (4,)} more",
           "{'descr': '<f4' 'fortran_order': False, 'shape': (4,)}",
           "{'descr' '<f4', 'fortran_order': False, 'shape': (4,)}",
           "{'descr': '<f4, 'fortran_order': False, 'shape': (4,)}",
           "{'descr': \"<f4', 'fortran_order': False, 'shape': (4,)}",
           "{'descr': <f4, 'fortran_order': False, 'shape': (4,)}",
           "{'descr': 'f4', 'fortran_order': False, 'shape': (4,)}",
           "{'descr': '<\nf4', 'fortran_order': False, 'shape': (4,)}",
           "{'descr': '<f4', 'fortran_order': false, 'shape': (4,)}",
           "{'descr': '<f4', 'fortran_order': Falsehood, 'shape': (4,)}",
           "{'descr': '<f4', 'fortran_order': False, 'shape': (4,), 'descr': '<f4'}",
           "{'descr': '<f4', 'fortran_order': False, 'shape': (9,), 'shape': (4,)}",
           "{'descr': '<f4', 'fortran_order': False, 'fortran_order': False, 'shape': (4,)}",
           "{'descr': '<f4', 'fortran_order': False, 'shape': (4,), 'more': 1}",
           // Keys within a text are no keys.
           "{'descr': \"<f4'shape': (4,)\", 'fortran_order': False}",
           "{'descr': \"'shape': (4,), 'descr': '<f4'\", 'fortran_order': False}",
       })
    check_error<dm::data_error>([&] { read(npy(header, four)); }, {"the NPY header cannot be understood: "});
  check_error<dm::data_error>([&] { read(npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (4,)}", four)); },
                              {"several fields"});
}

// Thousands of axes are no reason to take long: what counts is how many are more than 1.
BOOST_AUTO_TEST_CASE(axes_of_one_cost_nothing) {
  std::string shape;
  for (int i = 0; i < 10000; ++i) shape += "1, ";
  const std::string header = "{'descr': '|u1', 'fortran_order': True, 'shape': (" + shape + "30000, 2)}";
  std::string content(60000, '\0');
  content[30000] = 1;  // the first of the second column
  const auto found = read(npy(header, content));
  BOOST_TEST(found.extents.size() == 10002U);
  BOOST_TEST(found.values[1] == 1);
  BOOST_TEST(std::count(found.values.begin(), found.values.end(), 1) == 1);
}

BOOST_AUTO_TEST_CASE(files_that_are_cut_off_are_refused) {
  const scratch_folder folder;
  const auto refused = [&](const std::string& content, std::size_t step) {
    for (std::size_t length = 0; length < content.size(); length += step) {
      const auto path = folder.write("cut", content.substr(0, length));
      BOOST_CHECK_MESSAGE(!support::is_read_or_refused([&] { dm::io::read_array<float>(path + ":only"); }) &&
                              !support::is_read_or_refused([&] { dm::io::read_array<float>(path); }),
                          length << " of " << content.size() << " bytes were taken for the whole file");
    }
  };
  refused(support::content_of(fixture("matrix.npy")), 1);
  refused(support::content_of(fixture("version-2.npy")), 1);
  refused(support::content_of(fixture("one-array.npz")), 1);
  refused(support::content_of(folder.write_gzip("matrix.gz", support::content_of(fixture("matrix.npy")))), 1);
}

BOOST_AUTO_TEST_CASE(files_that_were_changed_are_read_or_refused) {
  const scratch_folder folder;
  for (const std::string name : {"matrix.npy", "version-3.npy", "one-array.npz"}) {
    const std::string content = support::content_of(fixture(name));
    for (std::size_t at = 0; at < content.size(); ++at)
      for (const int flipped : {0x01, 0x80, 0xff}) {
        std::string changed = content;
        changed[at] = static_cast<char>(changed[at] ^ flipped);
        const auto path = folder.write("changed", changed);
        BOOST_CHECK_NO_THROW(support::is_read_or_refused([&] { dm::io::read_array<float>(path); }));
      }
  }
}

BOOST_AUTO_TEST_CASE(files_of_no_known_format_are_refused) {
  const scratch_folder folder;
  const auto check = [](const std::string& path, const std::vector<std::string>& parts) {
    check_error<dm::data_error>([&] { dm::io::read_array<float>(path); }, parts);
  };
  const auto text = folder.write("text", "1, 2, 3");
  check(text, {text, "the format is not known", "IDX, NPY, NPZ"});
  check(folder.write("empty", ""), {"the format is not known"});
  check((folder.path() / "none.npy").string(), {"none.npy", "there is no such file"});
  check((folder.path() / "none.npz").string() + ":images", {"none.npz", "there is no such file"});
  check(folder.path().string(), {"this is a folder"});
  check("", {"there is no such file"});
}

BOOST_AUTO_TEST_SUITE_END()
