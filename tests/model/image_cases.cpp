#include "model/image_cases.hpp"

#include <Kokkos_Core.hpp>
#include <boost/mpl/for_each.hpp>
#include <deepmaacc/model/network.hpp>
#include <deepmaacc/storage/copy.hpp>

#include "support/spaces.hpp"

namespace support {
namespace {

template <class T, class Space>
std::vector<std::vector<double>> outputs_of(const image_case& from, const Space& space) {
  using memory = typename Space::memory_space;
  using storage = deepmaacc::storage::kokkos_view<T, memory>;
  namespace model = deepmaacc::model;
  model::layer_graph graph;
  graph.append("in", model::input(from.input));
  graph.append("tested", model::make_layer(from.config));
  graph.append("flat", model::flatten());
  const std::size_t elements = graph[2].output_shape.front();
  graph.append("copy", model::dense(elements, model::activations::linear{}, false));
  std::vector<double> identity(elements * elements);
  for (std::size_t i = 0; i < elements; ++i) identity[i * elements + i] = 1;
  std::vector<std::vector<storage>> parameters(4);
  for (const auto& one : from.weights) parameters[1].push_back(deepmaacc::storage::from_host<storage>(one));
  parameters[3].push_back(deepmaacc::storage::from_host<storage>(identity));
  deepmaacc::network<storage, Space> network(std::move(graph), std::move(parameters), space);

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
