// Reading Keras models.
#define DEEPMAACC_COMPILING
#include <deepmaacc/io/keras.hpp>

namespace deepmaacc::io {

template detail::keras_content<float> detail::read_keras_content(file_bytes);
template detail::keras_content<double> detail::read_keras_content(file_bytes);

}  // namespace deepmaacc::io
