/// \file
/// Runs the experiments of Lyons and Ghanbari (ICST 2025) again, on the models whose data is at hand, and writes what comes out beside
/// what they published.
///
///   reproduce DATA OUTPUT [--inputs N] [--models NAME[,NAME]…] [--draws N]
///
/// --inputs takes the first N of each test set, --draws repeats random choices N times in the comparison of methods (default 100).
/// DATA holds the models, test sets and published tables (docs/data.md); OUTPUT gets results.md and results.csv.

#include <Kokkos_Core.hpp>
#include <charconv>
#include <cstddef>
#include <deepmaacc/core/atomic_file.hpp>
#include <deepmaacc/io/keras.hpp>
#include <deepmaacc/io/test_set.hpp>
#include <exception>
#include <iostream>
#include <sstream>
#include <string>
#include <system_error>
#include <vector>

#include "experiments.hpp"
#include "page.hpp"
#include "published.hpp"
#include "results.hpp"

namespace {

namespace dm = deepmaacc;

struct options {
  std::string data, output;
  std::size_t inputs = 0;  ///< of each test set; 0 for all
  std::size_t draws = 100;
  std::vector<std::string> models{"fcnn-mnist", "lenet5-mnist", "fcnn-fmnist", "lenet5-fmnist"};

  options(int argc, char* argv[]) {
    std::vector<std::string> places;
    for (int i = 1; i < argc; ++i) {
      const std::string one = argv[i];
      const auto value = [&]() -> std::string {
        if (i + 1 == argc) throw dm::usage_error(one + " needs a value");
        return argv[++i];
      };
      const auto number = [&] {
        const std::string text = value();
        std::size_t parsed = 0;
        const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), parsed);
        if (fault != std::errc{} || end != text.data() + text.size() || parsed == 0)
          throw dm::usage_error(one + ": '" + text + "' is no number from 1");
        return parsed;
      };
      if (one == "--inputs") {
        inputs = number();
      } else if (one == "--draws") {
        draws = number();
      } else if (one == "--models") {
        models.clear();
        std::istringstream names(value());
        for (std::string name; std::getline(names, name, ',');) models.push_back(name);
      } else if (one.starts_with("--")) {
        throw dm::usage_error(one + " is no option; options: --inputs, --models, --draws");
      } else {
        places.push_back(one);
      }
    }
    if (places.size() != 2 || models.empty())
      throw dm::usage_error(
          "give the folder of the data and that of the results: reproduce DATA OUTPUT [--inputs N] [--models NAME[,NAME]...] [--draws N]");
    data = places[0];
    output = places[1];
  }
};

void run(const options& given) {
  const dm::stopwatch total;
  const reproduce::published_tables published(given.data + "/reference");
  for (const char* name : {"/results.md", "/results.csv"}) dm::require_writable(given.output + name);
  const Kokkos::DefaultHostExecutionSpace space;
  const auto rules = dm::kill_rules(dm::kill::predicted_class{}, dm::kill::true_class{});
  reproduce::results found;
  found.draws = given.draws;
  found.threads = static_cast<std::size_t>(space.concurrency());
  for (const std::string& name : given.models) {
    const dm::stopwatch clock;
    const std::string set = name.substr(name.rfind('-') + 1), images = given.data + "/" + set + "/t10k-images-idx3-ubyte.gz",
                      labels = given.data + "/" + set + "/t10k-labels-idx1-ubyte.gz";
    const auto network = dm::io::read_keras(given.data + "/models/" + name + ".keras");
    auto tests = dm::io::read_tests(images, labels, dm::io::deepmaacc_preparation());
    if (given.inputs) tests = tests.first(given.inputs);
    found.inputs = tests.size();

    dm::study plain(space, network, tests, dm::paper_operators(), rules);
    found.add(reproduce::run_published(plain, name, "float32", true));
    found.add(reproduce::run_decision(plain, name, given.draws));

    const auto rounded = network.in_precision(dm::precision::tf32{});
    dm::study emulated(space, rounded, tests, dm::paper_operators(), rules);
    found.add(reproduce::run_published(emulated, name, "tf32", false));
    std::cout << name << ": " << clock.seconds() << " s" << std::endl;
  }
  found.seconds = total.seconds();
  dm::write_file_atomically(given.output + "/results.md", [&](std::ostream& out) { reproduce::write_page(out, found, published); });
  dm::write_file_atomically(given.output + "/results.csv", [&](std::ostream& out) { reproduce::write_csv(out, found, published); });
  std::cout << "all: " << found.seconds << " s; written to " << given.output << "/results.md and results.csv\n";
}

}  // namespace

int main(int argc, char* argv[]) {
  try {
    const options given(argc, argv);
    Kokkos::InitializationSettings settings;
    settings.set_disable_warnings(true);
    const Kokkos::ScopeGuard kokkos(settings);
    run(given);
    return 0;
  } catch (const dm::usage_error& fault) {
    std::cerr << "reproduce: " << fault.what() << '\n';
    return 2;
  } catch (const std::exception& fault) {
    std::cerr << "reproduce: " << fault.what() << '\n';
    return 3;
  }
}
