// Descriptions that look like a model that can be read, but mean another one to Keras, or are larger than any.
#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <deepmaacc/io/keras.hpp>
#include <deepmaacc/io/keras_calls.hpp>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "files.hpp"

namespace dm = deepmaacc;
using nlohmann::json;
using support::check_error;
using support::fixture;
using double_storage = dm::storage::xtensor_host<double>;

namespace {

/// A model of the fixtures whose description can be changed.
class changed_model {
 public:
  explicit changed_model(const std::string& name) {
    const dm::io::zip_archive archive(dm::io::read_file(fixture("keras/" + name + ".keras")));
    for (const auto& entry : archive.names()) entries_[entry] = support::text_of(archive.entry(entry));
    model = json::parse(entries_.at("config.json"));
  }

  json& layers() { return model["config"]["layers"]; }
  /// Puts a layer between two others, or behind all.
  void insert(std::size_t at, const json& layer) { layers().insert(layers().begin() + static_cast<std::ptrdiff_t>(at), layer); }
  void write(const std::string& description) { entries_["config.json"] = description; }
  dm::network<> read() {
    if (!model.is_null()) write(model.dump());
    return dm::io::read_keras(folder_.write_zip("changed.keras", entries_));
  }
  void check_refused(const std::vector<std::string>& parts) {
    check_error<dm::error>([&] { read(); }, parts);
  }

  json model;

