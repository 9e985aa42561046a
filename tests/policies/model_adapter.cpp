// NO_VALUE_TYPE
//   deepmaacc::analyze: a model adapter must name its value_type, float or double; see docs/policies/model_adapter.md
// NO_LAYERS
//   deepmaacc::analyze: a model adapter must have `std::vector<layer_description> layers() const`; see docs/policies/model_adapter.md
// READS_ONLY
//   deepmaacc::analyze: a model adapter must have `void read_neuron(neuron_id, std::span<T>) const` and `void
//   write_neuron(neuron_id, std::span<const T>)`; see docs/policies/model_adapter.md
// NO_PREDICT
//   deepmaacc::analyze: a model adapter must have `void predict(matrix<const T> inputs, matrix<T> outputs)`; see
//   docs/policies/model_adapter.md
// NO_FORWARD
//   deepmaacc::analyze: a model adapter that names activations_type must be resumable: `void predict(inputs, outputs,
//   activations_type&)` and `void forward(std::size_t layer, const activations_type&, outputs)`; see docs/policies/model_adapter.md
// STRANGE_RUNNER
//   deepmaacc::analyze: a model adapter that has delta() must be resumable, lie in host memory, and return a copyable runner with
//   `lanes()`, `load(std::span<const T* const>)`, `outputs()` and `change(layer, std::span<const neuron_change<T>>, sink)`; see
//   docs/policies/model_adapter.md
// NOT_MOVABLE
//   deepmaacc::analyze: a model adapter must be movable; see docs/policies/model_adapter.md
// CONST_WITHOUT_COPY
//   deepmaacc::analyze: a model adapter that cannot be copied must not be const; pass it as it is, not as a const reference

#include <deepmaacc/analysis/analyze.hpp>

struct adapter : deepmaacc::archetype::model_adapter {
#ifdef NO_VALUE_TYPE
 private:
  using value_type = float;

 public:
#endif
#ifdef NO_LAYERS
  void layers() const = delete;
#endif
#ifdef READS_ONLY
  void write_neuron() = delete;
#endif
#ifdef NO_PREDICT
  void predict() = delete;
#endif
#ifdef NO_FORWARD
  struct activations_type {};
#endif
#ifdef STRANGE_RUNNER
  int delta() const { return 0; }
#endif
#ifdef NOT_MOVABLE
  adapter(adapter&&) = delete;
#endif
};

#ifdef CONST_WITHOUT_COPY
using passed_adapter = const adapter;
#else
using passed_adapter = adapter;
#endif

deepmaacc::analysis_result run(passed_adapter& model, const deepmaacc::test_set<float>& tests) {
  return deepmaacc::analyze(Kokkos::DefaultHostExecutionSpace{}, model, tests);
}
