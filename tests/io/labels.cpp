#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deepmaacc/io/test_set.hpp>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "files.hpp"

namespace dm = deepmaacc;
using support::check_error;
using support::scratch_folder;

namespace {

/// An NPY file of doubles.
std::string npy(const std::string& shape, const std::vector<double>& numbers) {
  const std::string header = "{'descr': '<f8', 'fortran_order': False, 'shape': " + shape + ", }\n";
  std::string file = "\x93NUMPY";
  file += {'\x01', '\x00', static_cast<char>(header.size()), '\x00'};
  file += header;
  for (const double number : numbers) {
    char raw[sizeof number];
    std::memcpy(raw, &number, sizeof number);
    file.append(raw, sizeof raw);
  }
  return file;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(labels)

BOOST_AUTO_TEST_CASE(labels_are_whole_numbers_of_any_type) {
  const scratch_folder folder;
  const std::vector<std::uint32_t> wanted{0, 9, 4294967295};
  for (const std::string shape : {"(3,)", "(3, 1)", "(1, 3, 1)"})
    BOOST_TEST(dm::io::read_labels(folder.write("labels.npy", npy(shape, {0, 9, 4294967295}))) == wanted, boost::test_tools::per_element());
  BOOST_TEST(dm::io::read_labels(folder.write("one.npy", npy("()", {3}))).size() == 1U);
}

BOOST_AUTO_TEST_CASE(what_is_no_class_is_refused) {
  const scratch_folder folder;
  constexpr double huge = 4294967296, nan = std::numeric_limits<double>::quiet_NaN(), infinity = std::numeric_limits<double>::infinity();
  for (const double wrong : {-1.0, 0.5, huge, nan, infinity, -infinity}) {
    const auto path = folder.write("labels.npy", npy("(2,)", {1, wrong}));
    check_error<dm::data_error>([&] { dm::io::read_labels(path); }, {path, "is no class", "whole numbers from 0"});
  }
  const auto path = folder.write("labels.npy", npy("(2,)", {1, -3}));
  check_error<dm::data_error>([&] { dm::io::read_labels(path); }, {"-3 is no class"});
  const auto deep = folder.write("labels.npy", npy("(2, 2, 1, 2)", {1, 0, 0, 1, 1, 0, 0, 1}));
  check_error<dm::data_error>([&] { dm::io::read_labels(deep); }, {deep, "one class per input", "(2, 2, 1, 2)", "taken for each other"});
  const auto none = folder.write("labels.npy", npy("(2, 0)", {}));
  check_error<dm::data_error>([&] { dm::io::read_labels(none); }, {none, "one class per input", "(2, 0)"});
}

BOOST_AUTO_TEST_CASE(one_hot_rows_are_classes) {
  const scratch_folder folder;
  const auto found = dm::io::read_labels(folder.write("labels.npy", npy("(4, 3)", {0, 1, 0, 1, 0, 0, 0, 0, 1, 0, 1, -0.0})));
  BOOST_TEST(found == (std::vector<std::uint32_t>{1, 0, 2, 1}), boost::test_tools::per_element());
  BOOST_TEST(dm::io::read_labels(folder.write("one.npy", npy("(1, 2)", {0, 1}))) == (std::vector<std::uint32_t>{1}),
             boost::test_tools::per_element());
  BOOST_TEST(dm::io::read_labels(folder.write("empty.npy", npy("(0, 3)", {}))).empty());
  const std::string flags = "{'descr': '|b1', 'fortran_order': False, 'shape': ", begin = std::string("\x93NUMPY\x01\x00", 8);
  const auto boolean = [&](const std::string& shape, const std::string& data) {
    const std::string header = flags + shape + "}";
    return folder.write("flags.npy", begin + static_cast<char>(header.size()) + '\0' + header + data);
  };
  BOOST_TEST(dm::io::read_labels(boolean("(2, 2)", std::string("\0\1\1\0", 4))) == (std::vector<std::uint32_t>{1, 0}),
             boost::test_tools::per_element());
  BOOST_TEST(dm::io::read_labels(boolean("(3,)", std::string("\0\1\1", 3))) == (std::vector<std::uint32_t>{0, 1, 1}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(rows_that_are_not_one_hot_are_named) {
  const scratch_folder folder;
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  for (const auto& row :
       {std::vector<double>{0, 0, 0}, {1, 1, 0}, {0, 2, 0}, {0.5, 0.5, 0}, {1, 0, 0.1}, {1, 0, -1}, {1, 0, nan}, {nan, nan, nan}}) {
    std::vector<double> rows{1, 0, 0, 0, 1, 0};
    rows.insert(rows.end(), row.begin(), row.end());
    const auto path = folder.write("labels.npy", npy("(3, 3)", rows));
    check_error<dm::data_error>([&] { dm::io::read_labels(path); }, {path, "row 2", "(3, 3)", "one 1 and else 0"});
  }
}

BOOST_AUTO_TEST_CASE(images_and_labels_become_a_test_set) {
  const scratch_folder folder;
  const auto images = folder.write("images.npy", npy("(2, 1, 2)", {10, 20, 30, 40}));
  const auto classes = folder.write("labels.npy", npy("(2,)", {3, 1}));
  const auto tests = dm::io::read_tests(images, classes, {dm::io::divide_by{10}});
  BOOST_TEST(tests.size() == 2U);
  BOOST_TEST(tests.input_shape() == (dm::shape{1, 2}), boost::test_tools::per_element());
  BOOST_TEST(tests.labels() == (std::vector<std::uint32_t>{3, 1}), boost::test_tools::per_element());
  std::vector<float> scratch;
  const auto block = tests.block<float>(0, 2, scratch);
  BOOST_TEST(block(0, 1) == 2.0F);
  BOOST_TEST(block(1, 0) == 3.0F);
  const auto in_double = dm::io::read_tests<double>(images, classes);
  BOOST_TEST(in_double.features() == 2U);
}

BOOST_AUTO_TEST_CASE(labels_may_be_missing) {
  const scratch_folder folder;
  const auto images = folder.write("images.npy", npy("(2, 1, 2)", {10, 20, 30, 40}));
  const auto tests = dm::io::read_tests<double>(images, std::nullopt, {dm::io::pad{1}});
  BOOST_TEST(!tests.has_labels());
  BOOST_TEST(tests.input_shape() == (dm::shape{3, 4, 1}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(inputs_that_are_not_finite_are_named) {
  const scratch_folder folder;
  const auto labels = folder.write("labels.npy", npy("(3,)", {0, 1, 2}));
  for (const double wrong : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(),
                             -std::numeric_limits<double>::infinity(), 1e300}) {
    const auto images = folder.write("images.npy", npy("(3, 2)", {1, 2, 3, wrong, wrong, 6}));
    check_error<dm::data_error>([&] { dm::io::read_tests(images, labels); }, {images, "input 1 holds", "must be finite"});
    if (wrong == 1e300) BOOST_CHECK_NO_THROW(dm::io::read_tests<double>(images, labels));
  }
  // What the preparation makes of finite numbers counts, and says so.
  const auto images = folder.write("images.npy", npy("(3, 2)", {1, 2, 3, 4, 5, 1e30}));
  BOOST_CHECK_NO_THROW(dm::io::read_tests(images, labels));
  check_error<dm::data_error>([&] { dm::io::read_tests(images, labels, {dm::io::divide_by{1e-20}}); },
                              {images, "input 2 holds inf after the preparation divide-by=1e-20"});
}

BOOST_AUTO_TEST_CASE(errors_of_the_preparation_name_the_file) {
  const scratch_folder folder;
  const auto images = folder.write("images.npy", npy("(3, 2)", {1, 2, 3, 4, 5, 6}));
  check_error<dm::data_error>([&] { dm::io::read_tests(images, std::nullopt, {dm::io::pad{2}}); },
                              {images + ": step 1", "pad=2", "(3, 2)"});
}

BOOST_AUTO_TEST_CASE(counts_that_differ_name_both_files) {
  const scratch_folder folder;
  const auto images = folder.write("images.npy", npy("(2, 1, 2)", {1, 2, 3, 4}));
  const auto three = folder.write("labels.npy", npy("(3,)", {0, 1, 2}));
  check_error<dm::data_error>([&] { dm::io::read_tests(images, three); }, {images + " has 2 images", three + " has 3 labels"});
  const auto scalar = folder.write("scalar.npy", npy("()", {1}));
  check_error<dm::data_error>([&] { dm::io::read_tests(scalar, three); }, {scalar, "no list of images"});
  const auto no_images = folder.write("none.npy", npy("(0, 2)", {})), no_labels = folder.write("none-labels.npy", npy("(0,)", {}));
  check_error<dm::data_error>([&] { dm::io::read_tests(no_images, no_labels); }, {no_images, "empty"});
}

BOOST_AUTO_TEST_SUITE_END()
