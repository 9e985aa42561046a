#pragma once

/// \file
/// Inputs and their labels.

#include <Kokkos_Core.hpp>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/core/shape.hpp>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

namespace deepmaacc {

namespace detail {

/// Where the elements of a tensor lie: any layout, inputs along the first dimension.
template <class T>
struct strided_tensor {
  const T* data = nullptr;
  shape extents;
  std::vector<std::size_t> strides;
};

template <class Tensor>
concept xtensor_like = requires(const Tensor& tensor) {
  { tensor.data() } -> std::convertible_to<const void*>;
  tensor.shape().begin();
  tensor.strides().begin();
  tensor.data_offset();
};

template <class Tensor>
auto view_of(const Tensor& tensor) {
  using T = std::remove_cv_t<typename Tensor::value_type>;
  strided_tensor<T> view;
  if constexpr (Kokkos::is_view_v<Tensor>) {
    static_assert(is_host_accessible<typename Tensor::memory_space>,
                  "deepmaacc::test_set: inputs must lie in memory that the host can read; use Kokkos::create_mirror_view_and_copy");
    view.data = tensor.data();
    for (std::size_t d = 0; d < Tensor::rank(); ++d) {
      view.extents.push_back(tensor.extent(d));
      view.strides.push_back(tensor.stride(static_cast<unsigned>(d)));
    }
  } else {
    view.data = tensor.data() + tensor.data_offset();
    for (const auto extent : tensor.shape()) view.extents.push_back(static_cast<std::size_t>(extent));
    for (const auto stride : tensor.strides()) view.strides.push_back(static_cast<std::size_t>(stride));
  }
  return view;
}

}  // namespace detail

/// Labelled inputs. The inputs are not copied: an xtensor container of any layout or a Kokkos view of either layout, inputs
/// along the first dimension. An rvalue container and a managed Kokkos view are kept alive; an lvalue xtensor
/// container, and what an xtensor view looks at, is referred to and must outlive the set.
template <class T = float>
class test_set {
 public:
  using value_type = T;

  /// \param inputs  tensor (inputs × the shape of one input)
  /// \param labels  one class from 0 per input: any range of integers
  /// \throws data_error where the counts differ, a label is negative, or there is no input.
  template <class Inputs, class Labels>
  requires(Kokkos::is_view_v<std::remove_cvref_t<Inputs>> || detail::xtensor_like<std::remove_cvref_t<Inputs>>)
      test_set(Inputs&& inputs, const Labels& labels) {
    using tensor = std::remove_cvref_t<Inputs>;
    static_assert(std::is_same_v<std::remove_cv_t<typename tensor::value_type>, T>,
                  "deepmaacc::test_set: the inputs' element type must be the set's; name it, as in test_set<double>");
    if constexpr (Kokkos::is_view_v<tensor> || !std::is_lvalue_reference_v<Inputs>) {
      auto kept = std::make_shared<const tensor>(std::forward<Inputs>(inputs));
      inputs_ = detail::view_of(*kept);
      owner_ = std::move(kept);
    } else {
      inputs_ = detail::view_of(inputs);
    }
    for (const auto label : labels) labels_.push_back(checked_label(label));
    if (inputs_.extents.empty() || inputs_.extents[0] == 0) throw data_error("the test set is empty: it needs at least one input");
    if (inputs_.extents[0] != labels_.size())
      throw data_error(
          detail::text("the test set has ", inputs_.extents[0], " inputs, but ", labels_.size(), " labels; give one label per input"));
    input_shape_.assign(inputs_.extents.begin() + 1, inputs_.extents.end());
    features_ = element_count(input_shape_);
  }

  /// Number of inputs.
  std::size_t size() const { return labels_.size(); }
  /// Shape of one input.
  const shape& input_shape() const { return input_shape_; }
  /// Elements of one input.
  std::size_t features() const { return features_; }
  /// One class per input.
  const std::vector<std::uint32_t>& labels() const { return labels_; }

  /// The first `count` inputs, or all where there are fewer. No copy of the inputs.
  test_set first(std::size_t count) const {
    test_set part = *this;
    if (count == 0) throw usage_error("a test set needs at least one input; a limit of 0 leaves none");
    if (count < size()) part.labels_.resize(count);
    return part;
  }

  /// Whether `block` returns views of the inputs themselves for elements of type U.
  template <class U>
  bool is_contiguous_as() const {
    if (!std::is_same_v<T, U>) return false;
    std::size_t expected = 1;
    for (std::size_t d = inputs_.extents.size(); d-- > 0; expected *= inputs_.extents[d])
      if (inputs_.extents[d] > 1 && inputs_.strides[d] != expected) return false;
    return true;
  }

  /// Inputs [first, first + count) as rows. Where they lie row-major already this is a view of them; otherwise they are written
  /// to `scratch`, which is made large enough.
  template <class U>
  matrix<const U> block(std::size_t first, std::size_t count, std::vector<U>& scratch) const {
    if constexpr (std::is_same_v<T, U>)
      if (is_contiguous_as<U>()) return {inputs_.data + first * features_, count, features_};
    scratch.resize(count * features_);
    for (std::size_t i = 0; i < count; ++i) pack(inputs_.data + (first + i) * inputs_.strides[0], scratch.data() + i * features_);
    return {scratch.data(), count, features_};
  }

 private:
  template <class Label>
  static std::uint32_t checked_label(Label label) {
    static_assert(std::is_integral_v<Label>, "deepmaacc::test_set: labels must be integers; give one class per input");
    if (!std::in_range<std::uint32_t>(label)) throw data_error(detail::text("label ", +label, " is no class: classes count from 0"));
    return static_cast<std::uint32_t>(label);
  }

  /// Writes one strided input row-major.
  template <class U>
  void pack(const T* input, U* row) const {
    std::vector<std::size_t> at(input_shape_.size(), 0);
    for (std::size_t f = 0; f < features_; ++f) {
      std::size_t offset = 0;
      for (std::size_t d = 0; d < at.size(); ++d) offset += at[d] * inputs_.strides[d + 1];
      row[f] = static_cast<U>(input[offset]);
      for (std::size_t d = at.size(); d-- > 0;) {
        if (++at[d] < input_shape_[d]) break;
        at[d] = 0;
      }
    }
  }

  detail::strided_tensor<T> inputs_;
  std::shared_ptr<const void> owner_;
  std::vector<std::uint32_t> labels_;
  shape input_shape_;
  std::size_t features_ = 0;
};

template <class Inputs, class Labels>
test_set(Inputs&&, const Labels&) -> test_set<std::remove_cv_t<typename std::remove_cvref_t<Inputs>::value_type>>;

}  // namespace deepmaacc
