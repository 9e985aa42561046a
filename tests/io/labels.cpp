#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deepmaacc/io/tests.hpp>
#include <limits>
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
  const auto one_hot = folder.write("labels.npy", npy("(2, 2)", {1, 0, 0, 1}));
  check_error<dm::data_error>([&] { dm::io::read_labels(one_hot); }, {one_hot, "one number per input", "(2, 2)"});
}

BOOST_AUTO_TEST_CASE(images_and_labels_become_a_test_set) {
  const scratch_folder folder;
  const auto images = folder.write("images.npy", npy("(2, 1, 2)", {10, 20, 30, 40}));
  const auto classes = folder.write("labels.npy", npy("(2,)", {3, 1}));
  const auto tests = dm::io::read_tests(images, classes, {.channels = 0, .pad = 0, .divide_by = 10});
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

BOOST_AUTO_TEST_CASE(counts_that_differ_name_both_files) {
  const scratch_folder folder;
  const auto images = folder.write("images.npy", npy("(2, 1, 2)", {1, 2, 3, 4}));
  const auto three = folder.write("labels.npy", npy("(3,)", {0, 1, 2}));
  check_error<dm::data_error>([&] { dm::io::read_tests(images, three); }, {images + " has 2 images", three + " has 3 labels"});
  const auto scalar = folder.write("scalar.npy", npy("()", {1}));
  check_error<dm::data_error>([&] { dm::io::read_tests(scalar, three); }, {scalar, "no list of images"});
  const auto no_images = folder.write("none.npy", npy("(0, 2)", {})), no_labels = folder.write("none-labels.npy", npy("(0,)", {}));
  check_error<dm::data_error>([&] { dm::io::read_tests(no_images, no_labels); }, {"empty"});
}

BOOST_AUTO_TEST_SUITE_END()
