#include <Kokkos_Core.hpp>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <deepmaacc/io/layer_config.hpp>
#include <string>
#include <vector>

#include "network/one_layer.hpp"
#include "support/error_text.hpp"
#include "support/spaces.hpp"

namespace dm = deepmaacc;
using support::read_layer;
using support::tensor;
using list = std::vector<double>;

namespace {

/// How a layer of these settings refuses an input.
std::string refusal_of(const dm::io::layer_config& config, const dm::shape& input) {
  return support::error_text<dm::model_error>([&] { support::alone(read_layer(config), {input}); });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(normalisation)

// Every axis of vectors, sequences, images and more, counted from either end, with and without gamma and beta.
BOOST_AUTO_TEST_CASE_TEMPLATE(batch_normalisation_is_its_formula, Space, support::spaces) {
  double worst = 0, worst_float = 0;
  for (std::uint64_t seed = 0; seed < 120; ++seed) {
    support::random_tensors random(seed);
    const std::size_t rank = random.pick(1, 4), axis = random.pick(0, rank - 1);
    dm::io::layer_config config("b", "BatchNormalization");
    const double counted = random.pick(0, 1) ? static_cast<double>(axis) - static_cast<double>(rank) : static_cast<double>(axis) + 1;
    if (random.pick(0, 1))
      config.set("axis", counted);
    else
      config.set("axis", list{counted});
    const bool has_gamma = random.pick(0, 1), has_beta = random.pick(0, 1);
    config.set("scale", has_gamma);
    config.set("center", has_beta);
    config.set("epsilon", 0.01);
    const dm::shape extents = random.extents(rank), channels{extents[axis]};
    std::vector<tensor> parameters, rows;
    const tensor gamma = random.of(channels), beta = random.of(channels), mean = random.of(channels);
    tensor variance = random.of(channels);
    for (double& one : variance.values) one *= one;
    if (has_gamma) parameters.push_back(gamma);
    if (has_beta) parameters.push_back(beta);
    parameters.push_back(mean);
    parameters.push_back(variance);
    for (std::size_t i = random.pick(1, 3); i > 0; --i) rows.push_back(random.of(extents));
    const auto layer = read_layer(config);
    const auto found = support::outputs_of(Space{}, layer, {rows}, parameters);
    const auto found_float = support::outputs_of<float>(Space{}, layer, {rows}, parameters);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      tensor expected(extents);
      expected.for_each([&](const auto& index) {
        const std::vector<std::size_t> c{index[axis]};
        const double scaled = (rows[i].at(index) - mean.at(c)) / std::sqrt(variance.at(c) + 0.01) * (has_gamma ? gamma.at(c) : 1);
        expected.at(index) = scaled + (has_beta ? beta.at(c) : 0);
      });
      worst = std::max(worst, support::difference(found[i], expected));
      worst_float = std::max(worst_float, support::difference(found_float[i], expected));
    }
  }
  BOOST_TEST(worst < 1e-13);
  BOOST_TEST(worst_float < 3e-5);
  BOOST_TEST(worst_float > 0);
}

// Over the last axis, an inner one, and lists of neighbours.
BOOST_AUTO_TEST_CASE_TEMPLATE(layer_normalisation_is_its_formula, Space, support::spaces) {
  double worst = 0;
  for (std::uint64_t seed = 0; seed < 120; ++seed) {
    support::random_tensors random(seed);
    const std::size_t rank = random.pick(1, 4), first = random.pick(0, rank - 1), end = random.pick(first + 1, rank);
    dm::io::layer_config config("l", "LayerNormalization");
    list axes;
    const bool from_end = random.pick(0, 1);
    for (std::size_t axis = first; axis < end; ++axis)
      axes.push_back(from_end ? static_cast<double>(axis) - static_cast<double>(rank) : static_cast<double>(axis) + 1);
    if (random.pick(0, 1)) std::swap(axes.front(), axes.back());  // Keras sorts them
    config.set("axis", axes);
    const bool has_gamma = random.pick(0, 1), has_beta = random.pick(0, 1);
    config.set("scale", has_gamma);
    config.set("center", has_beta);
    const dm::shape extents = random.extents(rank);
    const dm::shape kept(extents.begin() + static_cast<std::ptrdiff_t>(first), extents.begin() + static_cast<std::ptrdiff_t>(end));
    const tensor gamma = random.of(kept), beta = random.of(kept);
    std::vector<tensor> parameters, rows;
    if (has_gamma) parameters.push_back(gamma);
    if (has_beta) parameters.push_back(beta);
    for (std::size_t i = random.pick(1, 3); i > 0; --i) rows.push_back(random.of(extents));
    const auto found = support::outputs_of(Space{}, read_layer(config), {rows}, parameters);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      tensor expected(extents);
      const auto is_inside = [&](std::size_t axis) { return axis >= first && axis < end; };
      expected.for_each([&](const auto& index) {
        double sum = 0, squares = 0, count = 0;
        rows[i].for_each([&](const auto& other) {
          for (std::size_t axis = 0; axis < rank; ++axis)
            if (!is_inside(axis) && other[axis] != index[axis]) return;
          sum += rows[i].at(other), squares += rows[i].at(other) * rows[i].at(other), count += 1;
        });
        const double mean = sum / count, variance = std::max(0.0, squares / count - mean * mean);
        const std::vector<std::size_t> c(index.begin() + static_cast<std::ptrdiff_t>(first),
                                         index.begin() + static_cast<std::ptrdiff_t>(end));
        const double scaled = (rows[i].at(index) - mean) / std::sqrt(variance + 1e-3);
        expected.at(index) = scaled * (has_gamma ? gamma.at(c) : 1) + (has_beta ? beta.at(c) : 0);
      });
      worst = std::max(worst, support::difference(found[i], expected));
    }
  }
  BOOST_TEST(worst < 1e-11);
}

