#include <hdf5.h>

#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <deepmaacc/io/keras.hpp>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "files.hpp"
#include "model_files.hpp"
#include "support/error_text.hpp"

namespace dm = deepmaacc;
using support::check_error;
using support::fixture;
using support::scratch_folder;

namespace {

/// The entries of a model that can be read: Dense(6), Dense(4), for inputs of 5.
std::map<std::string, std::string> good_entries() {
  const dm::io::zip_archive archive(dm::io::read_file(fixture("keras/dense-linear.keras")));
  std::map<std::string, std::string> entries;
  for (const auto& name : archive.names()) entries[name] = support::text_of(archive.entry(name));
  return entries;
}

std::string content_of_model() { return support::content_of(fixture("keras/dense-linear.keras")); }

/// A text with the first `from` replaced.
std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  BOOST_REQUIRE_MESSAGE(at != std::string::npos, "there is no " << from);
  return text.replace(at, from.size(), to);
}

/// Writes the model with one entry changed.
std::string with_entry(const scratch_folder& folder, const std::string& entry, const std::string& content) {
  auto entries = good_entries();
  entries[entry] = content;
  return folder.write_zip("changed.keras", entries);
}

std::string with_config(const scratch_folder& folder, const std::string& from, const std::string& to) {
  return with_entry(folder, "config.json", replaced(good_entries().at("config.json"), from, to));
}

/// An HDF5 file with one array at layers/dense/vars/0, chunked; a large one is never written to, so that its extents cost nothing.
std::string weights_with(const scratch_folder& folder, hid_t type, const std::vector<hsize_t>& extents) {
  const std::string path = (folder.path() / "weights.h5").string();
  const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  const hid_t with_parents = H5Pcreate(H5P_LINK_CREATE), chunked = H5Pcreate(H5P_DATASET_CREATE);
  H5Pset_create_intermediate_group(with_parents, 1);
  const std::vector<hsize_t> chunk(extents.size(), 1);
  H5Pset_chunk(chunked, static_cast<int>(extents.size()), chunk.data());
  const hid_t space = H5Screate_simple(static_cast<int>(extents.size()), extents.data(), nullptr);
  const hid_t data = H5Dcreate2(file, "layers/dense/vars/0", type, space, with_parents, chunked, H5P_DEFAULT);
  BOOST_REQUIRE(data >= 0);
  const hssize_t count = H5Sget_simple_extent_npoints(space);
  const std::vector<double> numbers(count < 1000 ? static_cast<std::size_t>(count) : 0);
  if (!numbers.empty()) BOOST_REQUIRE(H5Dwrite(data, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers.data()) >= 0);
  H5Dclose(data);
  H5Sclose(space);
  H5Pclose(chunked);
  H5Pclose(with_parents);
  H5Fclose(file);
  return support::content_of(path);
}

template <class Error>
void check_refused(const std::string& path, std::vector<std::string> parts) {
  parts.push_back(path);
  check_error<Error>([&] { dm::io::read_keras(path); }, parts);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(keras_errors)

BOOST_AUTO_TEST_CASE(the_unchanged_model_is_read) {
  const scratch_folder folder;
  BOOST_TEST(dm::io::read_keras(folder.write_zip("same.keras", good_entries())).classes() == 4U);
}

BOOST_AUTO_TEST_CASE(files_that_are_no_model) {
  const scratch_folder folder;
  check_refused<dm::data_error>((folder.path() / "none.keras").string(), {"there is no such file"});
  check_refused<dm::data_error>(folder.path().string(), {"this is a folder"});
  check_refused<dm::model_error>(folder.write("text.keras", "this is no model"), {"neither a .keras archive nor an HDF5 file"});
  check_refused<dm::data_error>(folder.write("cut.keras", content_of_model().substr(0, 100)), {"it is no zip archive that can be read"});
  check_refused<dm::model_error>(folder.write("empty.keras", ""), {"it is an empty file"});
  check_refused<dm::model_error>(folder.write_zip("other.zip", {{"readme", "text"}}),
                                 {"there is no config.json in it", "save the model by Keras"});
  auto entries = good_entries();
  entries.erase("model.weights.h5");
  check_refused<dm::model_error>(folder.write_zip("weightless.keras", entries), {"there is no model.weights.h5 in it"});
}

BOOST_AUTO_TEST_CASE(descriptions_that_are_none) {
  const scratch_folder folder;
  for (const std::string text : {"", "{", "[]", "7", "\xff\xfe"})
    check_refused<dm::error>(with_entry(folder, "config.json", text), {"config.json", "it is no JSON object"});
  for (const std::string text :
       {R"({"class_name": "Sequential"})", R"({"class_name": "Sequential", "config": []})",
        R"({"class_name": "Sequential", "config": {"layers": 3}})", R"({"class_name": "Sequential", "config": {"layers": [3]}})",
        R"({"class_name": "Sequential", "config": {"layers": [{"class_name": 3}]}})",
        R"({"class_name": "Sequential", "config": {"layers": [{"class_name": "Dense", "config": 3}]}})", R"({"class_name": 3})",
        R"({"class_name": "Sequential", "config": {"layers": []}})"})
    check_refused<dm::model_error>(with_entry(folder, "config.json", text), {});
}

/// A Sequential model as Keras describes it, of layers that are JSON.
std::string sequential(const std::string& name, const std::string& layers) {
  return R"({"class_name": "Sequential", "config": {"name": ")" + name + R"(", "layers": [)" + layers + "]}}";
}

std::string described(const std::string& kind, const std::string& name, const std::string& settings = "") {
  return R"({"module": "keras.layers", "class_name": ")" + kind + R"(", "config": {"name": ")" + name + '"' + settings + "}}";
}

