#pragma once

/// \file
/// Model files made for tests of the readers: the parts of a good one, the same in Keras' legacy format, and arrays of all sorts.

#include <hdf5.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <deepmaacc/io/hdf5.hpp>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "files.hpp"

namespace support {

/// The entries of a model that can be read: Dense(6), Dense(4), for inputs of 5.
inline const std::map<std::string, std::string>& model_entries() {
  static const std::map<std::string, std::string> all = [] {
    const deepmaacc::io::zip_archive archive(deepmaacc::io::read_file(fixture("keras/dense-linear.keras")));
    std::map<std::string, std::string> entries;
    for (const auto& name : archive.names()) entries[name] = text_of(archive.entry(name));
    return entries;
  }();
  return all;
}

inline std::string zip_of(const scratch_folder& folder, const std::map<std::string, std::string>& entries) {
  return content_of(folder.write_zip("made.keras", entries));
}

/// Fills an open HDF5 file.
using weights_maker = std::function<void(hid_t file)>;

inline std::string weights_with(const scratch_folder& folder, const weights_maker& make) {
  const std::string path = (folder.path() / "made.h5").string();
  const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  BOOST_REQUIRE(file >= 0);
  make(file);
  BOOST_REQUIRE(H5Fclose(file) >= 0);
  return content_of(path);
}

/// A text as h5py writes one: of variable length.
inline void write_text(hid_t object, const char* name, const std::string& text) {
  const hid_t type = H5Tcopy(H5T_C_S1), space = H5Screate(H5S_SCALAR);
  H5Tset_size(type, H5T_VARIABLE);
  const hid_t attribute = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
  const char* letters = text.c_str();
  BOOST_REQUIRE(H5Awrite(attribute, type, &letters) >= 0);
  H5Aclose(attribute);
  H5Sclose(space);
  H5Tclose(type);
}

/// A list of texts as Keras writes one: all of the same length.
inline void write_texts(hid_t object, const char* name, const std::vector<std::string>& texts) {
  std::size_t length = 1;
  for (const auto& text : texts) length = std::max(length, text.size());
  std::string letters;
  for (const auto& text : texts) letters += text + std::string(length - text.size(), '\0');
  const hid_t type = H5Tcopy(H5T_C_S1);
  H5Tset_size(type, length);
  H5Tset_strpad(type, H5T_STR_NULLPAD);
  const hsize_t count = texts.size();
  const hid_t space = H5Screate_simple(1, &count, nullptr);
  const hid_t attribute = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
  BOOST_REQUIRE(attribute >= 0);
  if (count > 0) BOOST_REQUIRE(H5Awrite(attribute, type, letters.data()) >= 0);
  H5Aclose(attribute);
  H5Sclose(space);
  H5Tclose(type);
}

/// An attribute that is no text.
inline void write_number(hid_t object, const char* name) {
  const hid_t space = H5Screate(H5S_SCALAR), attribute = H5Acreate2(object, name, H5T_IEEE_F64LE, space, H5P_DEFAULT, H5P_DEFAULT);
  const double three = 3;
  BOOST_REQUIRE(H5Awrite(attribute, H5T_NATIVE_DOUBLE, &three) >= 0);
  H5Aclose(attribute);
  H5Sclose(space);
}

/// An array to be made at layers/dense/vars/0, or at another path.
class made_array {
 public:
  made_array(hid_t file, std::vector<hsize_t> extents, std::string path = "layers/dense/vars/0")
      : file_(file),
        extents_(std::move(extents)),
        path_(std::move(path)),
        with_parents_(H5Pcreate(H5P_LINK_CREATE)),
        how_(H5Pcreate(H5P_DATASET_CREATE)) {
    H5Pset_create_intermediate_group(with_parents_, 1);
  }
  made_array(const made_array&) = delete;
  made_array& operator=(const made_array&) = delete;
  ~made_array() {
    H5Pclose(with_parents_);
    H5Pclose(how_);
  }

  made_array& chunks(const std::vector<hsize_t>& chunk) { return set(H5Pset_chunk(how_, static_cast<int>(chunk.size()), chunk.data())); }
  made_array& packed() { return set(H5Pset_deflate(how_, 6)); }
  made_array& scaled() { return set(H5Pset_scaleoffset(how_, H5Z_SO_FLOAT_DSCALE, 2)); }
  made_array& elsewhere(const char* file) { return set(H5Pset_external(how_, file, 0, H5F_UNLIMITED)); }
  made_array& virtually() {
    const hid_t from = H5Screate_simple(static_cast<int>(extents_.size()), extents_.data(), nullptr);
    set(H5Pset_virtual(how_, from, "/etc/passwd", "/x", from));
    H5Sclose(from);
    return *this;
  }

