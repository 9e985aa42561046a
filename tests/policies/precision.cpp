// NO_VALUE_TYPE
//   deepmaacc::network: a precision must name its value_type, float or double; see docs/policies/precision.md
// NO_NAME
//   deepmaacc::network: a precision must have `static const char* name()`; see docs/policies/precision.md
// NOT_STATIC
//   deepmaacc::network: a precision that rounds must have `static KOKKOS_FUNCTION value_type round(value_type)`; leave round and
//   rounds_factors out where nothing is rounded; see docs/policies/precision.md
// NOT_STATIC_TEMPLATE
//   deepmaacc::network: a precision that rounds must have `static KOKKOS_FUNCTION value_type round(value_type)`; leave round and
//   rounds_factors out where nothing is rounded; see docs/policies/precision.md
// NO_ROUND
//   deepmaacc::network: a precision that rounds must have `static KOKKOS_FUNCTION value_type round(value_type)`; leave round and
//   rounds_factors out where nothing is rounded; see docs/policies/precision.md
// OTHER_TYPE
//   deepmaacc::network: the precision must have the value_type of the weight storage; network::in_precision converts weights, see
//   docs/policies/precision.md

#include <deepmaacc/network/network.hpp>

#ifdef OTHER_TYPE
using stored_number = double;
#else
using stored_number = float;
#endif

struct coarse {
#ifndef NO_VALUE_TYPE
  using value_type = stored_number;
#endif
#ifndef NO_NAME
  static const char* name() { return "coarse"; }
#endif
#if defined(NO_ROUND)
  static constexpr bool rounds_factors = true;
#elif defined(NOT_STATIC)
  KOKKOS_FUNCTION stored_number round(stored_number factor) const { return factor; }
#elif defined(NOT_STATIC_TEMPLATE)
  template <class T>
  KOKKOS_FUNCTION T round(T factor) const {
    return factor;
  }
#else
  static KOKKOS_FUNCTION stored_number round(stored_number factor) { return factor; }
#endif
};

using storage = deepmaacc::storage::xtensor_host<float>;

void make(deepmaacc::program model) {
#ifdef OTHER_TYPE
  deepmaacc::network<storage, deepmaacc::this_thread, coarse>(std::move(model));
#else
  deepmaacc::network<storage>(std::move(model)).in_precision(coarse{});
#endif
}