// Every layer that cannot be read is told once, by its whole name, whatever is the matter with it.
BOOST_AUTO_TEST_CASE(obstacles_are_told_once) {
  const scratch_folder folder;
  const std::string input = described("InputLayer", "in", R"(, "batch_shape": [null, 4])");
  const auto told = [&](const std::string& layers) {
    return support::error_text<dm::model_error>(
        [&] { dm::io::read_model(with_entry(folder, "config.json", sequential("outer", layers))); });
  };
  const std::string inner = sequential("inner", described("LSTM", "memory") + ", " + described("Lambda", "any"));
  const std::string within = told(input + ", " + inner);
  const std::string memory = "layer inner/memory (LSTM): ", any = "layer inner/any (Lambda): ";
  for (const std::string& one : {memory, any}) {
    BOOST_TEST(support::has(within, one), within);
    BOOST_TEST(within.find(one) == within.rfind(one), within);
  }
  // A shape that wraps does not hide what comes behind it.
  const std::string huge = R"(, "target_shape": [9007199254740992, 9007199254740992])";
  const std::string wraps = told(input + ", " + described("Reshape", "wide", huge) + ", " + described("LSTM", "memory"));
  BOOST_TEST(support::has(wraps, "layer wide (Reshape): "), wraps);
  BOOST_TEST(support::has(wraps, "layer memory (LSTM): layers of this class are not supported"), wraps);
}

