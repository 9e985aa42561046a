#pragma once

/// \file
/// Applying a mutant, and undoing it.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/concepts/model_adapter.hpp>
#include <deepmaacc/concepts/mutation_operator.hpp>
#include <deepmaacc/mutation/mutant.hpp>
#include <deepmaacc/mutation/operators.hpp>
#include <span>
#include <utility>
#include <vector>

namespace deepmaacc {

/// While it lives the model is the mutant; afterwards it is the original again, bit for bit, also when something throws. Only the
/// mutated neurons' numbers are kept meanwhile. Refers to the model.
template <ModelAdapter Adapter>
class scoped_mutation {
  using T = typename Adapter::value_type;

 public:
  /// \param layer      the one of `model.layers()` that the mutant names
  /// \param operators  an `operators(…)` set, or one operator; `which.operation` is a position in it
  /// \param seed       of random operators
  /// \throws what the model and the operator throw; the model is the original then.
  template <class Operators>
  scoped_mutation(Adapter& model, const layer_description& layer, mutant which, const Operators& operators, std::uint64_t seed)
      : model_(model), mutant_(std::move(which)), size_(layer.numbers_per_neuron()), originals_(size_ * mutant_.neurons.size()) {
    for (std::size_t i = 0; i < mutant_.neurons.size(); ++i) model_.read_neuron(id(i), numbers(i));
    std::vector<T> changed(size_);
    const operator_set<Operators>& set = operators;
    try {
      set.visit(mutant_.operation, [&](const auto& operation) {
        for (std::size_t i = 0; i < mutant_.neurons.size(); ++i, ++written_) {
          std::copy_n(numbers(i).begin(), size_, changed.begin());
          mutate_neuron(operation, layer, std::span<T>(changed), {seed, mutant_.layer, mutant_.neurons[i], mutant_.repeat});
          model_.write_neuron(id(i), std::span<const T>(changed));
        }
      });
    } catch (...) {
      if (written_ < mutant_.neurons.size()) ++written_;  // the one that failed may be half written
      undo();
      throw;
    }
  }

  template <class Operators>
  scoped_mutation(const Adapter&&, const layer_description&, mutant, const Operators&, std::uint64_t) = delete;
  scoped_mutation(const scoped_mutation&) = delete;
  scoped_mutation& operator=(const scoped_mutation&) = delete;
  ~scoped_mutation() { undo(); }

 private:
  neuron_id id(std::size_t i) const { return {mutant_.layer, mutant_.neurons[i]}; }
  std::span<T> numbers(std::size_t i) { return std::span<T>(originals_).subspan(i * size_, size_); }

  void undo() noexcept {
    for (std::size_t i = 0; i < written_; ++i) model_.write_neuron(id(i), std::span<const T>(numbers(i)));
  }

  Adapter& model_;
  mutant mutant_;
  std::size_t size_;
  std::vector<T> originals_;
  std::size_t written_ = 0;
};

}  // namespace deepmaacc
