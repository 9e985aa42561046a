// Reading Keras models.
#include <deepmaacc/io/keras_file.hpp>

namespace deepmaacc::io {

template detail::keras_content<float> detail::read_keras_content(file_bytes);
template detail::keras_content<double> detail::read_keras_content(file_bytes);

}  // namespace deepmaacc::io