BOOST_AUTO_TEST_CASE(models_that_are_too_large_are_refused) {
  const scratch_folder folder;
  std::string layers = described("InputLayer", "in", R"(, "batch_shape": [null, 4])");
  for (std::size_t i = 0; i < 10'001; ++i) layers += ", " + described("Dropout", "d" + std::to_string(i), R"(, "rate": 0.5)");
  check_refused<dm::model_error>(with_entry(folder, "config.json", sequential("deep", layers)), {"the model has more than 10000 layers"});
}

/// What the reader says of each model of refused/: all of it that could be read wrongly otherwise.
const std::map<std::string, std::vector<std::string>> refusals{
    {"channels-first", {"layer first (Conv2D)", "data_format 'channels_first'", "channels_last"}},
    {"pooling-channels-first", {"layer first (MaxPooling2D)", "data_format 'channels_first'"}},
    {"flatten-channels-first", {"layer first (Flatten)", "data_format 'channels_first'"}},
    {"conv1d-channels-first", {"layer first (Conv1D)", "data_format 'channels_first'"}},
    {"depthwise-channels-first", {"layer first (DepthwiseConv2D)", "data_format 'channels_first'"}},
    {"separable-channels-first", {"layer first (SeparableConv2D)", "data_format 'channels_first'"}},
    {"global-channels-first", {"layer first (GlobalAveragePooling2D)", "data_format 'channels_first'"}},
    {"average1d-channels-first", {"layer first (AveragePooling1D)", "data_format 'channels_first'"}},
    {"zero-padding-channels-first", {"layer first (ZeroPadding2D)", "data_format 'channels_first'"}},
    {"cropping-channels-first", {"layer first (Cropping2D)", "data_format 'channels_first'"}},
    {"up-sampling-channels-first", {"layer first (UpSampling2D)", "data_format 'channels_first'"}},
    {"open-shape", {"(InputLayer)", "batch_shape leaves an extent open", "fixed input shape"}},
    {"unknown-class", {"layer norm (GroupNormalization)", "not supported", "BatchNormalization", "Conv2D", "Activation"}},
    {"unknown-lstm", {"layer memory (LSTM)", "not supported", "Conv1D"}},
    {"unknown-embedding", {"layer words (Embedding)", "not supported"}},
    {"unknown-lambda", {"layer anything (Lambda)", "not supported"}},
    {"unknown-own", {"layer own (Twice)", "custom class"}},
    {"unknown-operation", {"Absolute", "not supported"}},
    {"unknown-activation", {"layer hidden (Dense)", "activation 'log_softmax'", "relu, relu6, leaky_relu"}},
    {"unknown-activation-layer", {"layer bend (Activation)", "activation 'celu'"}},
    {"activation-with-weights", {"(PReLU)", "no activation that is supported"}},
    {"normalization-axes-apart", {"layer norm", "neighbours"}},
    {"bilinear", {"layer smooth (UpSampling2D)", "bilinear", "nearest"}},
    {"rms-scaling", {"layer norm (LayerNormalization)", "rms_scaling"}},
    {"softmax-axis", {"layer across", "Softmax", "axis"}},
    {"shared-layer", {"layer shared", "called 2 times", "shared"}},
    {"shared-layer-without-weights", {"layer shared", "called 2 times"}},
    {"shared-model", {"layer shared", "called 2 times"}},
    {"two-inputs", {"2 inputs", "one input"}},
    {"two-outputs", {"2 outputs", "one output"}},
    {"named-outputs", {"2 outputs", "one output"}},
    {"nested-two-outputs", {"model two_outputs", "2 outputs"}},
    {"never-built", {"does not say which shape its inputs have"}},
    {"no-neurons", {"neurons"}},
};

/// The same for the models of h5.zip.
const std::map<std::string, std::vector<std::string>> refusals_of_older_forms{
    {"refused-keras2-lstm.h5", {"layer memory (LSTM)", "not supported"}},
    {"refused-keras3-lstm.h5", {"layer memory (LSTM)", "not supported"}},
    {"refused-keras2-operation.h5", {"layer tf.math.multiply"}},
    {"refused-keras2-shared-layer.h5", {"layer shared", "called 2 times"}},
    {"refused-keras3-shared-layer.h5", {"layer shared", "called 2 times"}},
    {"refused-keras2-weights-only.h5", {"no model_config", "weights only", "model.save"}},
    {"refused-keras3-weights-only.h5", {"no model_config", "weights only", "model.save"}},
    {"keras2.12-sequential.keras", {"Keras 2.12", "save it as .h5"}},
    {"keras2.12-sequence.keras", {"Keras 2.12", "save it as .h5"}},
    {"keras2.12-nested-in-nested.keras", {"Keras 2.12", "save it as .h5"}},
};

BOOST_AUTO_TEST_CASE(models_that_are_not_supported) {
  for (const auto& [name, parts] : refusals) check_refused<dm::model_error>(fixture("refused/" + name + ".keras"), parts);
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(fixture("refused"))) {
    BOOST_TEST(refusals.contains(entry.path().stem().string()), "no sentence is expected for " << entry.path());
    ++files;
  }
  BOOST_TEST(files == refusals.size());
}

BOOST_AUTO_TEST_CASE(older_models_that_are_not_supported) {
  const scratch_folder folder;
  const dm::io::zip_archive archive(dm::io::read_file(fixture("h5.zip")));
  for (const auto& [name, parts] : refusals_of_older_forms)
    check_refused<dm::model_error>(folder.write(name, support::text_of(archive.entry(name))), parts);
  for (const auto& name : archive.names())
    if (name.starts_with("refused-")) BOOST_TEST(refusals_of_older_forms.contains(name), "no sentence is expected for " << name);
}

