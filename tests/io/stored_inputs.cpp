/// \file
/// Inputs that stay in their file: what blocks of them hold, and how much of the file is read for that.

#include <sys/stat.h>

#include <algorithm>
#include <boost/mpl/list.hpp>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deepmaacc/io/keras.hpp>
#include <deepmaacc/io/test_set.hpp>
#include <filesystem>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "files.hpp"

namespace dm = deepmaacc;
using support::check_error;
using support::fixture;
using support::scratch_folder;

namespace {

using precisions = boost::mpl::list<float, double>;

template <class Number>
std::string bytes_of_numbers(const std::vector<Number>& numbers) {
  std::string bytes(numbers.size() * sizeof(Number), '\0');
  if (!numbers.empty()) std::memcpy(bytes.data(), numbers.data(), bytes.size());
  return bytes;
}

std::string npy(const std::string& descr, const std::string& shape, const std::string& data, bool is_fortran = false) {
  std::string header = "{'descr': '" + descr + "', 'fortran_order': " + (is_fortran ? "True" : "False") + ", 'shape': " + shape + ", }";
  header.resize((header.size() + 10 + 64) / 64 * 64 - 10, ' ');
  std::string file = "\x93NUMPY";
  file += {'\x01', '\x00', static_cast<char>(header.size() & 0xff), static_cast<char>(header.size() >> 8)};
  return file + header + data;
}

/// All inputs, in blocks and one by one from the last, which must be the same.
template <class T>
std::vector<T> all_rows(const dm::test_set<T>& tests) {
  std::vector<T> all, scratch;
  constexpr std::size_t at_once = 7;
  for (std::size_t first = 0; first < tests.size(); first += at_once) {
    const auto block = tests.template block<T>(first, std::min(at_once, tests.size() - first), scratch);
    all.insert(all.end(), block.data(), block.data() + block.size());
  }
  std::size_t wrong = 0;
  scratch.resize(tests.features());
  for (std::size_t i = tests.size(); i-- > 0;) {
    const T* row = tests.template row<T>(i, scratch.data());
    wrong += !std::equal(row, row + tests.features(), all.begin() + static_cast<std::ptrdiff_t>(i * tests.features()));
  }
  BOOST_TEST(wrong == 0U);
  return all;
}

/// Each step on all inputs before the next, in the plainest way.
template <class T>
dm::io::array<T> prepared_step_by_step(dm::io::array<T> images, const std::vector<std::string>& steps) {
  for (const std::string& step : steps) {
    if (step == "channels=3" || step == "pad=1") {
      if (images.extents.size() == 3) images.extents.push_back(1);
      const dm::shape old = images.extents;
      if (step == "channels=3" && old[3] == 3) continue;
      const std::size_t border = step == "pad=1" ? 1 : 0, depth = step == "pad=1" ? old[3] : 3;
      dm::io::array<T> next{{old[0], old[1] + 2 * border, old[2] + 2 * border, depth}, {}};
      for (std::size_t i = 0; i < old[0]; ++i)
        for (std::size_t y = 0; y < next.extents[1]; ++y)
          for (std::size_t x = 0; x < next.extents[2]; ++x)
            for (std::size_t c = 0; c < depth; ++c) {
              const bool is_inside = y >= border && y < old[1] + border && x >= border && x < old[2] + border;
              const std::size_t from = old[3] == 1 ? 0 : c;
              next.values.push_back(is_inside ? images.values[((i * old[1] + y - border) * old[2] + x - border) * old[3] + from] : T{0});
            }
      images = next;
      continue;
    }
    for (std::size_t i = 0; i < images.values.size(); ++i) {
      T& value = images.values[i];
      const auto of_channel = [&](std::initializer_list<double> numbers) { return static_cast<T>(std::data(numbers)[i % 3]); };
      if (step == "divide") value /= T{7};
      if (step == "mean") value -= static_cast<T>(0.3);
      if (step == "standard") value = (value - static_cast<T>(0.1)) / static_cast<T>(0.7);
      if (step == "means") value -= of_channel({0.1, -2, 0.7});
      if (step == "standards") value = (value - of_channel({1, 0.1, 3})) / of_channel({0.3, 5, 7});
    }
  }
  return images;
}

dm::io::preparation preparation_of(const std::vector<std::string>& steps) {
  dm::io::preparation all;
  for (const std::string& step : steps) {
    if (step == "channels=3") all.add(dm::io::channels{3});
    if (step == "pad=1") all.add(dm::io::pad{1});
    if (step == "divide") all.add(dm::io::divide_by{7});
    if (step == "mean") all.add(dm::io::subtract_mean{0.3});
    if (step == "standard") all.add(dm::io::standardise{{0.1}, {0.7}});
    if (step == "means") all.add(dm::io::subtract_mean{0.1, -2, 0.7});
    if (step == "standards") all.add(dm::io::standardise{{1, 0.1, 3}, {0.3, 5, 7}});
  }
  return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(inputs_in_files)

BOOST_AUTO_TEST_CASE_TEMPLATE(blocks_hold_what_the_whole_array_holds, T, precisions) {
  for (const std::string file : {"arrays-stored.npz", "arrays-compressed.npz"})
    for (const std::string code : {"u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f2", "f4", "f8", "b1"})
      for (const std::string order : {"-c", "-fortran", "-big", "-big-fortran"}) {
        if (code.back() == '1' && order.starts_with("-big")) continue;  // a byte has no order
        const std::string place = fixture(file) + ":" + code + order;
        BOOST_TEST_CONTEXT(place) {
          const auto whole = dm::io::read_array<T>(place);
          const auto tests = dm::io::read_tests<T>(place, std::nullopt);
          BOOST_TEST(tests.input_shape() == (dm::shape{3, 2}), boost::test_tools::per_element());
          BOOST_TEST(all_rows(tests) == whole.values, boost::test_tools::per_element());
          const auto first = dm::io::read_tests<T>(place, std::nullopt, {}, 1);
          BOOST_TEST(first.size() == 1U);
          BOOST_TEST(all_rows(first) == std::vector<T>(whole.values.begin(), whole.values.begin() + 6), boost::test_tools::per_element());
        }
      }
}

// Large enough to be mapped, and for more than one part of what is rearranged.
BOOST_AUTO_TEST_CASE(large_files_of_every_kind_hold_the_same) {
  const scratch_folder folder;
  constexpr std::size_t count = 9000, height = 4, width = 9, features = height * width;
  std::mt19937 random(3);
  std::vector<float> numbers(count * features);
  for (float& one : numbers) one = static_cast<float>(random() % 200);
  std::vector<float> fortran(numbers.size());
  std::vector<std::uint8_t> bytes(numbers.begin(), numbers.end());
  std::string big;
  for (std::size_t i = 0; i < count; ++i)
    for (std::size_t y = 0; y < height; ++y)
      for (std::size_t x = 0; x < width; ++x) fortran[(x * height + y) * count + i] = numbers[(i * height + y) * width + x];
  for (const float one : numbers) {
    std::string raw(sizeof one, '\0');
    std::memcpy(raw.data(), &one, sizeof one);
    std::reverse(raw.begin(), raw.end());
    big += raw;
  }
  const std::string shape = "(9000, 4, 9)", plain = npy("<f4", shape, bytes_of_numbers(numbers)),
                    columns = npy("<f4", shape, bytes_of_numbers(fortran), true), swapped = npy(">f4", shape, big),
                    small = npy("|u1", shape, bytes_of_numbers(bytes));
  const std::vector<std::string> places{folder.write("plain.npy", plain),
                                        folder.write("columns.npy", columns),
                                        folder.write("swapped.npy", swapped),
                                        folder.write("small.npy", small),
                                        folder.write_gzip("plain.gz", plain),
                                        folder.write_gzip("columns.gz", columns),
                                        folder.write_zip("one.npz", {{"a.npy", plain}}),
                                        folder.write_zip("two.npz", {{"a.npy", columns}})};
  for (const auto& place : places) BOOST_TEST_CONTEXT(place) {
      BOOST_TEST((all_rows(dm::io::read_tests(place, std::nullopt)) == numbers));
      for (const std::size_t limit : {std::size_t{1}, std::size_t{5000}, count, count + 1}) {
        const auto part = dm::io::read_tests(place, std::nullopt, {}, limit);
        BOOST_TEST_REQUIRE(part.size() == std::min(limit, count));
        const auto rows = all_rows(part);
        BOOST_TEST(std::equal(rows.begin(), rows.end(), numbers.begin()));
      }
    }
  BOOST_TEST(dm::io::read_tests(places[0], std::nullopt).is_contiguous_as<float>());  // as it lies in the file
  BOOST_TEST(!dm::io::read_tests(places[0], std::nullopt, {dm::io::divide_by{2}}).is_contiguous_as<float>());
  BOOST_TEST(!dm::io::read_tests(places[2], std::nullopt).is_contiguous_as<float>());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(blocks_are_prepared_as_if_each_step_ran_on_all_inputs, T, precisions) {
  const scratch_folder folder;
  std::mt19937 random(5);
  const std::vector<std::string> names{"channels=3", "pad=1", "divide", "mean", "standard", "means", "standards"};
  for (int round = 0; round < 120; ++round) {
    std::vector<std::string> steps;
    const bool is_grey = round % 3 != 0;
    bool has_colours = !is_grey;
    for (std::size_t left = random() % 6; left > 0; --left) {
      const std::string& name = names[random() % names.size()];
      if ((name == "means" || name == "standards") && !has_colours) continue;
      has_colours = has_colours || name == "channels=3";
      steps.push_back(name);
    }
    dm::io::array<T> images{is_grey ? dm::shape{5, 3, 4} : dm::shape{5, 3, 4, 3}, {}};
    for (std::size_t i = 0; i < dm::element_count(images.extents); ++i) images.values.push_back(static_cast<T>(random() % 256));
    const std::vector<std::uint8_t> bytes(images.values.begin(), images.values.end());
    const auto place = folder.write("images.npy", npy("|u1", is_grey ? "(5, 3, 4)" : "(5, 3, 4, 3)", bytes_of_numbers(bytes)));
    const auto wanted = prepared_step_by_step(images, steps);
    const auto preparation = preparation_of(steps);
    BOOST_TEST_CONTEXT(preparation.text()) {
      const auto tests = dm::io::read_tests<T>(place, std::nullopt, preparation);
      BOOST_TEST(tests.input_shape() == dm::shape(wanted.extents.begin() + 1, wanted.extents.end()), boost::test_tools::per_element());
      BOOST_TEST((all_rows(tests) == wanted.values));
      const auto whole = dm::io::prepare(images, preparation);
      BOOST_TEST(whole.extents == wanted.extents, boost::test_tools::per_element());
      BOOST_TEST((whole.values == wanted.values));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_set_in_one_precision_serves_models_in_another) {
  const scratch_folder folder;
  const auto place = folder.write("images.npy", npy("|u1", "(2, 3)", {1, 2, 3, 4, 5, 6}));
  const auto tests = dm::io::read_tests<float>(place, std::nullopt, {dm::io::divide_by{3}});
  std::vector<double> scratch;
  const auto block = tests.block<double>(1, 1, scratch);
  for (std::size_t f = 0; f < 3; ++f) BOOST_TEST(block(0, f) == static_cast<double>(static_cast<float>(4 + f) / 3.0F));
}

BOOST_AUTO_TEST_CASE(no_more_is_read_than_is_wanted) {
  const scratch_folder folder;
  std::vector<float> numbers(50000 * 4, 1);
  numbers[40000] = std::numeric_limits<float>::quiet_NaN();
  std::vector<float> classes(50000, 2);
  classes[10000] = 0.5F;
  const auto images = folder.write("images.npy", npy("<f4", "(50000, 4)", bytes_of_numbers(numbers))),
             labels = folder.write("labels.npy", npy("<f4", "(50000,)", bytes_of_numbers(classes)));
  check_error<dm::data_error>([&] { dm::io::read_tests(images, std::nullopt); }, {images, "input 10000 holds nan"});
  check_error<dm::data_error>([&] { dm::io::read_tests(images, std::nullopt, {}, 10001); }, {"input 10000 holds nan"});
  check_error<dm::data_error>([&] { dm::io::read_tests(images, labels, {}, 10001); }, {labels, "0.5 is no class"});
  BOOST_TEST(dm::io::read_tests(images, labels, {}, 10000).labels().size() == 10000U);
  check_error<dm::usage_error>([&] { dm::io::read_tests(images, labels, {}, 0); }, {"at least one input"});
  // Counts are those of the whole files.
  const auto fewer = folder.write("fewer.npy", npy("|u1", "(20000,)", std::string(20000, '\0')));
  check_error<dm::data_error>([&] { dm::io::read_tests(images, fewer, {}, 10); }, {"50000 images", "20000 labels"});

  // What is packed may even be broken behind what is wanted.
  for (const std::string& place : {folder.write_gzip("images.gz", support::content_of(images)),
                                   folder.write_zip("images.npz", {{"images.npy", support::content_of(images)}})}) {
    BOOST_TEST(dm::io::read_tests(place, std::nullopt, {}, 10000).size() == 10000U);
    check_error<dm::data_error>([&] { dm::io::read_tests(place, std::nullopt); }, {place, "input 10000 holds nan"});
  }
  std::string random(800000, '\0');
  std::mt19937 generator(1);
  for (char& one : random) one = static_cast<char>(generator() % 128);
  const std::string packed = support::content_of(folder.write_gzip("random.gz", npy("|u1", "(200000, 4)", random)));
  const auto cut = folder.write("cut.gz", packed.substr(0, packed.size() / 2));
  BOOST_TEST(dm::io::read_tests(cut, std::nullopt, {}, 50000).size() == 50000U);
  check_error<dm::data_error>([&] { dm::io::read_tests(cut, std::nullopt, {}, 150000); }, {cut, "ends too early"});
  // A plain file tells its length at once.
  const std::string whole = support::content_of(images);
  const auto short_file = folder.write("short.npy", whole.substr(0, whole.size() - 1));
  check_error<dm::data_error>([&] { dm::io::read_tests(short_file, std::nullopt, {}, 10); }, {short_file, "bytes are there"});
}

BOOST_AUTO_TEST_CASE(one_hot_labels_are_limited_too) {
  const scratch_folder folder;
  std::string rows;
  for (int i = 0; i < 6; ++i) rows += i % 2 ? std::string("\0\1", 2) : std::string("\1\0", 2);
  std::string columns;
  for (std::size_t c = 0; c < 2; ++c)
    for (std::size_t i = 0; i < 6; ++i) columns += rows[2 * i + c];
  const auto images = folder.write("images.npy", npy("|u1", "(6, 1)", std::string(6, '\1')));
  for (const auto& labels :
       {folder.write("rows.npy", npy("|b1", "(6, 2)", rows)), folder.write("columns.npy", npy("|b1", "(6, 2)", columns, true))}) {
    BOOST_TEST(dm::io::read_tests(images, labels).labels() == (std::vector<std::uint32_t>{0, 1, 0, 1, 0, 1}),
               boost::test_tools::per_element());
    BOOST_TEST(dm::io::read_tests(images, labels, {}, 3).labels() == (std::vector<std::uint32_t>{0, 1, 0}),
               boost::test_tools::per_element());
  }
  // One class per input, behind an axis of 1.
  const auto aside = folder.write("aside.npy", npy("|u1", "(1, 6)", std::string("\1\0\1\0\1\0", 6)));
  BOOST_TEST(dm::io::read_labels(folder.write("tall.npy", npy("|u1", "(6, 1)", std::string("\1\0\1\0\1\0", 6)))).size() == 6U);
  check_error<dm::data_error>([&] { dm::io::read_tests(images, aside, {}, 3); }, {aside, "row 0"});  // it is one row of 6 classes
}

BOOST_AUTO_TEST_CASE(what_has_no_end_or_no_format_is_refused_by_its_first_bytes) {
  const scratch_folder folder;
  const auto pipe = (folder.path() / "pipe").string();
  BOOST_REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  for (const std::string& place : {std::string("/dev/zero"), std::string("/dev/null"), pipe}) {
    check_error<dm::data_error>([&] { dm::io::read_tests(place, std::nullopt); }, {place, "a pipe or a device"});
    check_error<dm::data_error>([&] { dm::io::read_labels(place); }, {place, "a pipe or a device"});
    check_error<dm::error>([&] { dm::io::read_keras(place); }, {place, "a pipe or a device"});
  }
  // Files far larger than any memory, where the file system has them.
  for (const std::string begin : {"", "text", "PK\3\4", "\x89HDF\r\n\x1a\n", "\x1f\x8b\x08"}) {
    const auto place = folder.write("huge", begin);
    std::error_code fault;
    std::filesystem::resize_file(place, std::uintmax_t{1} << 40, fault);
    if (fault) continue;
    check_error<dm::data_error>([&] { dm::io::read_tests(place, std::nullopt); }, {place});
    check_error<dm::error>([&] { dm::io::read_keras(place); }, {place});
  }
}

BOOST_AUTO_TEST_SUITE_END()
