// OTHER_NUMBERS
//   deepmaacc::storage::converted: both storages must hold the same type; storage::from_host converts numbers

#include <deepmaacc/storage/copy.hpp>

template <class T>
using storage = deepmaacc::archetype::weight_storage<T, Kokkos::HostSpace>;

#ifdef OTHER_NUMBERS
using wanted = storage<double>;
#else
using wanted = storage<float>;
#endif

wanted convert(const storage<float>& from) { return deepmaacc::storage::converted<wanted>(from); }
