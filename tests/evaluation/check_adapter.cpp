// check_adapter finds what breaks each law, and nothing where none is broken.
#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/evaluation/check_adapter.hpp>
#include <deepmaacc/evaluation/check_fit.hpp>
#include <deepmaacc/evaluation/outcomes.hpp>
#include <memory>
#include <optional>
#include <random>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "support/error_text.hpp"
#include "support/random_networks.hpp"

namespace dm = deepmaacc;
using support::has;

namespace {

enum class fault {
  none,
  layers_change,
  names_repeat,
  predicts_too_little,
  predicts_too_much,
  looks_at_the_batch,
  remembers,
  reads_too_little,
  reads_too_much,
  counts_the_bias,
  hides_the_bias,
  bias_first,
  writes_next_door,
  predicts_from_a_copy,
  shares_weights,
  shares_scratch,
  copies_throw,
  resumes_with_old_weights,
  spoils_activations,
  shows_too_little,
  mixes_mutants_up,
  runs_other_weights,
  ignores_factors,
  gives_twice
};

constexpr std::size_t features = 5, hidden = 4, classes = 3;

struct weights {
  std::array<std::vector<float>, 2> numbers;  // of each layer: per neuron its weights, then its bias
};

/// A network of two layers that breaks one law.
class examined {
 public:
  using value_type = float;
  explicit examined(fault which) : fault_(which), weights_(std::make_shared<weights>()), scratch_(std::make_shared<scratch>()) {
    std::mt19937 random(1);
    std::uniform_real_distribution<float> number(-1, 1);
    weights_->numbers[0].resize(hidden * (features + 1));
    weights_->numbers[1].resize(classes * (hidden + 1));
    for (auto& layer : weights_->numbers)
      for (float& one : layer) one = number(random);
    for (std::size_t j = 0; j < hidden; ++j) weights_->numbers[0][j * (features + 1) + features] += 1;  // so that they are on
    old_ = *weights_;
  }
  examined(const examined& other)
      : fault_(other.fault_),
        weights_(fault_ == fault::shares_weights ? other.weights_ : std::make_shared<weights>(*other.weights_)),
        scratch_(fault_ == fault::shares_scratch ? other.scratch_ : std::make_shared<scratch>()),
        old_(other.old_),
        is_copy_(true) {}
  examined(examined&&) = default;
  examined& operator=(const examined&) = delete;
  examined& operator=(examined&&) = default;
  ~examined() = default;

  std::vector<dm::layer_description> layers() const {
    std::vector<dm::layer_description> all(2);
    for (std::size_t i = 0; i < 2; ++i) {
      all[i].name = fault_ == fault::names_repeat ? "dense" : i ? "output" : "hidden";
      all[i].neurons = i ? classes : hidden;
      all[i].weights_per_neuron = i ? hidden : features;
      all[i].output_shape = {all[i].neurons};
      if (fault_ == fault::counts_the_bias || fault_ == fault::hides_the_bias) ++all[i].weights_per_neuron;
      all[i].has_bias = fault_ != fault::hides_the_bias;
    }
    all[1].is_output = true;
    if (fault_ == fault::layers_change && ++calls_ > 1) all[0].neurons = hidden - 1;
    return all;
  }
  void read_neuron(dm::neuron_id id, std::span<float> to) const {
    const auto from = neuron(*weights_, id);
    const std::size_t count = fault_ == fault::reads_too_little ? from.size() - 1 : from.size();
    std::copy_n(from.begin(), count, to.begin());
    if (fault_ == fault::reads_too_much) to.data()[from.size()] = 7;
    if (fault_ == fault::bias_first) std::rotate(to.begin(), to.end() - 1, to.end());
  }
  void write_neuron(dm::neuron_id id, std::span<const float> from) {
    std::vector<float> numbers(from.begin(), from.end());
    if (fault_ == fault::bias_first) std::rotate(numbers.begin(), numbers.begin() + 1, numbers.end());
    const auto to = neuron(*weights_, id);
    std::copy_n(numbers.begin(), to.size(), to.begin());
    if (fault_ == fault::writes_next_door && id.neuron > 0) neuron(*weights_, {id.layer, 0})[0] += 1;
  }
  void predict(dm::matrix<const float> inputs, dm::matrix<float> outputs) {
    for (std::size_t i = 0; i < inputs.extent(0); ++i) {
      std::copy_n(&inputs(i, 0), features, scratch_->begin());
      for (std::size_t layer = 0; layer < 2; ++layer) {
        const auto made = after(layer, {scratch_->begin(), scratch_->end()});
        std::copy(made.begin(), made.end(), scratch_->begin());
      }
      if (fault_ == fault::shares_scratch) std::this_thread::sleep_for(std::chrono::microseconds(200));  // others come between
      if (fault_ == fault::copies_throw && is_copy_) throw std::runtime_error("the session is closed");
      if (fault_ == fault::looks_at_the_batch) (*scratch_)[0] += static_cast<float>(inputs.extent(0));
      if (fault_ == fault::remembers) (*scratch_)[0] += static_cast<float>(++calls_);
      std::copy_n(scratch_->begin(), fault_ == fault::predicts_too_little ? classes - 1 : classes, &outputs(i, 0));
    }
    if (fault_ == fault::predicts_too_much) (&outputs(outputs.extent(0) - 1, 0))[classes] = 1;
  }

