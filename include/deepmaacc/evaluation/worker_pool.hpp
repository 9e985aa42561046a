#pragma once

/// \file
/// The workers that run models: one per host thread, or a single one that drives a device.

#include <Kokkos_Core.hpp>
#include <algorithm>
#include <concepts>
#include <cstddef>
#include <deepmaacc/concepts/execution_space.hpp>
#include <deepmaacc/concepts/model_adapter.hpp>
#include <deepmaacc/concepts/outcome.hpp>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/core/parallel.hpp>
#include <deepmaacc/core/shared_array.hpp>
#include <deepmaacc/core/test_set.hpp>
#include <deepmaacc/evaluation/label_rank.hpp>
#include <type_traits>
#include <utility>
#include <vector>

namespace deepmaacc {

namespace detail {

template <class Adapter>
struct activations_of {
  struct type {};
};
template <ResumableAdapter Adapter>
struct activations_of<Adapter> {
  using type = typename Adapter::activations_type;
};

/// The model, not to be changed where it can be copied: those that run it have copies then, and it makes no difference how it was given.
template <class Model>
auto& as_given(Model& model) {
  if constexpr (std::copyable<std::remove_cv_t<Model>>)
    return std::as_const(model);
  else
    return model;
}

template <class Model>
using given_model = std::remove_reference_t<decltype(as_given(std::declval<Model&>()))>;

/// What runs on a space in place of a model: `model.on(space)` where it has that, else itself.
template <class Space, class Model>
decltype(auto) placed(const Space& space, Model& model) {
  if constexpr (requires { model.on(space); })
    return model.on(space);
  else
    return (model);
}

/// A model to ask, of the type that runs on a space: itself where it is of that type, so that no weights are copied.
template <class Space, class Model>
decltype(auto) adapter_on(const Space& space, Model& model) {
  if constexpr (std::is_same_v<std::remove_cvref_t<decltype(placed(space, model))>, std::remove_cv_t<Model>>)
    return std::as_const(model);
  else
    return placed(space, model);
}

}  // namespace detail

/// What a worker must have room for.
struct worker_size {
  std::size_t inputs = 0;  ///< of a pass over the original model
  std::size_t rows = 0;    ///< of outputs
  std::size_t outputs = 0;
  std::size_t parts = 1;   ///< decisions of a row; 0 where none is made
  bool is_ranked = false;  ///< whether labels are ranked
  activation_use use = activation_use::resuming;
};

/// A model and the buffers to run it with, for one thread at a time.
template <class Adapter, class Reference>
class worker {
 public:
  using value_type = typename Adapter::value_type;
  using memory_space = adapter_memory_space<Adapter>;

  /// \param model  held as `Reference`: the adapter itself, or a reference to one that cannot be copied
  worker(Reference model, const worker_size& size)
      : model_(static_cast<Reference&&>(model)),
        outputs_("deepmaacc::evaluation::outputs", size.rows * size.outputs),
        decisions_("deepmaacc::evaluation::decisions", size.rows * size.parts),
        ranks_("deepmaacc::evaluation::ranks", size.is_ranked ? size.rows * size.parts : 0),
        width_(size.outputs) {
    if constexpr (requires { activations_.use = size.use; }) activations_.use = size.use;
    if constexpr (requires { model_.reserve(size.inputs); }) model_.reserve(size.inputs);
    if constexpr (requires { model_.reserve(activations_, size.inputs); }) model_.reserve(activations_, size.inputs);
  }

  Adapter& model() { return model_; }
  auto& activations() { return activations_; }
  matrix<value_type, memory_space> outputs(std::size_t rows) const {
    return matrix<value_type, memory_space>(outputs_.data(), rows, width_);
  }
  decision* decisions() const { return decisions_.data(); }
  /// Null where labels are not ranked.
  label_ranks* ranks() const { return ranks_.size() > 0 ? ranks_.data() : nullptr; }

  /// Inputs [first, first + count), in the model's memory and precision; a view of the test set itself where that is possible.
  template <class T>
  matrix<const value_type, memory_space> load(const test_set<T>& tests, std::size_t first, std::size_t count) {
    const auto host = tests.template block<value_type>(first, count, packed_);
    if constexpr (is_host_accessible<memory_space>) {
      return matrix<const value_type, memory_space>(host.data(), host.extent(0), host.extent(1));
    } else {
      if (inputs_.size() < host.size()) inputs_ = decltype(inputs_)("deepmaacc::evaluation::inputs", host.size());
      const matrix<value_type, memory_space> device(inputs_.data(), host.extent(0), host.extent(1));
      Kokkos::deep_copy(device, host);
      return device;
    }
  }

 private:
  Reference model_;
  typename detail::activations_of<Adapter>::type activations_;
  shared_array<value_type, memory_space> outputs_, inputs_;
  shared_array<decision, memory_space> decisions_;
  shared_array<label_ranks, memory_space> ranks_;
  std::vector<value_type> packed_;
  std::size_t width_;
};

/// The workers of a space. A copyable model on a host space gives a worker with a copy of its own to each thread, and kernels run
/// on the thread they are called from. Otherwise there is one worker, on the calling thread, and kernels run on the space.
template <ExecutionSpace Space, class Model>
class worker_pool {
  using placed_type = decltype(detail::placed(std::declval<const Space&>(), std::declval<Model&>()));

 public:
  using adapter_type = std::remove_cvref_t<placed_type>;
  using value_type = typename adapter_type::value_type;
  using memory_space = adapter_memory_space<adapter_type>;
  static constexpr bool is_parallel = HostExecutionSpace<Space> && std::copyable<adapter_type> && is_host_accessible<memory_space>;
  using kernel_space = std::conditional_t<is_host_accessible<memory_space>, this_thread, Space>;
  using worker_type = worker<adapter_type, std::conditional_t<std::copyable<adapter_type>, adapter_type, placed_type>>;

  static_assert(std::copyable<adapter_type> || !std::is_lvalue_reference_v<placed_type> ||
                    !std::is_const_v<std::remove_reference_t<placed_type>>,
                "deepmaacc::analyze: a model adapter that cannot be copied must not be const; pass it as it is, not as a const reference");

  worker_pool(const Space& space, Model& model, const worker_size& size) : space_(space) {
    decltype(auto) placed = detail::placed(space, model);
    if constexpr (is_parallel) {
      const auto threads = static_cast<std::size_t>(std::max(1, space.concurrency()));
      workers_.reserve(threads);
      for (std::size_t i = 0; i < threads; ++i) workers_.emplace_back(placed, size);
    } else {
      workers_.emplace_back(static_cast<placed_type&&>(placed), size);
    }
    if constexpr (!std::is_same_v<kernel_space, this_thread>) kernel_space_ = space;
  }

  std::size_t size() const { return workers_.size(); }
  const kernel_space& kernels() const { return kernel_space_; }

  /// Runs `task(i, worker)` for i in [0, count), on all workers.
  template <class Task>
  void run(const char* label, std::size_t count, const Task& task) {
    if constexpr (is_parallel)
      parallel_tasks(space_, label, count, [&](std::size_t i, std::size_t who) { task(i, workers_[who]); });
    else
      for (std::size_t i = 0; i < count; ++i) task(i, workers_.front());
  }

 private:
  Space space_;
  kernel_space kernel_space_;
  std::vector<worker_type> workers_;
};

}  // namespace deepmaacc
