// NO_CALL
//   deepmaacc::scaled: a feature scaler must be callable with a matrix of float or double, as in `template <class T> void
//   operator()(matrix<T> points) const`; see docs/policies/feature_scaler.md
// DOUBLE_ONLY
//   deepmaacc::scaled: a feature scaler must be callable with a matrix of float or double, as in `template <class T> void
//   operator()(matrix<T> points) const`; see docs/policies/feature_scaler.md
// NOT_COPYABLE
//   deepmaacc::scaled: a feature scaler must be copy constructible; see docs/policies/feature_scaler.md

#include <deepmaacc/clustering/scalers.hpp>

struct scaler : deepmaacc::archetype::feature_scaler {
#ifdef NO_CALL
  void operator()() const = delete;
#endif
#ifdef DOUBLE_ONLY
  void operator()(deepmaacc::matrix<double>) const {}
#endif
#ifdef NOT_COPYABLE
  scaler() = default;
  scaler(scaler&&) = default;
#endif
};

void scale(const Kokkos::View<float**, Kokkos::HostSpace>& points) { deepmaacc::scaled(points, scaler{}); }