// Statistics of the file, and of the settings: one number, or one per place; the way back; no axis at all.
BOOST_AUTO_TEST_CASE_TEMPLATE(normalisation_is_its_formula, Space, support::spaces) {
  double worst = 0;
  for (std::uint64_t seed = 0; seed < 160; ++seed) {
    support::random_tensors random(seed);
    const std::size_t rank = random.pick(1, 4), first = random.pick(0, rank - 1), end = random.pick(first, rank);
    dm::io::layer_config config("n", "Normalization");
    list axes;
    for (std::size_t axis = first; axis < end; ++axis) axes.push_back(static_cast<double>(axis) + 1);
    if (!axes.empty() && random.pick(0, 1)) std::swap(axes.front(), axes.back());
    if (!axes.empty() && end == rank && random.pick(0, 1)) axes.back() = axes.back() - static_cast<double>(rank) - 1;
    config.set("axis", axes);
    const bool inverse = random.pick(0, 1), is_setting = random.pick(0, 1), is_one = random.pick(0, 1);
    config.set("invert", inverse);
    const dm::shape extents = random.extents(rank);
    const dm::shape kept(extents.begin() + static_cast<std::ptrdiff_t>(first), extents.begin() + static_cast<std::ptrdiff_t>(end));
    tensor mean = random.of(kept), variance = random.of(kept);
    for (double& one : variance.values) one = random.pick(0, 5) ? one * one : 0;
    if (is_setting && is_one) {
      std::fill(mean.values.begin(), mean.values.end(), 0.25);
      std::fill(variance.values.begin(), variance.values.end(), 4.0);
      config.set("mean", 0.25);
      config.set("variance", 4.0);
    } else if (is_setting) {
      config.set("mean", mean.values);
      config.set("variance", variance.values);
    }
    std::vector<tensor> parameters, rows;
    if (!is_setting) parameters = {mean, variance, tensor(dm::shape{})};
    for (std::size_t i = random.pick(1, 3); i > 0; --i) rows.push_back(random.of(extents));
    const auto found = support::outputs_of(Space{}, read_layer(config), {rows}, parameters);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      tensor expected(extents);
      expected.for_each([&](const auto& index) {
        const std::vector<std::size_t> c(index.begin() + static_cast<std::ptrdiff_t>(first),
                                         index.begin() + static_cast<std::ptrdiff_t>(end));
        const double deviation = std::max(std::sqrt(variance.at(c)), 1e-7), x = rows[i].at(index);
        expected.at(index) = inverse ? mean.at(c) + x * deviation : (x - mean.at(c)) / deviation;
      });
      worst = std::max(worst, support::difference(found[i], expected));
    }
  }
  BOOST_TEST(worst < 1e-13);
}

// A mean that is large beside the deviation: what is left of float is what the difference of two floats keeps.
BOOST_AUTO_TEST_CASE(normalisation_does_not_cancel) {
  dm::io::layer_config config("n", "Normalization");
  config.set("mean", 1000.0);
  config.set("variance", 1e-6);
  const tensor row(dm::shape{1}, 1000.0625);
  const auto found = support::outputs_of<float>(dm::this_thread{}, read_layer(config), {{row}});
  BOOST_TEST(found[0].values[0] == 62.5, boost::test_tools::tolerance(1e-6));
}

