#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <deepmaacc/io/keras_layers.hpp>
#include <deepmaacc/model/activation.hpp>
#include <fstream>
#include <string>
#include <vector>

namespace {

/// The names between backticks in the first column of the table under a heading of docs/layers.md, sorted.
std::vector<std::string> listed(const std::string& heading) {
  std::ifstream page(DEEPMAACC_SOURCE_DIR "/docs/layers.md");
  BOOST_REQUIRE(page.good());
  std::vector<std::string> names;
  bool is_inside = false;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("## ")) is_inside = line == "## " + heading;
    if (!is_inside || !line.starts_with("| `")) continue;
    const std::string column = line.substr(0, line.find(" | "));
    for (std::size_t begin = 0; (begin = column.find('`', begin)) != std::string::npos;) {
      const std::size_t end = column.find('`', begin + 1);
      BOOST_REQUIRE(end != std::string::npos);
      names.push_back(column.substr(begin + 1, end - begin - 1));
      begin = end + 1;
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::string> sorted(std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  BOOST_TEST((std::adjacent_find(names.begin(), names.end()) == names.end()), "two have the same name");
  return names;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(layer_list)

// The page lists all there is, once, and nothing else.
BOOST_AUTO_TEST_CASE(the_page_lists_every_layer) {
  BOOST_TEST(listed("Classes") == sorted(deepmaacc::io::keras_layers().names()), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_page_lists_every_activation) {
  BOOST_TEST(listed("Activations") == sorted(deepmaacc::activation_names()), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
