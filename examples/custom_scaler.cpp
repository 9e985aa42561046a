// A feature scaler of one's own: one outlier must not squeeze all other points together.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <deepmaacc/clustering/scalers.hpp>
#include <iostream>
#include <vector>

#include "expect.hpp"

namespace dm = deepmaacc;

// (x - median) / (upper - lower quartile) of each column. Where half of the points are equal, the column is only moved.
struct robust {
  template <class T>
  void operator()(dm::matrix<T> points) const {
    const std::size_t n = points.extent(0);
    std::vector<double> column(n);
    for (std::size_t c = 0; c < points.extent(1); ++c) {
      for (std::size_t i = 0; i < n; ++i) column[i] = static_cast<double>(points(i, c));
      std::ranges::sort(column);
      const double median = quantile(column, 0.5), spread = quantile(column, 0.75) - quantile(column, 0.25);
      for (std::size_t i = 0; i < n; ++i)
        points(i, c) = static_cast<T>((static_cast<double>(points(i, c)) - median) / (spread > 0 ? spread : 1));
    }
  }

 private:
  static double quantile(const std::vector<double>& sorted, double share) {
    const double at = share * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(at), above = std::min(below + 1, sorted.size() - 1);
    return std::lerp(sorted[below], sorted[above], at - std::floor(at));
  }
};
static_assert(dm::FeatureScaler<robust>);

int main() {
  // The second column is in another unit, and the last point has a wild value in it.
  const xt::xtensor<double, 2> points{{1, 100}, {2, 300}, {3, 200}, {4, 400}, {5, 90000}};

  const auto print = [](const char* name, const xt::xtensor<double, 2>& scaled) {
    std::cout << name << '\n';
    for (std::size_t i = 0; i < scaled.shape()[0]; ++i) std::cout << "  " << scaled(i, 0) << "  " << scaled(i, 1) << '\n';
  };
  const auto squeezed = dm::scaled(points, dm::scaler::min_max{});
  const auto scaled = dm::scaled(points, robust{});
  print("min-max", squeezed);
  print("robust", scaled);

  expect(squeezed(3, 1) - squeezed(0, 1) < 0.01, "the outlier leaves nothing of the differences of the others");
  expect(scaled(2, 0) == 0 && scaled(1, 1) == 0, "medians become 0");
  expect(scaled(3, 1) - scaled(0, 1) == 1.5, "the differences are measured in quartile distances");
  return expectations_failed();
}