 private:
  support::scratch_folder folder_;
  std::map<std::string, std::string> entries_;
};

json layer(const std::string& kind, json settings, const std::string& module = "keras.layers") {
  settings["name"] = "added";
  return {{"module", module}, {"class_name", kind}, {"config", settings}, {"registered_name", nullptr}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(keras_meaning)

BOOST_AUTO_TEST_CASE(classes_and_functions_of_the_users_own) {
  for (const char* module : {"", "my.package", "kerasish.layers"}) {
    changed_model dense("dense-linear");
    dense.layers()[1]["module"] = *module ? json(module) : json();
    dense.check_refused({"(Dense)", "custom class"});
    changed_model outer("dense-linear");
    outer.model["module"] = *module ? json(module) : json();
    outer.check_refused({"custom models of class 'Sequential'"});
  }
  for (const char* name : {"clipped_relu", "hard_sigmoid_of_keras2", "gelu_approximate"}) {
    changed_model own("dense-linear");
    own.layers()[1]["config"]["activation"] = name;
    own.check_refused({"(Dense)", name, "custom function"});
  }
  changed_model function("dense-linear");
  function.layers()[1]["config"]["activation"] = {{"module", "builtins"}, {"class_name", "function"}, {"config", "relu"}};
  function.check_refused({"(Dense)", "relu", "custom function"});
  changed_model operation("dense-linear");
  operation.insert(2, layer("Softmax", {{"axis", -1}}, "keras.src.ops.nn"));
  operation.check_refused({"added (Softmax)", "this operation is not supported"});
}

BOOST_AUTO_TEST_CASE(settings_that_mean_another_axis) {
  changed_model rows("dense-linear");
  rows.insert(1, layer("Rescaling", {{"scale", {{1}, {2}}}}));
  rows.check_refused({"added (Rescaling)", "scale"});
  changed_model last("dense-linear");
  last.insert(1, layer("Rescaling", {{"scale", {{1, 2, 3, 4, 5}}}}));
  BOOST_TEST(last.read().classes() == 4U);
  changed_model of_numpy("dense-linear");
  of_numpy.insert(1, layer("Rescaling", {{"scale", {{"class_name", "__numpy__"}, {"config", {{"value", {1, 2, 3, 4, 5}}}}}}}));
  BOOST_TEST(of_numpy.read().classes() == 4U);
  changed_model everything("dense-linear");
  everything.insert(3, layer("Softmax", {{"axis", nullptr}}));
  everything.check_refused({"added (Softmax)", "axis"});
}

BOOST_AUTO_TEST_CASE(layers_and_arrays_that_would_be_left_out) {
  changed_model behind("functional-path");
  behind.model["config"]["output_layers"] = json::array({json::array({behind.layers()[1]["name"], 0, 0})});
  behind.check_refused({"behind the one that gives the output"});
  changed_model without_bias("dense-linear");
  without_bias.layers()[1]["config"]["use_bias"] = false;
  without_bias.check_refused({"layer dense: it needs 1 weight arrays, but the file has more"});
}

BOOST_AUTO_TEST_CASE(descriptions_larger_than_any) {
  changed_model deep("dense-linear");
  for (std::size_t i = 0; i < 10'000; ++i) {
    json one = layer("Activation", {{"activation", "tanh"}});
    one["config"]["name"] = "a" + std::to_string(i);
    deep.layers().push_back(one);
  }
  deep.check_refused({"more than 10000 layers"});
  const auto written = [](const std::string& description, const std::string& part) {
    changed_model large("dense-linear");
    large.model = nullptr;
    large.write(description);
    large.check_refused({"config.json", part, "no model needs that"});
  };
  written(std::string(std::size_t{20} << 20, ' '), "bytes");
  std::string lists = "{\"a\": [";
  for (std::size_t i = 0; i < 600'000; ++i) lists += "[],";
  written(lists + "0]}", "more than 1000000 values");
  written("{\"a\": " + std::string(200'000, '[') + std::string(200'000, ']') + "}", "nested more than 64 deep");
}

// A custom class is refused, unless somebody says how it is read.
BOOST_AUTO_TEST_CASE(classes_of_ones_own_are_read_by_readers_of_ones_own) {
  const std::string path = fixture("refused/unknown-own.keras");  // Dense, own>Twice, Dense
  dm::io::keras_layers mine;
  const auto read = [&] { return dm::io::read_model(path, {.keras = mine}); };
  check_error<dm::model_error>(read, {"layer own (Twice)", "custom class", "own>Twice", "cannot be read"});
  const auto outputs = [&] {
    dm::network<double_storage> network(read());
    const std::vector<double> inputs{1, -2, 3, -4, 5};
    std::vector<double> found(3);
    network.predict(dm::matrix<const double>(inputs.data(), 1, 5), dm::matrix<double>(found.data(), 1, 3));
    return found;
  };
  mine.add("Another>Twice", [](const auto& settings, auto& net) { net.identity(settings.name()); });
  check_error<dm::model_error>(read, {"custom class"});
  mine.add("Twice", [](const auto& settings, auto& net) { net.identity(settings.name()); });
  const auto once = outputs();
  mine.add("own>Twice", [](const auto& settings, auto& net) { net.rescaling(settings.name(), {2}); });  // the whole name comes first
  const auto twice = outputs();
  BOOST_TEST(twice != once, boost::test_tools::per_element());
  BOOST_TEST(read().layers()[2].kind == "Twice");
  mine.add("own>Twice", [](const auto& settings, auto& net) {
    const auto same = [](std::span<const dm::shape> inputs) { return inputs[0]; };
    const auto doubled = [](const auto& rows) {
      for (std::size_t i = 0; i < rows.output.size(); ++i) rows.output.data()[i] = 2 * rows.inputs[0].data()[i];
    };
    net.custom(settings.name(), settings.class_name(), {same, doubled});
  });
  BOOST_TEST(outputs() == twice, boost::test_tools::per_element());

  // `.h5` files call a class what it is registered as.
  dm::io::keras_layers by_name;
  by_name.add("Twice", [](const auto& settings, auto& net) { net.identity(settings.name()); });
  BOOST_TEST(by_name.find("own>Twice", "", true) == by_name.find("Twice", "own>Twice", false));
  BOOST_TEST(by_name.find("own>Dense", "", true) == nullptr);

  mine.add("own>Twice", [](const auto&, auto&) {});
  check_error<dm::model_error>(read, {path, "layer own (Twice)", "its reader adds no layer"});
  mine.add("own>Twice", [](const auto& settings, auto& net) { net.prelu(settings.name()); });
  check_error<dm::model_error>(read, {path, "layer own", "alpha", "is missing"});
  mine.add("own>Twice", [](const auto& settings, auto&) { settings.size("ratio"); });
  check_error<dm::model_error>(read, {path, "layer own (Twice): ratio is missing, or no number"});
}

// A reader may make several layers, so it has to know what the first of them takes, wherever the network branches.
BOOST_AUTO_TEST_CASE(a_builder_tells_what_the_next_layer_takes) {
  dm::program_builder net({4});
  const std::size_t input = net.last();
  BOOST_TEST(net.inputs() == std::vector<std::size_t>{input}, boost::test_tools::per_element());
  const std::size_t left = net.dense("left", {.units = 4});
  BOOST_TEST(net.inputs() == std::vector<std::size_t>{left}, boost::test_tools::per_element());
  net.from({input, left});
  BOOST_TEST(net.inputs() == (std::vector<std::size_t>{input, left}), boost::test_tools::per_element());
  const std::size_t sum = net.add("sum");
  BOOST_TEST(net.made()[sum].inputs == (std::vector<std::size_t>{input, left}), boost::test_tools::per_element());
  BOOST_TEST(net.inputs() == std::vector<std::size_t>{sum}, boost::test_tools::per_element());
}

// Where inputs have names, Keras takes them in the order of these.
BOOST_AUTO_TEST_CASE(ends_by_name_are_sorted) {
  const auto parsed = dm::io::parse_json_object("named", R"({"ends": {"b": ["second", 0, 0], "a": ["first", 0, 0]}})");
  BOOST_TEST(dm::io::detail::ends(parsed.root().member("ends")) == (std::vector<std::string>{"first", "second"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