// More places than one kernel carries as arguments.
BOOST_AUTO_TEST_CASE_TEMPLATE(rescaling_is_its_formula, Space, support::spaces) {
  double worst = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    support::random_tensors random(seed);
    dm::shape extents = random.extents(random.pick(1, 4));
    if (seed % 4 == 0) extents.back() = random.pick(100, 400);
    dm::io::layer_config config("r", "Rescaling");
    list scale(random.pick(0, 1) ? extents.back() : 1), offset(random.pick(0, 1) ? extents.back() : 1);
    for (double& one : scale) one = random.number();
    for (double& one : offset) one = random.number();
    config.set("scale", scale);
    config.set("offset", offset);
    const std::vector<tensor> rows{random.of(extents), random.of(extents)};
    const auto found = support::outputs_of(Space{}, read_layer(config), {rows});
    for (std::size_t i = 0; i < rows.size(); ++i) {
      tensor expected(extents);
      expected.for_each([&](const auto& index) {
        const std::size_t c = index.back();
        expected.at(index) = rows[i].at(index) * scale[scale.size() == 1 ? 0 : c] + offset[offset.size() == 1 ? 0 : c];
      });
      worst = std::max(worst, support::difference(found[i], expected));
    }
  }
  BOOST_TEST(worst < 1e-14);
  dm::io::layer_config plain("r", "Rescaling");
  plain.set("scale", 0.5);
  BOOST_TEST(support::outputs_of(Space{}, read_layer(plain), {{tensor(dm::shape{1}, 3)}})[0].values[0] == 1.5);
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_refused) {
  const dm::shape image{4, 5, 3};
  dm::io::layer_config batch("b", "BatchNormalization");
  for (const double axis : {0.0, 4.0, -4.0, 1e15, -1e15}) {
    batch.set("axis", axis);
    BOOST_TEST(support::has(refusal_of(batch, image), "is none of an input of shape (4, 5, 3)"));
  }
  batch.set("axis", list{1, 2});
  BOOST_TEST(support::has(refusal_of(batch, image), "axis must be one whole number"));
  batch.set("axis", -1.0);
  batch.set("epsilon", NAN);
  BOOST_TEST(support::has(refusal_of(batch, image), "epsilon must be finite"));
  batch.set("epsilon", 0.001);
  batch.set("renorm", true);
  BOOST_TEST(support::has(refusal_of(batch, image), "renorm is not supported"));
  batch.set("renorm", false);
  BOOST_TEST(refusal_of(batch, image) == "no error");
  BOOST_TEST(support::has(refusal_of(batch, {}), "is none of an input"));

  dm::io::layer_config per_input("l", "LayerNormalization");
  for (const list& axes : {list{1, 3}, list{-1, 1}, list{2, 2}}) {
    per_input.set("axis", axes);
    BOOST_TEST(support::has(refusal_of(per_input, image), "must be neighbours"));
  }
  per_input.set("axis", list{});
  BOOST_TEST(support::has(refusal_of(per_input, image), "at least one axis"));
  per_input.set("axis", 0.0);
  BOOST_TEST(support::has(refusal_of(per_input, image), "the batch is axis 0"));
  per_input.set("axis", -1.0);
  per_input.set("rms_scaling", true);
  BOOST_TEST(support::has(refusal_of(per_input, image), "rms_scaling is not supported"));

  dm::io::layer_config of_data("n", "Normalization");
  of_data.set("mean", list{1, 2});
  BOOST_TEST(support::has(refusal_of(of_data, image), "must be given both"));
  of_data.set("variance", list{1, -2});
  BOOST_TEST(support::has(refusal_of(of_data, image), "must not be negative"));
  of_data.set("variance", list{1, 2});
  BOOST_TEST(support::has(refusal_of(of_data, image), "has 2 numbers, but its input of shape (4, 5, 3) has 3"));
  BOOST_TEST(refusal_of(of_data, {2}) == "no error");
  of_data.set("mean", list{});
  of_data.set("variance", list{});
  BOOST_TEST(support::has(refusal_of(of_data, image), "must not be empty"));

  dm::io::layer_config scaling("r", "Rescaling");
  BOOST_TEST(support::has(refusal_of(scaling, image), "scale is missing"));
  scaling.set("scale", list{1, 2});
  BOOST_TEST(support::has(refusal_of(scaling, image), "has 2 numbers for the 3 places"));
  scaling.set("scale", INFINITY);
  BOOST_TEST(support::has(refusal_of(scaling, image), "scale must be finite"));
}

BOOST_AUTO_TEST_SUITE_END()
