#include <Kokkos_Core.hpp>
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <deepmaacc/io/layer_config.hpp>
#include <string>
#include <vector>

#include "network/one_layer.hpp"
#include "support/error_text.hpp"
#include "support/spaces.hpp"

namespace dm = deepmaacc;
namespace layers = support::layers;
using support::read_layer;
using support::tensor;
using list = std::vector<double>;

namespace {

dm::shape reshaped(const list& target, const dm::shape& input) {
  dm::io::layer_config config("r", "Reshape");
  config.set("target_shape", target);
  return support::output_shape_of(read_layer(config), {input});
}

std::string refusal(const char* class_name, const char* key, const list& setting, const dm::shape& input) {
  dm::io::layer_config config("x", class_name);
  config.set(key, setting);
  return support::error_text<dm::error>([&] { support::alone(read_layer(config), {input}); });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(shapes)

BOOST_AUTO_TEST_CASE(reshaping_works_out_an_open_extent) {
  BOOST_TEST((reshaped({6, 4}, {2, 3, 4}) == dm::shape{6, 4}));
  BOOST_TEST((reshaped({-1}, {2, 3, 4}) == dm::shape{24}));
  BOOST_TEST((reshaped({2, -1, 2}, {2, 3, 4}) == dm::shape{2, 6, 2}));
  BOOST_TEST((reshaped({24, -1}, {2, 3, 4}) == dm::shape{24, 1}));
  BOOST_TEST((reshaped({1, 1, 3}, {3}) == dm::shape{1, 1, 3}));
  BOOST_TEST(support::is_identity(layers::reshape({-1}), {2, 3}));
}

BOOST_AUTO_TEST_CASE(a_shape_that_does_not_fit_is_refused) {
  const auto text = [](const list& target) { return refusal("Reshape", "target_shape", target, {2, 3, 4}); };
  BOOST_TEST(support::has(text({5, 5}), "both must hold as many elements"));
  BOOST_TEST(support::has(text({5, -1}), "both must hold as many elements"));
  BOOST_TEST(support::has(text({48, -1}), "both must hold as many elements"));
  BOOST_TEST(support::has(text({-1, -1}), "more than one extent open"));
  BOOST_TEST(support::has(text({0, -1}), "whole numbers from 1"));
  BOOST_TEST(support::has(text({-2}), "whole numbers from 1"));
  BOOST_TEST(support::has(text({2.5}), "whole numbers"));
  BOOST_TEST(support::has(text({}), "at least one extent"));
  BOOST_TEST(support::has(text({9e15, 9e15}), "more elements than this machine can address"));
  BOOST_TEST(support::has(text({9e15, 9e15, -1}), "more elements than this machine can address"));
  BOOST_TEST(support::has(refusal("Reshape", "other", {1}, {3}), "at least one extent"));
}

// Every order of up to four axes.
BOOST_AUTO_TEST_CASE_TEMPLATE(permuting_moves_axes, Space, support::spaces) {
  support::random_tensors random(1);
  for (std::size_t rank = 1; rank <= 4; ++rank) {
    std::vector<std::size_t> order(rank);
    for (std::size_t i = 0; i < rank; ++i) order[i] = i + 1;
    do {
      const dm::shape extents = random.extents(rank);
      const std::vector<tensor> rows{random.of(extents), random.of(extents)};
      dm::io::layer_config config("p", "Permute");
      config.set("dims", list(order.begin(), order.end()));
      const auto layer = read_layer(config);
      BOOST_TEST(support::is_identity(layer, extents) == std::is_sorted(order.begin(), order.end()));
      const auto found = support::outputs_of(Space{}, layer, {rows});
      for (std::size_t i = 0; i < rows.size(); ++i) {
        std::size_t compared = 0;
        found[i].for_each([&](const auto& index) {
          auto source = index;
          for (std::size_t axis = 0; axis < rank; ++axis) source[order[axis] - 1] = index[axis];
          if (found[i].at(index) == rows[i].at(source)) ++compared;
        });
        BOOST_TEST(compared == rows[i].values.size());
        for (std::size_t axis = 0; axis < rank; ++axis) BOOST_TEST(found[i].extents[axis] == extents[order[axis] - 1]);
      }
    } while (std::next_permutation(order.begin(), order.end()));
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_order_is_refused) {
  const auto text = [](const list& dims) { return refusal("Permute", "dims", dims, {2, 3, 4}); };
  BOOST_TEST(text({3, 1, 2}) == "no error");
  BOOST_TEST(support::has(text({1, 2}), "name every axis"));
  BOOST_TEST(support::has(text({1, 2, 2}), "in any order"));
  BOOST_TEST(support::has(text({1, 2, 4}), "in any order"));
  BOOST_TEST(support::has(text({0, 1, 2}), "from 1"));
  BOOST_TEST(support::has(text({-1, 1, 2}), "from 1"));
  BOOST_TEST(support::has(text({}), "missing, or empty"));
  BOOST_TEST(support::has(refusal("Permute", "dims", {1, 2, 3, 4, 5, 6, 7, 8, 9}, dm::shape(9, 1)), "at most 8 axes"));
}

// What only shapes training: nothing runs, whatever the input is.
BOOST_AUTO_TEST_CASE(training_layers_do_nothing) {
  std::size_t found = 0;
  for (const char* name : {"Dropout", "SpatialDropout1D", "SpatialDropout2D", "GaussianDropout", "GaussianNoise", "AlphaDropout",
                           "ActivityRegularization", "Identity"}) {
    dm::io::layer_config config("t", name);
    config.set("rate", 0.5);
    const auto layer = read_layer(config);
    const dm::program made = support::alone(layer, {{2, 3, 4}});
    BOOST_TEST(made.layers()[1].kind == std::string(name));
    BOOST_TEST(support::is_identity(layer, {2, 3, 4}));
    BOOST_TEST((made.output_shape() == dm::shape{2, 3, 4}));
    BOOST_TEST(made.parameters().empty());
    ++found;
  }
  BOOST_TEST(found == 8U);
}

BOOST_AUTO_TEST_SUITE_END()