  using activations_type = std::vector<std::array<std::vector<float>, 2>>;  // for each input, what enters each layer
  void predict(dm::matrix<const float> inputs, dm::matrix<float> outputs, activations_type& kept) {
    kept.clear();
    for (std::size_t i = 0; i < inputs.extent(0); ++i) {
      std::vector<float> input(&inputs(i, 0), &inputs(i, 0) + features);
      kept.push_back({input, after(0, input)});
    }
    predict(inputs, outputs);
  }
  void forward(std::size_t layer, const activations_type& kept, dm::matrix<float> outputs) {
    for (std::size_t i = 0; i < kept.size(); ++i) {
      auto values = kept[i][layer];
      for (std::size_t next = layer; next < 2; ++next)
        values = fault_ == fault::resumes_with_old_weights && next == layer ? applied(old_, next, values) : after(next, values);
      std::copy(values.begin(), values.end(), &outputs(i, 0));
      if (fault_ == fault::spoils_activations) const_cast<std::vector<float>&>(kept[i][layer])[0] = 9;
    }
  }
  /// One mutant after the other.
  void forward(std::size_t layer, const activations_type& kept, std::span<const std::span<const dm::neuron_change<float>>> mutants,
               dm::matrix<float> outputs) {
    for (std::size_t which = 0; which < mutants.size(); ++which) {
      examined mutant(fault::none);
      *mutant.weights_ = *weights_;
      for (const auto& one : mutants[which]) {
        std::vector<float> numbers(layer ? hidden + 1 : features + 1);
        read_neuron({layer, one.neuron}, numbers);
        if (!one.numbers.empty()) numbers.assign(one.numbers.begin(), one.numbers.end());
        for (float& number : numbers) number *= one.factor;
        mutant.write_neuron({layer, one.neuron}, numbers);
      }
      if (fault_ == fault::mixes_mutants_up && which > 0) *mutant.weights_ = *weights_;
      mutant.forward(layer, kept, dm::rows(outputs, which * kept.size(), kept.size()));
    }
  }
  dm::matrix<const float> layer_outputs(std::size_t layer, const activations_type& kept, dm::matrix<const float> outputs) const {
    if (layer == 1) return outputs;
    shown_.clear();
    for (const auto& one : kept) shown_.insert(shown_.end(), one[1].begin(), one[1].end());
    return {shown_.data(), kept.size() / (fault_ == fault::shows_too_little ? 2 : 1), hidden};
  }