  /// Only says that there is such an array.
  void promise(hid_t type) { H5Dclose(create(type)); }

  void write(hid_t type) {
    std::size_t bytes = H5Tget_size(type);
    for (const auto extent : extents_) bytes *= extent;
    const std::vector<char> zeros(bytes);
    const hid_t array = create(type);
    BOOST_REQUIRE(H5Dwrite(array, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, zeros.data()) >= 0);
    H5Dclose(array);
  }

  void write(const std::vector<float>& values) {
    const hid_t array = create(H5T_IEEE_F32LE);
    BOOST_REQUIRE(H5Dwrite(array, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) >= 0);
    H5Dclose(array);
  }

  void fill(float value) {
    std::size_t count = 1;
    for (const auto extent : extents_) count *= extent;
    write(std::vector<float>(count, value));
  }

  /// The first row only.
  void write_a_part() {
    const hid_t array = create(H5T_IEEE_F32LE), there = H5Dget_space(array);
    std::vector<hsize_t> begin(extents_.size(), 0), row = extents_;
    row[0] = 1;
    H5Sselect_hyperslab(there, H5S_SELECT_SET, begin.data(), nullptr, row.data(), nullptr);
    const hid_t here = H5Screate_simple(static_cast<int>(row.size()), row.data(), nullptr);
    std::vector<float> values(row[1]);
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = 1.0F / static_cast<float>(i + 3);  // does not pack well
    BOOST_REQUIRE(H5Dwrite(array, H5T_NATIVE_FLOAT, here, there, H5P_DEFAULT, values.data()) >= 0);
    H5Sclose(here);
    H5Sclose(there);
    H5Dclose(array);
  }

  void write_group() { H5Gclose(H5Gcreate2(file_, path_.c_str(), with_parents_, H5P_DEFAULT, H5P_DEFAULT)); }

  /// The groups on the way, and no array.
  void write_links() {
    path_ = "layers/dense/vars/none";
    write_group();
  }

 private:
  made_array& set(herr_t done) {
    BOOST_REQUIRE(done >= 0);
    return *this;
  }

  hid_t create(hid_t type) {
    const hid_t space = H5Screate_simple(static_cast<int>(extents_.size()), extents_.data(), nullptr);
    const hid_t array = H5Dcreate2(file_, path_.c_str(), type, space, with_parents_, how_, H5P_DEFAULT);
    H5Sclose(space);
    BOOST_REQUIRE(array >= 0);
    return array;
  }

  hid_t file_;
  std::vector<hsize_t> extents_;
  std::string path_;
  hid_t with_parents_, how_;
};

// Types that are no weights. Each is made once and stays.
inline hid_t text_type() {
  static const hid_t type = H5Tcopy(H5T_C_S1);
  return type;
}

inline hid_t pair_type() {
  static const hid_t type = [] {
    const hid_t made = H5Tcreate(H5T_COMPOUND, 8);
    H5Tinsert(made, "x", 0, H5T_IEEE_F32LE);
    H5Tinsert(made, "y", 4, H5T_IEEE_F32LE);
    return made;
  }();
  return type;
}

/// Four bytes with more exponent than there is in float.
inline hid_t odd_float() {
  static const hid_t type = [] {
    const hid_t made = H5Tcopy(H5T_IEEE_F32LE);
    H5Tset_fields(made, 31, 20, 11, 0, 20);
    return made;
  }();
  return type;
}

/// The good model in Keras' legacy format.
inline std::string legacy_model(const scratch_folder& folder) {
  const deepmaacc::io::hdf5_file weights(bytes_of(model_entries().at("model.weights.h5"), "weights"));
  return weights_with(folder, [&](hid_t file) {
    for (const std::string layer : {"dense", "dense_1"})
      for (const std::size_t i : {0U, 1U}) {
        const auto array = weights.read<float>("layers/" + layer + "/vars/" + std::to_string(i));
        made_array(file, {array.extents.begin(), array.extents.end()}, "model_weights/" + layer + "/m/" + layer + (i ? "/bias" : "/kernel"))
            .write(array.values);
      }
    for (const std::string layer : {"dense", "dense_1"}) {
      const hid_t group = H5Gopen2(file, ("model_weights/" + layer).c_str(), H5P_DEFAULT);
      write_texts(group, "weight_names", {"m/" + layer + "/kernel", "m/" + layer + "/bias"});
      H5Gclose(group);
    }
    const hid_t top = H5Gopen2(file, "/", H5P_DEFAULT);
    write_text(top, "model_config", model_entries().at("config.json"));
    write_text(top, "keras_version", "3.4.1");
    H5Gclose(top);
  });
}

}  // namespace support
