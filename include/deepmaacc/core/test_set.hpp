#pragma once

/// \file
/// Inputs, and their labels or targets where there are any.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/input_source.hpp>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/core/tensor_view.hpp>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace deepmaacc {

/// Inputs, labelled or not. The inputs are not copied: an xtensor container of any layout or a Kokkos view of either layout, inputs
/// along the first dimension. An rvalue container and a managed Kokkos view are kept alive; an lvalue xtensor
/// container, and what an xtensor view looks at, is referred to and must outlive the set. A std::vector is given with its shape, and
/// taken: moved, or copied where it is an lvalue. Inputs may also come from an `input_source`, which makes them when they are asked for.
/// Copies of a set share inputs and labels.
template <class T = float>
class test_set {
 public:
  using value_type = T;

  /// \param inputs  tensor (inputs × the shape of one input)
  /// \param labels  one class from 0 per input: any range of integers
  /// \throws data_error where the counts differ, a label is negative, or there is no input.
  template <class Inputs, class Labels>
  requires detail::tensor_like<Inputs> test_set(Inputs&& inputs, const Labels& labels) : test_set(std::forward<Inputs>(inputs)) {
    set_labels(classes_of(labels));
  }

  /// Inputs without labels, to be judged by the original model's predictions (`oracle_kind::predictions`).
  /// \throws data_error where there is no input.
  template <class Inputs>
  requires detail::tensor_like<Inputs>
  // NOLINTNEXTLINE(bugprone-forwarding-reference-overload): its requires keeps copies out, which the check does not read
  explicit test_set(Inputs&& inputs) {
    using tensor = std::remove_cvref_t<Inputs>;
    static_assert(std::is_same_v<std::remove_cv_t<typename tensor::value_type>, T>,
                  "deepmaacc::test_set: the inputs' element type must be the set's; name it, as in test_set<double>");
    static_assert(detail::is_host_tensor<tensor>,
                  "deepmaacc::test_set: inputs must lie in memory that the host can read; use Kokkos::create_mirror_view_and_copy");
    if constexpr (Kokkos::is_view_v<tensor> || !std::is_lvalue_reference_v<Inputs>) {
      auto kept = std::make_shared<const tensor>(std::forward<Inputs>(inputs));
      inputs_ = detail::view_of(*kept);
      owner_ = std::move(kept);
    } else {
      inputs_ = detail::view_of(inputs);
    }
    set_sizes();
  }

  /// Inputs in a vector, row-major.
  /// \param extents  of all inputs: (inputs × the shape of one input), as in {500, 28, 28}
  /// \throws data_error where the extents take another count of numbers, or there is no input.
  test_set(std::vector<T> inputs, const shape& extents) {
    auto kept = std::make_shared<const std::vector<T>>(std::move(inputs));
    inputs_ = detail::shaped(*kept, extents);
    owner_ = std::move(kept);
    set_sizes();
  }

  /// The same with one class from 0 per input: any range of integers.
  /// \throws data_error as the others do.
  template <class Labels>
  test_set(std::vector<T> inputs, const shape& extents, const Labels& labels) : test_set(std::move(inputs), extents) {
    set_labels(classes_of(labels));
  }

  /// Is refused: a vector does not tell its shape.
  template <class Number, class... Labels>
  explicit test_set(const std::vector<Number>&, const Labels&...) {
    static_assert(std::is_void_v<Number>,
                  "deepmaacc::test_set: a std::vector of inputs must come with its shape; write test_set(numbers, {inputs, features}, "
                  "labels)");
  }

  /// Inputs that a source makes.
  /// \throws data_error where there is none.
  explicit test_set(std::shared_ptr<const input_source<T>> source) {
    set_sizes(source->size(), source->input_shape());
    if (const T* const data = source->rows()) {
      inputs_ = {data, {size_, features_}, {features_, 1}};
      owner_ = std::move(source);
    } else {
      source_ = std::move(source);
    }
  }

  /// The same with one class from 0 per input.
  /// \throws data_error where there is no input, or the counts differ.
  test_set(std::shared_ptr<const input_source<T>> source, std::vector<std::uint32_t> labels) : test_set(std::move(source)) {
    set_labels(std::move(labels));
  }

  /// Number of inputs.
  std::size_t size() const { return size_; }
  /// Shape of one input.
  const shape& input_shape() const { return input_shape_; }
  /// Elements of one input.
  std::size_t features() const { return features_; }
  bool has_labels() const { return labels_ != nullptr; }
  /// One class per input; empty where the set has no labels.
  const std::vector<std::uint32_t>& labels() const {
    static const std::vector<std::uint32_t> none;
    return labels_ ? *labels_ : none;
  }

