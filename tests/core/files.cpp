#include <boost/test/unit_test.hpp>
#include <deepmaacc/core/atomic_file.hpp>
#include <deepmaacc/core/shape.hpp>
#include <filesystem>
#include <fstream>
#include <limits>
#include <stdexcept>
#include <string>

#include "support/temporary_folder.hpp"

namespace dm = deepmaacc;
namespace fs = std::filesystem;

BOOST_AUTO_TEST_SUITE(files)

BOOST_AUTO_TEST_CASE(a_file_is_whole_or_not_there) {
  const support::temporary_folder folder;
  const auto file = folder.path() / "report";
  dm::write_file_atomically(file, [](std::ostream& out) { out << "first"; });
  const auto interrupted = [&] {
    dm::write_file_atomically(file, [](std::ostream& out) {
      out << "half";
      throw std::runtime_error("interrupted");
    });
  };
  BOOST_CHECK_THROW(interrupted(), std::runtime_error);
  std::string content;
  std::ifstream(file) >> content;
  BOOST_TEST(content == "first");
  BOOST_TEST(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator{}) == 1);
  BOOST_CHECK_THROW(dm::write_file_atomically(folder.path() / "none" / "report", [](std::ostream&) {}), dm::data_error);
  BOOST_CHECK_THROW(dm::write_file_atomically(folder.path(), [](std::ostream&) {}), dm::data_error);
}

BOOST_AUTO_TEST_CASE(a_link_stays_and_the_file_behind_it_is_written) {
  const support::temporary_folder folder;
  const auto content_of = [](const fs::path& file) {
    std::string content;
    std::ifstream(file) >> content;
    return content;
  };
  fs::create_directories(folder.path() / "results");
  std::ofstream(folder.path() / "results" / "old") << "old";
  for (const std::string name : {"old", "new"}) {  // what is there, and what is not there yet
    fs::create_symlink(fs::path("results") / name, folder.path() / ("to-" + name));
    fs::create_symlink("to-" + name, folder.path() / name);
    BOOST_TEST(dm::behind_links(folder.path() / name) == folder.path() / "results" / name);
    dm::write_file_atomically(folder.path() / name, [](std::ostream& out) { out << "written"; });
    BOOST_TEST(fs::is_symlink(folder.path() / name));
    BOOST_TEST(fs::is_symlink(folder.path() / ("to-" + name)));
    BOOST_TEST(content_of(folder.path() / "results" / name) == "written");
  }
  BOOST_TEST(std::distance(fs::directory_iterator(folder.path() / "results"), fs::directory_iterator{}) == 2);
  fs::create_symlink("round", folder.path() / "round");
  BOOST_CHECK_THROW(dm::require_writable(folder.path() / "round"), dm::data_error);
}

BOOST_AUTO_TEST_CASE(what_is_open_is_added_to) {
  const support::temporary_folder folder;
  const auto file = folder.path() / "log";
  std::FILE* const opened = std::fopen(file.c_str(), "a");
  BOOST_REQUIRE(opened != nullptr);
  std::fputs("before ", opened);
  std::fflush(opened);
  const fs::path descriptors = "/proc/self/fd";
  if (fs::exists(descriptors)) {
    fs::create_symlink(descriptors / std::to_string(fileno(opened)), folder.path() / "link");  // as /dev/stdout is one
    dm::write_file_atomically(folder.path() / "link", [](std::ostream& out) { out << "behind"; });
    std::ifstream read(file);
    BOOST_TEST(std::string(std::istreambuf_iterator<char>(read), {}) == "before behind");
  }
  std::fclose(opened);
}

BOOST_AUTO_TEST_CASE(shapes_are_counted_without_overflow) {
  BOOST_TEST(dm::element_count(dm::shape{2, 3, 4}) == 24U);
  BOOST_TEST(dm::element_count(dm::shape{}) == 1U);
  BOOST_TEST(dm::to_string(dm::shape{28, 28}) == "(28, 28)");
  const std::size_t most = std::numeric_limits<std::size_t>::max();
  BOOST_CHECK_THROW(dm::element_count(dm::shape{most / 2, 3}), dm::data_error);
  BOOST_TEST(dm::element_count(dm::shape{most, 1}) == most);
}

BOOST_AUTO_TEST_SUITE_END()
