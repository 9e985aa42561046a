// Weights of .keras archives, without the archive: its checksums would keep every change from the reader. Arrays and texts are asked for by
// the names that the files of the corpus have.
#include <deepmaacc/io/hdf5.hpp>
#include <string>
#include <utility>

#include "refused_or_read.hpp"

// libhdf5 keeps memory that it gave back; without these lists the sanitizer sees who uses it after.
extern "C" int LLVMFuzzerInitialize(int*, char***) { return H5set_free_list_limits(0, 0, 0, 0, 0, 0); }

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  return fuzz::refused_or_read([&] {
    const deepmaacc::io::hdf5_file file(fuzz::file_of(bytes, size));
    // Each by itself: one that is broken must not hide the others.
    for (const std::string layer : {"dense", "dense_1", "conv2d", "batch_normalization"})
      for (const std::string number : {"0", "1", "2"})
        fuzz::refused_or_read([&] { file.read<float>("layers/" + layer + "/vars/" + number); });
    for (const std::string array : {"plain", "chunked", "packed", "half", "whole", "one"})
      fuzz::refused_or_read([&] { file.read<double>("arrays/" + array); });
    for (const std::string group : {"few", "many"})
      for (const std::string member : {"größe0", "größe2", "größe11"})
        fuzz::refused_or_read([&] { file.read<float>(group + "/" + member); });
    for (const std::string text : {"model_config", "keras_version", "weight_names", "letters", "pointers"}) {
      fuzz::refused_or_read([&] { file.text_attribute("/", text); });
      fuzz::refused_or_read([&] { file.text_list_attribute("model_weights/dense", text); });
    }
  });
}
