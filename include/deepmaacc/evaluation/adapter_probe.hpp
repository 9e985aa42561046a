#pragma once

/// \file
/// A model adapter under examination: what its laws are looked at with.

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <deepmaacc/concepts/model_adapter.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/core/test_set.hpp>
#include <limits>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace deepmaacc {

/// What breaks a law of model adapters. Prints itself.
struct adapter_counterexample {
  std::string law;      ///< what should hold
  std::string example;  ///< where it does not
};

inline std::ostream& operator<<(std::ostream& out, const adapter_counterexample& found) {
  return out << found.law << ", but " << found.example;
}

namespace detail {

/// An adapter, some inputs, and what it says of them as it was given.
template <class Adapter>
struct adapter_probe {
  using adapter_type = Adapter;
  using T = typename Adapter::value_type;
  using refuted = std::optional<adapter_counterexample>;
  using numbers = std::vector<T>;

  /// Outputs as they should be, and whose they are.
  struct law {
    std::string text, where;
    const numbers& expected;
  };

  template <class Input>
  adapter_probe(Adapter& examined, const test_set<Input>& tests)
      : adapter(examined),
        layers(examined.layers()),
        classes(class_count(examined)),
        rows(std::min<std::size_t>(tests.size(), 8)),
        features(tests.features()) {
    numbers scratch;
    const auto from = tests.template block<T>(0, rows, scratch);
    inputs.assign(from.data(), from.data() + rows * features);
  }

  /// Layers with neurons.
  std::vector<std::size_t> mutable_layers() const {
    std::vector<std::size_t> all;
    for (std::size_t i = 0; i < layers.size(); ++i)
      if (layers[i].is_mutable()) all.push_back(i);
    return all;
  }

  const T* input(std::size_t i) const { return inputs.data() + i * features; }
  matrix<const T> view(const numbers& all, std::size_t columns) const { return matrix<const T>(all.data(), all.size() / columns, columns); }
  matrix<T> writable(numbers& outputs) const { return matrix<T>(outputs.data(), outputs.size() / classes, classes); }

  numbers predicted_of(Adapter& model, const T* first, std::size_t count) {
    constexpr T none = std::numeric_limits<T>::quiet_NaN();
    numbers outputs((count + 1) * classes, none);  // nobody may write behind the last row
    model.predict(matrix<const T>(first, count, features), matrix<T>(outputs.data(), count, classes));
    for (std::size_t c = 0; c < classes; ++c)
      if (!std::isnan(outputs[count * classes + c])) wrote_too_much = true;
    outputs.resize(count * classes);
    return outputs;
  }
  numbers predicted(Adapter& model, const numbers& all) { return predicted_of(model, all.data(), all.size() / features); }

  /// A neuron's numbers, and one more that must be left as it is.
  numbers read(neuron_id which, T sentinel) const {
    const std::size_t size = layers[which.layer].numbers_per_neuron();
    numbers all(size + 1, sentinel);
    std::as_const(adapter).read_neuron(which, std::span<T>(all).first(size));
    return all;
  }
  void restore(neuron_id which, const numbers& all) { adapter.write_neuron(which, std::span<const T>(all).first(all.size() - 1)); }
  numbers change(neuron_id which) {
    const numbers before = read(which, T(0));
    numbers turned(before.begin(), before.end() - 1);
    for (T& one : turned) one = -one;
    adapter.write_neuron(which, turned);
    return before;
  }

  refuted restores(neuron_id which, const numbers& before, const std::string& name) {
    restore(which, before);
    const char* const broken = "writing back what was read must restore the model bit for bit";
    if (read(which, before.back()) != before)
      return adapter_counterexample{broken, text("neuron ", which.neuron, " of layer ", name, " has other numbers then")};
    return differs({broken, text("after neuron ", which.neuron, " of layer ", name), original}, predicted(adapter, inputs));
  }

  bool same_for_all_inputs(const numbers& outputs) const {
    const T slack = slack_of(outputs);
    for (std::size_t i = classes; i < outputs.size(); ++i)
      if (!is_close(outputs[i], outputs[i % classes], slack)) return false;
    return true;
  }
  /// Rounding breaks no law.
  static T slack_of(const numbers& outputs) {
    T largest = 0;
    for (const T one : outputs) largest = std::max(largest, std::abs(one));
    return std::sqrt(std::numeric_limits<T>::epsilon()) * largest;
  }
  /// Infinite numbers, and NaN that both have, are the same.
  static bool is_close(T a, T b, T slack) { return std::abs(a - b) <= slack || a == b || (std::isnan(a) && std::isnan(b)); }
  /// \param first  the input that the first row of `given` is about
  refuted differs(const law& broken, const numbers& given, std::size_t first = 0) const {
    const T slack = slack_of(broken.expected);
    for (std::size_t i = 0; i < given.size(); ++i)
      if (const T wanted = broken.expected[first * classes + i]; !is_close(given[i], wanted, slack))
        return adapter_counterexample{broken.text, text(broken.where, " input ", first + i / classes, " has ", given[i], " for class ",
                                                        i % classes, ", not ", wanted)};
    return std::nullopt;
  }

  Adapter& adapter;
  std::vector<layer_description> layers;
  std::size_t classes, rows, features;
  numbers inputs, original;                  ///< outputs; set by the law that examines them first
  std::atomic<bool> wrote_too_much = false;  ///< copies run side by side
};

}  // namespace detail
}  // namespace deepmaacc