  /// The network again for each change.
  class runner_type {
   public:
    explicit runner_type(const examined& of) : of_{of} {}
    std::size_t lanes() const { return 6; }
    void load(std::span<const float* const> inputs) {
      inputs_.assign(inputs.begin(), inputs.end());
      outputs_ = run(of_.front());
    }
    dm::matrix<const float> outputs() const { return {outputs_.data(), classes, 6}; }
    template <class Sink>
    void change(std::size_t layer, std::span<const dm::neuron_change<float>> changes, const Sink& sink) {
      examined mutant(of_.front());
      for (const auto& one : changes) {
        std::vector<float> numbers(layer ? hidden + 1 : features + 1);
        mutant.read_neuron({layer, one.neuron}, numbers);
        if (!one.numbers.empty()) numbers.assign(one.numbers.begin(), one.numbers.end());
        if (one.numbers.empty() && of_.front().fault_ != fault::ignores_factors)
          for (float& number : numbers) number *= one.factor;
        if (of_.front().fault_ == fault::runs_other_weights) numbers[0] += 1;
        mutant.write_neuron({layer, one.neuron}, numbers);
      }
      const auto changed = run(mutant);
      std::vector<std::uint32_t> lanes(inputs_.size());
      for (std::uint32_t i = 0; i < lanes.size(); ++i) lanes[i] = of_.front().fault_ == fault::gives_twice ? 0 : i;
      sink(dm::matrix<const float>(changed.data(), classes, 6), std::span<const std::uint32_t>(lanes));
    }

   private:
    std::vector<float> run(examined model) const {
      std::vector<float> all(classes * 6), row(classes + 1);  // room for what predicts too much
      for (std::size_t i = 0; i < inputs_.size(); ++i) {
        model.predict(dm::matrix<const float>(inputs_[i], 1, features), dm::matrix<float>(row.data(), 1, classes));
        for (std::size_t c = 0; c < classes; ++c) all[c * 6 + i] = row[c];
      }
      return all;
    }
    std::vector<examined> of_;  // one: it is not complete yet
    std::vector<const float*> inputs_;
    std::vector<float> outputs_;
  };
  friend class runner_type;
  auto delta() const;

 private:
  static std::span<float> neuron(weights& all, dm::neuron_id id) {
    const std::size_t size = id.layer ? hidden + 1 : features + 1;
    return std::span(all.numbers[id.layer]).subspan(id.neuron * size, size);
  }
  static std::vector<float> applied(weights& all, std::size_t layer, const std::vector<float>& from) {
    std::vector<float> to;
    for (std::size_t j = 0; j < (layer ? classes : hidden); ++j) {
      const auto numbers = neuron(all, {layer, j});
      float sum = numbers.back();
      for (std::size_t i = 0; i + 1 < numbers.size(); ++i) sum += numbers[i] * from[i];
      to.push_back(layer == 0 ? std::max(sum, 0.F) : sum);
    }
    return to;
  }
  std::vector<float> after(std::size_t layer, const std::vector<float>& from) {
    return applied(fault_ == fault::predicts_from_a_copy ? old_ : *weights_, layer, from);
  }

