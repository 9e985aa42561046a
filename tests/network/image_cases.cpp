#include "network/image_cases.hpp"

#include <Kokkos_Core.hpp>
#include <boost/mpl/for_each.hpp>

#include "network/one_layer.hpp"

namespace support {
namespace {

deepmaacc::program network_of(const image_case& from) {
  deepmaacc::program_builder net(from.input);
  read_layer(from.config).add(net, "tested");
  const auto wanted = net.made().layers().back().parameters;
  BOOST_REQUIRE(wanted.size() == from.weights.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) net.made().fill(wanted[i], from.weights[i]);
  return copied(std::move(net));
}

template <class T, class Space>
image_runner runner_of(const std::string& precision) {
  return {precision + " on " + Space::name(), std::is_same_v<T, double>, [](const image_case& from) {
            std::vector<std::vector<double>> rows;
            for (const auto& one : from.images) rows.push_back(one.values);
            return rows_of<T>(Space(), network_of(from), rows);
          }};
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
