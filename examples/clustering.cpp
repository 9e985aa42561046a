// Clustering by itself: the test images of a network, by what they look like.
#include <deepmaacc/deepmaacc.hpp>
#include <deepmaacc/io/npy.hpp>
#include <deepmaacc/io/npy_writer.hpp>
#include <iostream>
#include <string>

#include "expect.hpp"

namespace dm = deepmaacc;

int main(int argc, char* argv[]) {
  const Kokkos::ScopeGuard kokkos(argc, argv);
  const std::string data = argc > 1 ? argv[1] : "examples/data";
  const auto images = dm::io::read_npz<float>(dm::io::read_file(data + "/digits-test.npz"), "images");
  const auto classes = dm::io::read_npz<float>(dm::io::read_file(data + "/digits-test.npz"), "labels");
  const std::size_t n = images.extents[0];
  const auto points = xt::adapt(images.values, std::array<std::size_t, 2>{n, images.values.size() / n});  // a row of pixels each

  const Kokkos::DefaultExecutionSpace space;
  const auto tree = dm::agglomerate(space, points, dm::distance::euclidean{}, dm::linkage::ward{});
  const auto labels = dm::cut(tree, dm::cut_rule::count{.clusters = 10});
  std::cout << tree << '\n';

  const std::vector<std::size_t> digits(classes.values.begin(), classes.values.end());
  const double agreement = dm::quality::adjusted_rand(labels, digits);
  std::cout << "10 clusters agree with the digits by " << agreement << " (adjusted Rand index)\n";
  std::cout << "images that stand for them:";
  for (const std::size_t image : dm::representatives(space, points, labels)) std::cout << ' ' << image;
  std::cout << '\n';

  if (argc > 2) dm::io::write_npy(argv[2], tree.linkage_matrix());  // what SciPy's dendrogram() draws
  expect(agreement > 0.6, "images of a digit look alike");
  return expectations_failed();
}