  /// How many target numbers each input has: those of `with_targets`, else its label; 0 where there are none.
  std::size_t target_size() const { return targets_ ? targets_->size() / targets_of_ : has_labels() ? 1 : 0; }
  /// Writes the target numbers of an input.
  /// \param target  room for `target_size()` numbers
  void target(std::size_t input, std::span<double> target) const {
    if (targets_)
      std::copy_n(targets_->data() + input * target.size(), target.size(), target.data());
    else
      target[0] = labels()[input];
  }

  /// The same inputs with numbers as targets, in place of labels: real numbers to predict, or one class or 0 and 1 for each of several
  /// labels or positions. Which of these they are an outcome says.
  /// \param targets  tensor (inputs × …) of any numbers; copied
  /// \throws data_error where the counts of inputs differ, or there is no number for each.
  template <class Targets>
  requires detail::tensor_like<Targets> test_set with_targets(const Targets& targets)
  const {
    const auto view = detail::view_of(targets);
    if (view.extents.empty() || view.extents[0] != size_)
      throw data_error(detail::text("the test set has ", size_, " inputs, but targets of shape ", to_string(view.extents),
                                    "; give as many along the first axis"));
    const std::size_t each = element_count(view.extents) / size_;
    std::vector<double> numbers(size_ * each);
    for (std::size_t i = 0; i < size_; ++i) view.pack(i, numbers.data() + i * each);
    return with_targets(std::move(numbers));
  }
  /// The same of a list, one input's numbers after the other.
  test_set with_targets(std::vector<double> targets) const {
    if (targets.empty() || targets.size() % size_ != 0)
      throw data_error(
          detail::text("the test set has ", size_, " inputs, but ", targets.size(), " target numbers; give the same count for each input"));
    test_set all = *this;
    all.labels_.reset();
    all.targets_ = std::make_shared<const std::vector<double>>(std::move(targets));
    all.targets_of_ = size_;
    return all;
  }

  /// The first `count` inputs, or all where there are fewer. No copy of the inputs.
  test_set first(std::size_t count) const {
    test_set part = *this;
    if (count == 0) throw usage_error("a test set needs at least one input; a limit of 0 leaves none");
    part.size_ = std::min(count, size_);
    if (has_labels() && part.size_ < size_)
      part.labels_ =
          std::make_shared<const std::vector<std::uint32_t>>(labels_->begin(), labels_->begin() + static_cast<std::ptrdiff_t>(part.size_));
    return part;
  }

  /// Some inputs, in the given order, with their labels or targets; one may be there more than once. No copy of the inputs: they are picked
  /// when they are asked for.
  /// \throws usage_error for an input that is not there, or where none is given.
  test_set subset(const std::vector<std::size_t>& inputs) const {
    if (inputs.empty()) throw usage_error("a test set needs at least one input; a subset of none leaves none");
    for (const std::size_t one : inputs)
      if (one >= size_)
        throw usage_error(detail::text("test_set::subset: there is no input ", one, "; the set has ", size_, ", which count from 0"));
    const std::shared_ptr<const input_source<T>> source = std::make_shared<const picked_inputs>(*this, inputs);
    test_set picked(source);
    if (has_labels()) {
      std::vector<std::uint32_t> labels;
      labels.reserve(inputs.size());
      for (const std::size_t one : inputs) labels.push_back((*labels_)[one]);
      picked.set_labels(std::move(labels));
      return picked;
    }
    const std::size_t each = target_size();
    if (each == 0) return picked;
    std::vector<double> targets(inputs.size() * each);
    for (std::size_t i = 0; i < inputs.size(); ++i) target(inputs[i], std::span(targets).subspan(i * each, each));
    return picked.with_targets(std::move(targets));
  }

  /// Whether `block` returns views of the inputs themselves for elements of type U.
  template <class U>
  bool is_contiguous_as() const {
    if (!std::is_same_v<T, U> || source_) return false;
    return inputs_.is_row_major();
  }

  /// Inputs [first, first + count) as rows. Where they lie row-major already this is a view of them; otherwise they are written
  /// to `scratch`, which is made large enough.
  template <class U>
  matrix<const U> block(std::size_t first, std::size_t count, std::vector<U>& scratch) const {
    if constexpr (std::is_same_v<T, U>)
      if (is_contiguous_as<U>()) return matrix<const U>(inputs_.data + first * features_, count, features_);
    scratch.resize(count * features_);
    write(first, count, scratch.data());
    return matrix<const U>(scratch.data(), count, features_);
  }

