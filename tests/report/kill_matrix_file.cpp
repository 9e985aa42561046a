#include <Kokkos_Core.hpp>
#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/analysis/analyze.hpp>
#include <deepmaacc/analysis/study.hpp>
#include <deepmaacc/io/file.hpp>
#include <deepmaacc/io/npy.hpp>
#include <deepmaacc/io/zip.hpp>
#include <deepmaacc/report/kill_matrix_file.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "support/error_text.hpp"
#include "support/random_networks.hpp"
#include "support/temporary_folder.hpp"

namespace dm = deepmaacc;

namespace {

/// The text of an NPY file of one text, where all of it is ASCII.
std::string text_in(const dm::io::file_bytes& npy) {
  const std::size_t begin = std::size_t{10} + static_cast<std::size_t>(npy.bytes[8]) + 256 * static_cast<std::size_t>(npy.bytes[9]);
  std::string text;
  for (std::size_t i = begin; i < npy.bytes.size(); i += 4)
    if (npy.bytes[i] != std::byte{0}) text += static_cast<char>(npy.bytes[i]);
  return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(kill_matrix_files)

BOOST_AUTO_TEST_CASE(bits_are_those_of_the_kills) {
  const support::temporary_folder folder;
  const auto made = support::make_case(731, true, 43);  // with ties, and a byte that is not full
  const auto network = support::network_of(made);
  const auto tests = support::tests_of(made);
  dm::study about(dm::this_thread{}, network, tests, dm::paper_operators(), dm::kill::any_flip{}, {.by_input = true});
  const auto result = about.analyze(dm::exhaustive{});
  const auto path = folder.path() / "kills.npz";
  for (int again = 0; again < 2; ++again) dm::report::write_kill_matrix(path, result, about.golden());
  BOOST_TEST(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);  // nothing is left beside it

  const auto file = dm::io::read_file(path.string());
  const dm::io::zip_archive archive(file);
  BOOST_TEST(text_in(archive.entry("format.npy")) == "deepmaacc.kill_matrix/1");
  BOOST_TEST(text_in(archive.entry("outcome.npy")) == "arg-max");
  std::size_t ones = 0;
  for (const bool is_borderline : {false, true}) {
    const auto bits = dm::io::read_npz<double>(file, is_borderline ? "borderline" : "kills");
    BOOST_TEST(bits.extents == (dm::shape{result.mutants.size(), 6}), boost::test_tools::per_element());
    for (std::size_t which = 0; which < result.mutants.size(); ++which) {
      std::vector<std::size_t> found;
      for (std::size_t i = 0; i < 48; ++i)
        if (static_cast<unsigned>(bits.values[which * 6 + i / 8]) & 0x80U >> i % 8) found.push_back(i);
      BOOST_TEST(found == (is_borderline ? result.kills.borderline_inputs(which) : result.kills.inputs(which)),
                 boost::test_tools::per_element());
      ones += found.size();
    }
  }
  BOOST_TEST(ones > 100U);
  const auto labels = dm::io::read_npz<double>(file, "label").values;
  BOOST_TEST(labels == std::vector<double>(made.labels.begin(), made.labels.end()), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(texts_are_code_points) {
  const auto points = [](const std::string& text) { return dm::io::detail::code_points(text); };
  BOOST_CHECK((points("a\xc3\xa4\xe2\x82\xac\xf0\x9f\x99\x82z") == U"a\u00e4\u20ac\U0001f642z"));
  BOOST_CHECK((points("\xc3") == U"\ufffd" && points("\xff\x41") == U"\ufffd\u0041" && points("").empty()));
}

BOOST_AUTO_TEST_CASE(what_was_not_asked_for_is_not_written) {
  const support::temporary_folder folder;
  const auto made = support::make_case(732, false, 10);
  const auto network = support::network_of(made);
  dm::study about(dm::this_thread{}, network, support::tests_of(made));
  const auto result = about.analyze(dm::exhaustive{});
  const auto text =
      support::error_text<dm::usage_error>([&] { dm::report::write_kill_matrix(folder.path() / "x", result, about.golden()); });
  BOOST_TEST(text.find("by_input = true") != std::string::npos);
  BOOST_TEST(std::filesystem::is_empty(folder.path()));
}

BOOST_AUTO_TEST_SUITE_END()