BOOST_AUTO_TEST_CASE(a_saved_model_folder_is_no_file) {
  const scratch_folder folder;
  const auto saved = folder.path() / "saved";
  std::filesystem::create_directories(saved / "variables");
  folder.write("saved/saved_model.pb", "anything");
  check_refused<dm::model_error>(saved.string(), {"folder", "SavedModel", "save it as .keras or .h5"});
  std::filesystem::remove(saved / "saved_model.pb");
  check_refused<dm::data_error>(saved.string(), {"folder"});
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_is_called_by_its_name) {
  const scratch_folder folder;
  const std::string of_layer = R"("registered_name": null}, "units": 6)",
                    plain = R"("class_name": "DTypePolicy", "config": {"name": "float32"}, )";
  check_refused<dm::model_error>(
      with_config(folder, plain + of_layer,
                  R"("class_name": "QuantizedDTypePolicy", "config": {"mode": "int8", "source_name": "float32"}, )" + of_layer),
      {"layer dense (Dense)", "quantised (int8)", "before quantize()"});
  for (const std::string code : {R"({"value": ["4wE=", null, null]})", R"({"class_name": "__lambda__", "config": {"value": "4wE="}})"})
    check_refused<dm::model_error>(with_config(folder, R"("activation": "linear")", R"("activation": )" + code),
                                   {"layer dense (Dense)", "its activation is a lambda", "by name"});
  // As Keras writes an array of bfloat16: bytes of no type, and an attribute.
  const std::string weights = support::weights_with(folder, [](hid_t file) {
    const hid_t opaque = H5Tcreate(H5T_OPAQUE, 2);
    support::made_array(file, {5, 6}).write(opaque);
    H5Tclose(opaque);
    const hid_t array = H5Dopen2(file, "layers/dense/vars/0", H5P_DEFAULT);
    support::write_text(array, "dtype", "bfloat16");
    H5Dclose(array);
  });
  check_refused<dm::error>(with_entry(folder, "model.weights.h5", weights), {"layers/dense/vars/0", "bfloat16", "float32 weights"});
}

/// A Functional model of an input, an operation on it that is called with these arguments, and a layer behind.
std::string with_operation(const scratch_folder& folder, const std::string& arguments) {
  const auto tensor = [](const std::string& of) {
    return R"({"class_name": "__keras_tensor__", "config": {"shape": [null, 5], "dtype": "float32", "keras_history": [")" + of +
           R"(", 0, 0]}})";
  };
  return with_entry(folder, "config.json",
                    R"({"module": "keras.src.models.functional", "class_name": "Functional", "config": {"name": "m", "layers": [
    {"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [null, 5], "name": "in"}, "registered_name": null,
     "name": "in", "inbound_nodes": []},
    {"module": "keras.src.ops.numpy", "class_name": "TrueDivide", "config": {"name": "scaled"}, "registered_name": "TrueDivide", "name": "scaled",
     "inbound_nodes": [{"args": [)" +
                        tensor("in") + ", " + arguments + R"(], "kwargs": {}}]},
    {"module": "keras.layers", "class_name": "LSTM", "config": {"name": "memory", "units": 4}, "registered_name": null, "name": "memory",
     "inbound_nodes": [{"args": [)" +
                        tensor("scaled") + R"(], "kwargs": {}}]}],
    "input_layers": [["in", 0, 0]], "output_layers": [["memory", 0, 0]]}, "registered_name": "Functional"})");
}

BOOST_AUTO_TEST_CASE(constants_in_a_graph_are_named) {
  const scratch_folder folder;
  check_refused<dm::model_error>(with_operation(folder, "127.5"), {"layer scaled (TrueDivide)", "the constant 127.5", "Rescaling"});
  check_refused<dm::model_error>(with_operation(folder, R"({"class_name": "__numpy__", "config": {"value": [1, 2], "dtype": "float32"}})"),
                                 {"layer scaled (TrueDivide)", "a constant", "Rescaling"});
}

BOOST_AUTO_TEST_CASE(all_layers_that_cannot_be_read_are_told_in_their_order) {
  const scratch_folder folder;
  const std::string both = support::error_text<dm::model_error>([&] { dm::io::read_keras(with_operation(folder, "2")); });
  const auto first = both.find("layer scaled (TrueDivide): "), second = both.find(". And layer memory (LSTM): ");
  BOOST_TEST(first != std::string::npos);
  BOOST_TEST(second != std::string::npos);
  BOOST_TEST(first < second);
  BOOST_TEST(both.find("And", second + 3) == std::string::npos);  // none is told twice
  // More than a person would read are counted.
  std::string layers = R"({"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [null, 5], "name": "in"}})";
  for (int i = 0; i < 13; ++i)
    layers += R"(, {"module": "keras.layers", "class_name": "Strange", "config": {"name": "l)" + std::to_string(i) + R"("}})";
  const std::string many = R"({"module": "keras", "class_name": "Sequential", "config": {"name": "m", "layers": [)" + layers + "]}}";
  check_refused<dm::model_error>(with_entry(folder, "config.json", many), {"layer l0 (Strange)", "layer l9 (Strange)", ". And 3 more"});
}