  /// One input's elements, a view of the input itself where `block` gives one; otherwise written to `scratch`, room for `features()`
  /// elements.
  template <class U>
  const U* row(std::size_t input, U* scratch) const {
    if constexpr (std::is_same_v<T, U>)
      if (is_contiguous_as<U>()) return inputs_.data + input * features_;
    write(input, 1, scratch);
    return scratch;
  }

 private:
  /// Inputs of another set.
  class picked_inputs final : public input_source<T> {
   public:
    picked_inputs(test_set from, std::vector<std::size_t> inputs) : from_(std::move(from)), inputs_(std::move(inputs)) {}
    std::size_t size() const override { return inputs_.size(); }
    const shape& input_shape() const override { return from_.input_shape(); }
    void write(std::size_t first, std::size_t count, T* rows) const override {
      for (std::size_t i = 0; i < count; ++i) {
        T* const to = rows + i * from_.features();
        if (const T* const at = from_.template row<T>(inputs_[first + i], to); at != to) std::copy_n(at, from_.features(), to);
      }
    }

   private:
    test_set from_;
    std::vector<std::size_t> inputs_;
  };

  static constexpr const char* empty_text = "the test set is empty: it needs at least one input";

  /// From the inputs that lie in memory.
  void set_sizes() {
    if (inputs_.extents.empty()) throw data_error(empty_text);
    set_sizes(inputs_.extents[0], shape(inputs_.extents.begin() + 1, inputs_.extents.end()));
  }

  void set_sizes(std::size_t size, shape input_shape) {
    if (size == 0) throw data_error(empty_text);
    size_ = size;
    features_ = element_count(input_shape);
    input_shape_ = std::move(input_shape);
  }

  void set_labels(std::vector<std::uint32_t> labels) {
    if (size_ != labels.size())
      throw data_error(detail::text("the test set has ", size_, " inputs, but ", labels.size(), " labels; give one label per input"));
    labels_ = std::make_shared<const std::vector<std::uint32_t>>(std::move(labels));
  }

  template <class U>
  void write(std::size_t first, std::size_t count, U* rows) const {
    if (!source_) {
      for (std::size_t i = 0; i < count; ++i) inputs_.pack(first + i, rows + i * features_);
    } else if constexpr (std::is_same_v<T, U>) {
      source_->write(first, count, rows);
    } else {
      std::vector<T> made(features_);
      for (std::size_t i = 0; i < count; ++i) {
        source_->write(first + i, 1, made.data());
        std::transform(made.begin(), made.end(), rows + i * features_, [](T number) { return static_cast<U>(number); });
      }
    }
  }

  template <class Labels>
  static std::vector<std::uint32_t> classes_of(const Labels& labels) {
    std::vector<std::uint32_t> classes;
    if constexpr (requires { labels.size(); }) classes.reserve(static_cast<std::size_t>(labels.size()));
    for (const auto label : labels) classes.push_back(checked_label(label));
    return classes;
  }

  template <class Label>
  static std::uint32_t checked_label(Label label) {
    static_assert(std::is_integral_v<Label>, "deepmaacc::test_set: labels must be integers; give one class per input");
    if (!std::in_range<std::uint32_t>(label)) throw data_error(detail::text("label ", +label, " is no class: classes count from 0"));
    return static_cast<std::uint32_t>(label);
  }

  detail::strided_tensor<T> inputs_;
  std::shared_ptr<const void> owner_;
  std::shared_ptr<const input_source<T>> source_;  ///< null where the inputs lie in memory
  std::shared_ptr<const std::vector<std::uint32_t>> labels_;
  std::shared_ptr<const std::vector<double>> targets_;  ///< of so many inputs, of which the first are these
  std::size_t targets_of_ = 0;
  shape input_shape_;
  std::size_t size_ = 0, features_ = 0;
};

template <class Inputs, class Labels>
test_set(Inputs&&, const Labels&) -> test_set<std::remove_cv_t<typename std::remove_cvref_t<Inputs>::value_type>>;

template <class Inputs>
requires detail::tensor_like<Inputs> test_set(Inputs&&)
->test_set<std::remove_cv_t<typename std::remove_cvref_t<Inputs>::value_type>>;

template <class T, class... Labels>
test_set(std::shared_ptr<const input_source<T>>, Labels...) -> test_set<T>;

}  // namespace deepmaacc
