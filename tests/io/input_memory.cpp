/// \file
/// How much memory test sets take while they are read and gone through: what the file holds of the inputs that are used, and little more.

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <deepmaacc/io/test_set.hpp>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "files.hpp"
#include "in_child.hpp"

namespace dm = deepmaacc;
using support::scratch_folder;

namespace {

constexpr std::size_t mebibyte = std::size_t{1} << 20;

std::string npy_header(const std::string& descr, const std::string& shape, bool is_fortran = false) {
  std::string header = "{'descr': '" + descr + "', 'fortran_order': " + (is_fortran ? "True" : "False") + ", 'shape': " + shape + ", }";
  header.resize(118, ' ');
  return std::string("\x93NUMPY\x01\x00\x76\x00", 10) + header;
}

/// A file of a beginning and zeros, which take no place on the disk.
std::string sparse(const scratch_folder& folder, const std::string& name, const std::string& begin, std::size_t zeros) {
  const auto path = folder.write(name, begin);
  std::filesystem::resize_file(path, begin.size() + zeros);
  return path;
}

/// The most memory, in bytes, that a process has in use which reads a set and looks at all inputs in blocks, beyond one that does nothing.
std::size_t memory_of(const std::string& images, const dm::io::preparation& steps = {}, std::optional<std::size_t> limit = {}) {
  const auto nothing = support::run_in_children(1, [](std::size_t) {});
  const auto all = support::run_in_children(1, [&](std::size_t) {
    const auto tests = dm::io::read_tests<float>(images, std::nullopt, steps, limit);
    std::vector<float> scratch;
    float sum = 0;
    for (std::size_t first = 0; first < tests.size(); first += 100) {
      const auto block = tests.block<float>(first, std::min<std::size_t>(100, tests.size() - first), scratch);
      for (std::size_t i = 0; i < block.size(); ++i) sum += block.data()[i];
    }
    if (sum < 0) throw dm::data_error("this keeps compilers from leaving the loop out");
  });
  BOOST_TEST(all.faulty.empty());
  BOOST_TEST(all.read == 1U);
#if SUPPORT_ADDRESS_SANITIZER
  return 0;  // it takes memory of its own
#endif
  return static_cast<std::size_t>(all.peak_kib - nothing.peak_kib) * 1024;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(input_memory)

BOOST_AUTO_TEST_CASE(a_file_is_there_once_and_in_its_own_type) {
  const scratch_folder folder;
  constexpr std::size_t slack = 24 * mebibyte;
  const std::string bytes = npy_header("|u1", "(100000, 28, 28)"), floats = npy_header("<f4", "(500000, 64)"),
                    columns = npy_header("<f4", "(500000, 64)", true);
  const auto steps = dm::io::deepmaacc_preparation();
  BOOST_TEST(memory_of(sparse(folder, "bytes.npy", bytes, 78400000), steps) < 78400000 + slack);
  BOOST_TEST(memory_of(sparse(folder, "floats.npy", floats, 128000000)) < 128000000 + slack);
  BOOST_TEST(memory_of(sparse(folder, "floats.npy", floats, 128000000), {dm::io::divide_by{2}}) < 128000000 + slack);
  BOOST_TEST(memory_of(sparse(folder, "columns.npy", columns, 128000000)) < 128000000 + 2 * slack);
}

BOOST_AUTO_TEST_CASE(what_is_packed_is_unpacked_once) {
  const scratch_folder folder;
  constexpr std::size_t size = 128000000, slack = 24 * mebibyte;
  const std::string content = npy_header("<f4", "(500000, 64)") + std::string(size, '\0');
  const auto gzip = folder.write_gzip("floats.gz", content), archive = folder.write_zip("floats.npz", {{"floats.npy", content}});
  BOOST_TEST(memory_of(gzip) < size + slack);
  BOOST_TEST(memory_of(archive) < size + slack);
  for (const auto& place : {gzip, archive}) BOOST_TEST(memory_of(place, {}, 1000) < slack);
}

BOOST_AUTO_TEST_CASE(of_a_large_file_the_first_inputs_are_read) {
  const scratch_folder folder;
  const auto place = sparse(folder, "floats.npy", npy_header("<f4", "(3000000, 64)"), 768000000);
  BOOST_TEST(memory_of(place, {}, 1000) < 8 * mebibyte);
}

BOOST_AUTO_TEST_SUITE_END()
