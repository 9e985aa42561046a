#include <boost/test/unit_test.hpp>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/core/whole_file.hpp>
#include <filesystem>
#include <fstream>
#include <limits>
#include <stdexcept>
#include <string>

namespace dm = deepmaacc;
namespace fs = std::filesystem;

namespace {

/// A folder that is gone when the test ends.
struct scratch_folder {
  fs::path path = fs::temp_directory_path() / ("deepmaacc-files-" + std::to_string(std::hash<std::string>{}(__TIME__ __FILE__)));
  scratch_folder() { fs::create_directories(path); }
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;
  ~scratch_folder() { fs::remove_all(path); }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(files)

BOOST_AUTO_TEST_CASE(a_file_is_whole_or_not_there) {
  const scratch_folder folder;
  const auto file = folder.path / "report";
  dm::write_whole_file(file, [](std::ostream& out) { out << "first"; });
  const auto interrupted = [&] {
    dm::write_whole_file(file, [](std::ostream& out) {
      out << "half";
      throw std::runtime_error("interrupted");
    });
  };
  BOOST_CHECK_THROW(interrupted(), std::runtime_error);
  std::string content;
  std::ifstream(file) >> content;
  BOOST_TEST(content == "first");
  BOOST_TEST(std::distance(fs::directory_iterator(folder.path), fs::directory_iterator{}) == 1);
  BOOST_CHECK_THROW(dm::write_whole_file(folder.path / "none" / "report", [](std::ostream&) {}), dm::data_error);
  BOOST_CHECK_THROW(dm::write_whole_file(folder.path, [](std::ostream&) {}), dm::data_error);
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
