#include "model/image_cases.hpp"

#include <Kokkos_Core.hpp>
#include <boost/mpl/for_each.hpp>
#include <deepmaacc/network/network.hpp>

#include "model/one_layer.hpp"
#include "support/spaces.hpp"

namespace support {
namespace {

template <class T, class Space>
std::vector<std::vector<double>> outputs_of(const image_case& from, const Space& space) {
  using memory = typename Space::memory_space;
  using storage = deepmaacc::storage::kokkos_view<T, memory>;
  layer_graph graph(from.input, "in");
  graph.append("tested", read_layer(from.config));
  graph.append("flat", layers::flatten());
  const std::size_t elements = graph.shape_of(2).front();
  graph.append("copy", layers::dense(elements, {}, false));
  std::vector<double> identity(elements * elements);
  for (std::size_t i = 0; i < elements; ++i) identity[i * elements + i] = 1;
  deepmaacc::network<storage, Space> network(graph.with(std::vector<std::vector<std::vector<double>>>{{}, from.weights, {}, {identity}}), space);

  const std::size_t rows = from.images.size(), columns = from.images.front().values.size();
  Kokkos::View<T**, Kokkos::LayoutRight, memory> inputs("inputs", rows, columns), outputs("outputs", rows, elements);
  const auto host = Kokkos::create_mirror_view(inputs);
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t j = 0; j < columns; ++j) host(i, j) = static_cast<T>(from.images[i].values[j]);
  Kokkos::deep_copy(inputs, host);
  network.predict(deepmaacc::matrix<const T, memory>(inputs), deepmaacc::matrix<T, memory>(outputs));
  space.fence();
  const auto result = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace{}, outputs);
  std::vector<std::vector<double>> all(rows);
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t j = 0; j < elements; ++j) all[i].push_back(static_cast<double>(result(i, j)));
  return all;
}

template <class T, class Space>
image_runner runner_of(const std::string& precision) {
  return {precision + " on " + Space::name(), std::is_same_v<T, double>,
          [](const image_case& from) { return outputs_of<T>(from, Space()); }};
}

}  // namespace

std::vector<image_runner> image_runners() {
  std::vector<image_runner> all;
  boost::mpl::for_each<spaces>([&]<class Space>(const Space&) {
    all.push_back(runner_of<float, Space>("float"));
    all.push_back(runner_of<double, Space>("double"));
  });
  return all;
}

}  // namespace support
