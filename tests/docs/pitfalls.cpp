// What docs/pitfalls.md shows, so that it compiles, and so that the errors read as the page says.
#include <algorithm>
#include <array>
#include <cstddef>
#include <deepmaacc/core/xtensor.hpp>
#include <deepmaacc/deepmaacc.hpp>
#include <iostream>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace dm = deepmaacc;

namespace {

// Copies of it cannot be made: it owns a connection, a session, a file.
class session_adapter {
 public:
  using value_type = float;
  std::vector<dm::layer_description> layers() const {
    dm::layer_description only;
    only.name = only.kind = "Dense";
    only.neurons = 2;
    only.weights_per_neuron = 1;
    only.is_output = true;
    return {only};
  }
  void read_neuron(dm::neuron_id id, std::span<float> numbers) const { std::ranges::copy((*weights_)[id.neuron], numbers.begin()); }
  void write_neuron(dm::neuron_id id, std::span<const float> numbers) { std::ranges::copy(numbers, (*weights_)[id.neuron].begin()); }
  void predict(dm::matrix<const float> inputs, dm::matrix<float> outputs) {
    for (std::size_t i = 0; i < inputs.extent(0); ++i)
      for (std::size_t j = 0; j < 2; ++j) outputs(i, j) = (*weights_)[j][0] * inputs(i, 0) + (*weights_)[j][1];
  }

 private:
  std::unique_ptr<std::array<std::array<float, 2>, 2>> weights_ =
      std::make_unique<std::array<std::array<float, 2>, 2>>(std::array<std::array<float, 2>, 2>{{{1, 0}, {-1, 0}}});
};

template <class Tests>
dm::analysis_result analyze_session(const Tests& tests) {
  const Kokkos::DefaultHostExecutionSpace space;
#if defined(BROKEN_CONST_ADAPTER)
  const session_adapter model;
  return dm::analyze(space, model, tests);
#else
  session_adapter model;
  return dm::analyze(space, model, tests);
#endif
}

// Loops inside predict.
struct doubling_adapter {
  void launch(dm::matrix<const float> inputs, dm::matrix<float> outputs) {
    const Kokkos::RangePolicy<Kokkos::DefaultHostExecutionSpace> all(0, inputs.extent(0));
    Kokkos::parallel_for("mine", all, [=](std::size_t i) { outputs(i, 0) = 2 * inputs(i, 0); });
  }
  void loop(dm::matrix<const float> inputs, dm::matrix<float> outputs) {
    dm::parallel_loop(dm::this_thread{}, "mine", inputs.extent(0), [=](std::size_t i) { outputs(i, 0) = 2 * inputs(i, 0); });
  }
};

xt::xtensor<float, 2> load_images() {
  xt::xtensor<float, 2> images(std::array<std::size_t, 2>{4, 1});
  for (std::size_t i = 0; i < 4; ++i) images(i, 0) = i < 2 ? 1.0F : -1.0F;
  return images;
}

[[maybe_unused]] auto dangling_tests(const std::vector<int>& labels) {
  xt::xtensor<float, 2> images = load_images();
  return dm::test_set(images, labels);
}

auto owning_tests(const std::vector<int>& labels) {
  xt::xtensor<float, 2> images = load_images();
  return dm::test_set(std::move(images), labels);
}

int failed = 0;

void expect_error(const std::string& wanted, const std::string& found) {
  if (wanted == found) return;
  std::cerr << "expected the error:\n  " << wanted << "\nbut it is:\n  " << found << '\n';
  ++failed;
}

template <class Call>
std::string error_of(const Call& call) {
  try {
    call();
    return "none";
  } catch (const dm::error& fault) {
    return fault.what();
  }
}

}  // namespace

int main(int argc, char* argv[]) {
  const std::vector<int> labels{0, 0, 1, 1};
  const auto tests = owning_tests(labels);
  expect_error("deepmaacc::analyze: Kokkos is not initialised; put `Kokkos::ScopeGuard kokkos(argc, argv);` at the beginning of main",
               error_of([&] { analyze_session(tests); }));

  const Kokkos::ScopeGuard kokkos(argc, argv);
  expect_error("none", error_of([&] { analyze_session(tests); }));

  const std::vector<int> from_one{1, 1, 2, 2};
  expect_error("input 2 has label 2, but the model knows classes 0 to 1 only; give labels that count from 0",
               error_of([&] { analyze_session(owning_tests(from_one)); }));

  session_adapter model;
  const Kokkos::DefaultHostExecutionSpace space;
  expect_error("engine resumable needs a model adapter of the resumable tier, this one is basic; choose auto or whole", error_of([&] {
                 const dm::evaluation_options options{.engine = dm::engine::resumable{}};
                 dm::analyze(space, model, tests, dm::exhaustive{}, dm::paper_operators(), dm::kill_rules(dm::kill::any_flip{}), options);
               }));

  const auto images = load_images();
  std::vector<float> doubled(4);
  doubling_adapter loops;
  loops.loop({images.data(), 4, 1}, {doubled.data(), 4, 1});
  if (doubled != std::vector<float>{2, 2, -2, -2}) ++failed;
  loops.launch({images.data(), 4, 1}, {doubled.data(), 4, 1});  // fine here: not inside a parallel region
  return failed;
}