  fault fault_;
  std::shared_ptr<weights> weights_;
  // Of a fixed size: copies that share it mix up numbers, but not the heap.
  using scratch = std::array<float, std::max({features, hidden, classes})>;
  std::shared_ptr<scratch> scratch_;
  weights old_;
  bool is_copy_ = false;
  mutable std::size_t calls_ = 0;
  mutable std::vector<float> shown_;
};

auto examined::delta() const { return runner_type(*this); }
static_assert(dm::DeltaAdapter<examined> && dm::ObservableAdapter<examined> && dm::BatchedAdapter<examined>);

dm::test_set<float> some_inputs() {
  xt::xtensor<float, 2> inputs(std::array<std::size_t, 2>{8, features});
  std::mt19937 random(2);
  std::uniform_real_distribution<float> number(0, 1);
  for (float& one : inputs) one = number(random);
  return dm::test_set<float>(std::move(inputs));
}

std::string found_in(fault which) {
  examined adapter(which);
  const auto found = dm::check_adapter(adapter, some_inputs());
  if (!found) return "nothing";
  std::ostringstream text;
  text << *found;
  return text.str();
}

void check_found(fault which, const std::string& part) {
  const std::string text = found_in(which);
  BOOST_TEST(has(text, part), "'" << text << "' should have '" << part << "'");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(check_adapter)

BOOST_AUTO_TEST_CASE(right_adapters_pass) {
  BOOST_TEST(found_in(fault::none) == "nothing");
  for (std::uint64_t seed = 0; seed < 6; ++seed) {
    const auto made = support::make_case(seed, false, 6);
    auto network = support::network_of(made);
    const auto found = dm::check_adapter(network, support::tests_of(made));
    BOOST_TEST(!found.has_value(), seed << ": " << (found ? found->law + ", but " + found->example : ""));
  }
}

BOOST_AUTO_TEST_CASE(layers_must_be_what_they_say) {
  check_found(fault::layers_change, "layers() must be the same each time, but layer hidden is another than before");
  check_found(fault::names_repeat, "names of layers must be unique, but there are two called dense");
}

BOOST_AUTO_TEST_CASE(predictions_must_be_of_weights_and_input) {
  check_found(fault::predicts_too_little, "for input 0 class 2 of 3 is NaN");
  check_found(fault::predicts_too_much, "it writes more");
  check_found(fault::looks_at_the_batch, "each output must depend on its own input only");
  check_found(fault::remembers, "predict must depend on weights and inputs only");
  check_found(fault::predicts_from_a_copy, "predict must use the present weights");
}

BOOST_AUTO_TEST_CASE(numbers_must_be_a_neurons) {
  check_found(fault::reads_too_little, "read_neuron must give every number, but number 5 of 6 of the last neuron of layer hidden");
  check_found(fault::reads_too_much, "read_neuron must give no more numbers than it is asked for");
  check_found(fault::counts_the_bias, "number 6 of 7 of the last neuron of layer hidden");
  check_found(fault::hides_the_bias, "weights_per_neuron must not count the bias");
  check_found(fault::bias_first, "in layer output the last number of a neuron is no bias");
  check_found(fault::writes_next_door, "writing a neuron must leave the others as they are");
}

BOOST_AUTO_TEST_CASE(copies_must_share_nothing) {
  check_found(fault::shares_weights, "copies of an adapter must share nothing that changes, but writing a neuron of a copy");
  check_found(fault::shares_scratch, "copies of an adapter must share nothing that changes, but in a copy, beside others");
  BOOST_TEST(support::error_text<std::runtime_error>([] { found_in(fault::copies_throw); }) == "the session is closed");
}

BOOST_AUTO_TEST_CASE(tiers_must_give_what_predict_gives) {
  check_found(fault::resumes_with_old_weights, "forward must give what predict does after weights of its layer have changed");
  check_found(fault::spoils_activations, "forward must leave the activations as they are");
  check_found(fault::shows_too_little, "layer_outputs must have a row per input");
  check_found(fault::mixes_mutants_up, "forward must give for many mutants what predict does with their weights, but with neuron");
  check_found(fault::runs_other_weights, "a runner's change must give what predict does with the changed weights");
  check_found(fault::ignores_factors, "turned by a factor");
  check_found(fault::gives_twice, "a runner must give each input to the sink once per change");
}

BOOST_AUTO_TEST_CASE(an_adapter_is_left_as_it_was) {
  examined adapter(fault::none);
  std::vector<float> before(features + 1), after(features + 1);
  adapter.read_neuron({0, 3}, before);
  BOOST_TEST(!dm::check_adapter(adapter, some_inputs()).has_value());
  adapter.read_neuron({0, 3}, after);
  BOOST_TEST(before == after, boost::test_tools::per_element());
}

// What cannot be judged is refused before anything runs.
BOOST_AUTO_TEST_CASE(outputs_must_be_classes) {
  struct shaped : examined {
    explicit shaped(dm::shape given) : examined(fault::none), shape(std::move(given)) {}
    const dm::shape& output_shape() const { return shape; }
    dm::shape shape;
  };
  const auto judge = [](const auto& model) { static_cast<void>(dm::any_outcome().judge(dm::describe_outputs(model))); };
  const auto refusal = [&](const dm::shape& given) { return support::error_text<dm::model_error>([&] { judge(shaped(given)); }); };
  BOOST_TEST(has(refusal({1, 3, 2}), "shape (1, 3, 2)"));
  BOOST_TEST(has(refusal({3, 1}), "shape (3, 1)"));
  BOOST_CHECK_NO_THROW(judge(shaped({1, 1, 3})));
  struct single : examined {
    using examined::examined;
    std::size_t classes() const { return 1; }
  };
  BOOST_TEST(has(support::error_text<dm::model_error>([&] { judge(single(fault::none)); }), "the model has one output"));
  BOOST_CHECK_NO_THROW(judge(examined(fault::none)));
}

BOOST_AUTO_TEST_SUITE_END()