BOOST_AUTO_TEST_CASE(settings_that_make_no_sense) {
  const scratch_folder folder;
  for (const std::string units : {"0", "-1", "1.5", "null", "\"6\"", "1e300", "[6]"})
    check_refused<dm::model_error>(with_config(folder, R"("units": 6)", R"("units": )" + units), {"(Dense)", "units"});
  check_refused<dm::model_error>(with_config(folder, R"("units": 6)", R"("sizes": 6)"), {"(Dense)", "units"});
  check_refused<dm::model_error>(with_config(folder, R"("use_bias": true)", R"("use_bias": 1)"), {"(Dense)", "use_bias"});
  check_refused<dm::model_error>(with_config(folder, R"("batch_shape": [null, 5])", R"("batch_shape": [null])"), {"batch_shape"});
  const auto without_input =
      replaced(replaced(good_entries().at("config.json"), R"("class_name": "InputLayer")", R"("class_name": "Dropout")"),
               R"("batch_shape": )", R"("shape": )");
  check_refused<dm::model_error>(with_entry(folder, "config.json", without_input), {"Input layer"});
  // More than can be addressed.
  check_refused<dm::model_error>(with_config(folder, R"([null, 5])", R"([null, 9007199254740992, 9007199254740992])"), {"shape"});
}

BOOST_AUTO_TEST_CASE(weights_that_do_not_fit) {
  const scratch_folder folder;
  check_refused<dm::model_error>(with_config(folder, R"("units": 6)", R"("units": 7)"), {"layer dense", "kernel", "(5, 7)", "(5, 6)"});
  check_refused<dm::model_error>(with_config(folder, R"([null, 5])", R"([null, 3, 2])"), {"kernel", "(2, 6)", "(5, 6)"});
  const dm::io::zip_archive without_bias(dm::io::read_file(fixture("keras/dense-no-bias.keras")));
  check_refused<dm::model_error>(with_entry(folder, "model.weights.h5", support::text_of(without_bias.entry("model.weights.h5"))),
                                 {"layer dense", "its bias (layers/dense/vars/1) is missing"});
  check_refused<dm::model_error>(with_entry(folder, "model.weights.h5", weights_with(folder, H5T_IEEE_F32LE, {5, 7})),
                                 {"layer dense", "kernel", "(5, 6)", "(5, 7)"});
  check_refused<dm::error>(with_entry(folder, "model.weights.h5", weights_with(folder, H5T_STD_I32LE, {5, 6})),
                           {"layers/dense/vars/0", "floating-point"});
  check_refused<dm::error>(with_entry(folder, "model.weights.h5", weights_with(folder, H5T_IEEE_F32LE, {1U << 30, 1U << 30})),
                           {"layers/dense/vars/0", "promises more numbers than the file can hold"});
  check_refused<dm::error>(with_entry(folder, "model.weights.h5", ""), {"model.weights.h5"});
  check_refused<dm::error>(with_entry(folder, "model.weights.h5", "no HDF5"), {"model.weights.h5", "it is no HDF5 file"});
  const auto weights = good_entries().at("model.weights.h5");
  check_refused<dm::error>(with_entry(folder, "model.weights.h5", weights.substr(0, weights.size() / 2)), {"model.weights.h5"});
}

// A file that was cut off or changed anywhere is read or refused, never anything else.
BOOST_AUTO_TEST_CASE(broken_files_are_refused) {
  const scratch_folder folder;
  const std::string whole = support::content_of(fixture("keras/dense-linear.keras"));
  for (std::size_t length = 0; length < whole.size(); length += 7) {
    const auto path = folder.write("cut.keras", whole.substr(0, length));
    BOOST_CHECK(!support::is_read_or_refused([&] { dm::io::read_keras(path); }));
  }
  std::size_t refused = 0;
  for (std::size_t at = 0; at < whole.size(); at += 5) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 0x55);
    const auto path = folder.write("changed.keras", changed);
    refused += !support::is_read_or_refused([&] { dm::io::read_keras(path); });
  }
  BOOST_TEST(refused > whole.size() / 5 / 2);  // the rest are dates, flags and the like that nothing depends on
}

BOOST_AUTO_TEST_SUITE_END()
