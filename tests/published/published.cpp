/// \file
/// The published mutation scores (replication package of Lyons and Ghanbari, ICST 2025), from the published models.

#include <Kokkos_Core.hpp>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdlib>
#include <deepmaacc/deepmaacc.hpp>
#include <deepmaacc/io/keras.hpp>
#include <deepmaacc/io/test_set.hpp>
#include <filesystem>
#include <iostream>
#include <string>

namespace dm = deepmaacc;

namespace {

std::string data_dir() {
  const char* named = std::getenv("DEEPMAACC_DATA_DIR");
  return named ? named : "";
}

/// Passes a test over, and says so, where the data is not there.
boost::test_tools::assertion_result has_data(boost::unit_test::test_unit_id) {
  const bool is_there = !data_dir().empty() && std::filesystem::is_directory(data_dir() + "/models");
  boost::test_tools::assertion_result result(is_there);
  if (!is_there)
    std::cout << "skipped: the paper's models are not there; set DEEPMAACC_DATA_DIR to their folder (docs/data.md)" << std::endl;
  return result;
}

dm::analysis_result analyze(const std::string& network, const std::string& set) {
  const auto model = dm::io::read_keras(data_dir() + "/models/" + network + "-" + set + ".keras");
  const std::string images = data_dir() + "/" + set + "/t10k-images-idx3-ubyte.gz",
                    labels = data_dir() + "/" + set + "/t10k-labels-idx1-ubyte.gz";
  const auto tests = dm::io::read_tests(images, labels, dm::io::deepmaacc_preparation());
  const auto result = dm::analyze(Kokkos::DefaultHostExecutionSpace{}, model, tests);
  std::cout << network << "-" << set << ": " << result << std::endl;
  return result;
}

/// Whether a score lies within 1 % of the published one, which was computed with TF32 products.
bool is_near(double score, double published) { return std::abs(score - published) <= 0.01 * published; }

}  // namespace

BOOST_AUTO_TEST_SUITE(published, *boost::unit_test::precondition(has_data))

BOOST_AUTO_TEST_CASE(fcnn_mnist) {
  const auto result = analyze("fcnn", "mnist");
  BOOST_TEST(result.mutants.size() == 480U);
  BOOST_TEST(result.scores[0].possible == 4800U);
  const auto difference = static_cast<long>(result.scores[0].killed) - 2543;
  BOOST_TEST(static_cast<std::size_t>(std::abs(difference)) <= result.scores[0].borderline);
}

BOOST_AUTO_TEST_CASE(lenet5_mnist) {
  const auto result = analyze("lenet5", "mnist");
  BOOST_TEST(result.mutants.size() == 708U);
  BOOST_TEST(is_near(result.score(), 0.267090395));
}

BOOST_AUTO_TEST_CASE(fcnn_fmnist) { BOOST_TEST(is_near(analyze("fcnn", "fmnist").score(), 0.589791667)); }

BOOST_AUTO_TEST_CASE(lenet5_fmnist) { BOOST_TEST(is_near(analyze("lenet5", "fmnist").score(), 0.602542373)); }

// There is no EMNIST test set to score them with: they load, and predict a class of 27 for every digit.
BOOST_AUTO_TEST_CASE(emnist_models_load_and_predict) {
  const auto tests = dm::io::read_tests(data_dir() + "/mnist/t10k-images-idx3-ubyte.gz", data_dir() + "/mnist/t10k-labels-idx1-ubyte.gz",
                                        dm::io::deepmaacc_preparation())
                         .first(200);
  for (const std::string network : {"fcnn", "lenet5"}) {
    auto model = dm::io::read_keras(data_dir() + "/models/" + network + "-emnist.keras");
    BOOST_TEST(model.classes() == 27U);
    std::vector<float> scratch, outputs(200 * 27);
    model.predict(tests.block<float>(0, 200, scratch), dm::matrix<float>(outputs.data(), 200, 27));
    bool is_varied = false;
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      BOOST_REQUIRE(std::isfinite(outputs[i]));
      is_varied |= outputs[i] != outputs[i % 27];
    }
    BOOST_TEST(is_varied);
  }
}

BOOST_AUTO_TEST_SUITE_END()
