// Reading models.
#define DEEPMAACC_COMPILING_READERS
#include <deepmaacc/io/model.hpp>
