// INTEGERS
//   deepmaacc::io::decode: the element type must be float or double; name one, as in decode<float>

#include <deepmaacc/io/array.hpp>

#ifdef INTEGERS
using element = int;
#else
using element = float;
#endif

void read(const deepmaacc::io::file_bytes& file) {
  deepmaacc::io::decode<element>(file, file.bytes, {1}, deepmaacc::io::element_type::f32, std::endian::little);
}
