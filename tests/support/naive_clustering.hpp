#pragma once

/// \file
/// An independent verifier: distances and hierarchical clustering straight from their definitions, every pair tried at every merge. It
/// shares no code with the library, and is written for being read: O(n³) at least, and everything in long double.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <limits>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace naive {

using number = long double;

/// Points, one row each.
struct point_set {
  std::size_t n = 0, d = 0;
  std::vector<number> values;
  const number* row(std::size_t i) const { return values.data() + i * d; }
};

/// How far two rows of d coordinates are apart.
using metric = std::function<number(const number*, const number*, std::size_t)>;

inline number root_of_squares(const number* a, const number* b, std::size_t d) {
  number sum = 0;
  for (std::size_t i = 0; i < d; ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return std::sqrt(sum);
}

inline number angular(const number* a, const number* b, std::size_t d, bool is_centred) {
  number mean_a = 0, mean_b = 0, aa = 0, bb = 0, ab = 0;
  for (std::size_t i = 0; is_centred && i < d; ++i) mean_a += a[i] / static_cast<number>(d), mean_b += b[i] / static_cast<number>(d);
  for (std::size_t i = 0; i < d; ++i) {
    const number x = a[i] - mean_a, y = b[i] - mean_b;
    aa += x * x, bb += y * y, ab += x * y;
  }
  return 1 - ab / std::sqrt(aa * bb);
}

/// Every metric by SciPy's name; minkowski is that of p.
inline metric metric_named(const std::string& name, double p = 3) {
  using row = const number*;
  const auto sum_of = [](auto term) {
    return [term](row a, row b, std::size_t d) {
      number sum = 0;
      for (std::size_t i = 0; i < d; ++i) sum += term(a[i], b[i]);
      return sum;
    };
  };
  if (name == "euclidean") return root_of_squares;
  if (name == "sqeuclidean") return sum_of([](number x, number y) { return (x - y) * (x - y); });
  if (name == "cosine") return [](row a, row b, std::size_t d) { return angular(a, b, d, false); };
  if (name == "correlation") return [](row a, row b, std::size_t d) { return angular(a, b, d, true); };
  if (name == "cityblock") return sum_of([](number x, number y) { return std::abs(x - y); });
  if (name == "canberra")
    return sum_of([](number x, number y) {
      const number whole = std::abs(x) + std::abs(y);
      return whole > 0 ? std::abs(x - y) / whole : 0;
    });
  if (name == "chebyshev")
    return [](row a, row b, std::size_t d) {
      number largest = 0;
      for (std::size_t i = 0; i < d; ++i) largest = std::max(largest, std::abs(a[i] - b[i]));
      return largest;
    };
  if (name == "minkowski")
    return [p](row a, row b, std::size_t d) {
      number sum = 0;
      for (std::size_t i = 0; i < d; ++i) sum += std::pow(std::abs(a[i] - b[i]), static_cast<number>(p));
      return std::pow(sum, 1 / static_cast<number>(p));
    };
  if (name == "hamming")
    return [](row a, row b, std::size_t d) {
      number sum = 0;
      for (std::size_t i = 0; i < d; ++i) sum += a[i] == b[i] ? 0 : 1;
      return sum / static_cast<number>(d);
    };
  if (name == "braycurtis")
    return [](row a, row b, std::size_t d) {
      number difference = 0, whole = 0;
      for (std::size_t i = 0; i < d; ++i) difference += std::abs(a[i] - b[i]), whole += std::abs(a[i] + b[i]);
      return difference > 0 ? difference / whole : 0;
    };
  return [](row, row, std::size_t) { return std::numeric_limits<number>::quiet_NaN(); };
}

/// All distances of n leaves, both ways.
struct distances {
  std::size_t n = 0;
  std::vector<number> square;
  number operator()(std::size_t i, std::size_t j) const { return square[i * n + j]; }
};

inline distances all_distances(const point_set& points, const metric& apart) {
  distances all{points.n, std::vector<number>(points.n * points.n)};
  for (std::size_t i = 0; i < all.n; ++i)
    for (std::size_t j = 0; j < all.n; ++j) all.square[i * all.n + j] = i == j ? 0 : apart(points.row(i), points.row(j), points.d);
  return all;
}

using members = std::vector<std::size_t>;

/// What is known where clusters i and j have merged, and the distance of the union to k is asked for.
struct meeting {
  members i, j, k;
  number d_ij = 0, d_ik = 0, d_jk = 0;

  number size_i() const { return static_cast<number>(i.size()); }
  number size_j() const { return static_cast<number>(j.size()); }
  number size_k() const { return static_cast<number>(k.size()); }
  members both() const {
    members all = i;
    all.insert(all.end(), j.begin(), j.end());
    return all;
  }
};

/// How far i ∪ j is from k: from the members, or from the three distances.
using rule = std::function<number(const meeting&)>;

inline rule nearest_members(const distances& all) {
  return [&all](const meeting& m) {
    number nearest = std::numeric_limits<number>::infinity();
    for (const std::size_t a : m.both())
      for (const std::size_t b : m.k) nearest = std::min(nearest, all(a, b));
    return nearest;
  };
}

inline rule farthest_members(const distances& all) {
  return [&all](const meeting& m) {
    number farthest = 0;
    for (const std::size_t a : m.both())
      for (const std::size_t b : m.k) farthest = std::max(farthest, all(a, b));
    return farthest;
  };
}

inline rule mean_of_pairs(const distances& all) {
  return [&all](const meeting& m) {
    number sum = 0;
    for (const std::size_t a : m.both())
      for (const std::size_t b : m.k) sum += all(a, b);
    return sum / ((m.size_i() + m.size_j()) * m.size_k());
  };
}

inline std::vector<number> mean_point(const point_set& points, const members& of) {
  std::vector<number> centre(points.d, 0);
  for (const std::size_t one : of)
    for (std::size_t c = 0; c < points.d; ++c) centre[c] += points.row(one)[c];
  for (number& c : centre) c /= static_cast<number>(of.size());
  return centre;
}

inline rule between_centroids(const point_set& points) {
  return [&points](const meeting& m) {
    return root_of_squares(mean_point(points, m.both()).data(), mean_point(points, m.k).data(), points.d);
  };
}

/// Twice by how much the sum of squares within clusters would grow, and the root of it: the distance, for two points.
inline rule growth_of_squares(const point_set& points) {
  const auto within = [&points](const members& of) {
    const auto centre = mean_point(points, of);
    number sum = 0;
    for (const std::size_t one : of) {
      const number apart = root_of_squares(points.row(one), centre.data(), points.d);
      sum += apart * apart;
    }
    return sum;
  };
  return [within](const meeting& m) {
    members everything = m.both();
    everything.insert(everything.end(), m.k.begin(), m.k.end());
    return std::sqrt(std::max(number{0}, 2 * (within(everything) - within(m.both()) - within(m.k))));
  };
}

/// Lance and Williams' form: α_i·d_ik + α_j·d_jk + β·d_ij + γ·|d_ik − d_jk|, of squares where it says so.
struct coefficients {
  number alpha_i = 0, alpha_j = 0, beta = 0, gamma = 0;
};

inline rule recurrence(std::function<coefficients(number, number, number)> of_sizes, bool is_of_squares) {
  return [of_sizes = std::move(of_sizes), is_of_squares](const meeting& m) {
    const coefficients c = of_sizes(m.size_i(), m.size_j(), m.size_k());
    const auto in = [&](number d) { return is_of_squares ? d * d : d; };
    const number ij = in(m.d_ij), ik = in(m.d_ik), jk = in(m.d_jk);
    const number merged = c.alpha_i * ik + c.alpha_j * jk + c.beta * ij + c.gamma * std::abs(ik - jk);
    return is_of_squares ? std::sqrt(std::max(number{0}, merged)) : merged;
  };
}

/// The textbook's table of coefficients.
inline rule recurrence_named(const std::string& name) {
  using c = coefficients;
  if (name == "single") return recurrence([](number, number, number) { return c{0.5L, 0.5L, 0, -0.5L}; }, false);
  if (name == "complete") return recurrence([](number, number, number) { return c{0.5L, 0.5L, 0, 0.5L}; }, false);
  if (name == "average") return recurrence([](number i, number j, number) { return c{i / (i + j), j / (i + j), 0, 0}; }, false);
  if (name == "weighted") return recurrence([](number, number, number) { return c{0.5L, 0.5L, 0, 0}; }, false);
  if (name == "flexible") return recurrence([](number, number, number) { return c{0.625L, 0.625L, -0.25L, 0}; }, false);
  if (name == "ward")
    return recurrence(
        [](number i, number j, number k) {
          return c{(i + k) / (i + j + k), (j + k) / (i + j + k), -k / (i + j + k), 0};
        },
        true);
  if (name == "centroid")
    return recurrence([](number i, number j, number) { return c{i / (i + j), j / (i + j), -i * j / ((i + j) * (i + j)), 0}; }, true);
  return recurrence([](number, number, number) { return c{0.5L, 0.5L, -0.25L, 0}; }, true);  // median
}

/// Clusters `first` and `second` became one; numbers as SciPy's: leaves first, then the merges.
struct merge {
  std::size_t first = 0, second = 0;
  double height = 0;
  std::size_t size = 0;
};

/// The clusters while they merge.
class clusters {
 public:
  clusters(const distances& leaves, rule how) : how_(std::move(how)), next_(leaves.n) {
    for (std::size_t i = 0; i < leaves.n; ++i) {
      current_[i] = {i};
      for (std::size_t j = i + 1; j < leaves.n; ++j) apart_[{i, j}] = leaves(i, j);
    }
  }

  bool has(std::size_t cluster) const { return current_.contains(cluster); }
  std::size_t size(std::size_t cluster) const { return current_.at(cluster).size(); }
  number between(std::size_t a, std::size_t b) const { return apart_.at(std::minmax(a, b)); }

  /// The nearest two; among equals the pair of the lowest numbers.
  std::pair<std::size_t, std::size_t> nearest() const {
    return std::min_element(apart_.begin(), apart_.end(), [](const auto& a, const auto& b) { return a.second < b.second; })->first;
  }

  void join(std::size_t a, std::size_t b) {
    std::map<std::size_t, number> fresh;
    for (const auto& [k, of_k] : current_)
      if (k != a && k != b) fresh[k] = how_({current_[a], current_[b], of_k, between(a, b), between(a, k), between(b, k)});
    members all = current_[a];
    all.insert(all.end(), current_[b].begin(), current_[b].end());
    std::erase_if(apart_, [&](const auto& one) {
      const auto [x, y] = one.first;
      return x == a || x == b || y == a || y == b;
    });
    current_.erase(a);
    current_.erase(b);
    for (const auto& [k, distance] : fresh) apart_[{k, next_}] = distance;
    current_[next_++] = all;
  }

 private:
  rule how_;
  std::size_t next_;
  std::map<std::size_t, members> current_;
  std::map<std::pair<std::size_t, std::size_t>, number> apart_;
};

/// The dendrogram by always merging the nearest two.
inline std::vector<merge> build(const distances& leaves, const rule& how) {
  clusters now(leaves, how);
  std::vector<merge> merges;
  while (merges.size() + 1 < leaves.n) {
    const auto [a, b] = now.nearest();
    merges.push_back({a, b, static_cast<double>(now.between(a, b)), now.size(a) + now.size(b)});
    now.join(a, b);
  }
  return merges;
}

/// How far rounding may take a height from what it should be: relative · that + absolute.
struct tolerance {
  double relative = 1e-10, absolute = 0;
  number around(number value) const { return static_cast<number>(relative) * std::abs(value) + static_cast<number>(absolute); }
};

/// Follows a dendrogram merge by merge. \return what is wrong with it, and nothing where it is right: each merge joins two clusters that
/// are as near as any two are then, at a height that is their distance, and has their leaves.
template <class Merges>
std::string fault_of(const distances& leaves, const rule& how, const Merges& merges, const tolerance& within = {}) {
  clusters now(leaves, how);
  std::ostringstream fault;
  fault.precision(17);
  if (merges.size() + 1 != leaves.n) {
    fault << merges.size() << " merges for " << leaves.n << " leaves";
    return fault.str();
  }
  std::size_t m = 0;
  for (const auto& one : merges) {
    fault << "merge " << m++ << " of clusters " << one.first << " and " << one.second << ": ";
    const auto say = [&](const auto&... parts) { return ((fault << ... << parts), fault.str()); };
    if (one.first == one.second || !now.has(one.first) || !now.has(one.second)) return say("not two clusters of that time");
    if (one.size != now.size(one.first) + now.size(one.second)) return say("size ", one.size, " is not the sum");
    const number apart = now.between(one.first, one.second), height = static_cast<number>(one.height);
    if (!(std::abs(height - apart) <= within.around(apart))) return say("height ", height, ", but they are ", apart, " apart");
    const auto [a, b] = now.nearest();
    const number least = now.between(a, b);
    if (!(apart - least <= within.around(least))) return say("they are ", apart, " apart, but ", a, " and ", b, " only ", least);
    now.join(one.first, one.second);
    fault.str("");
  }
  return "";
}

/// Every cluster that a dendrogram has, by its leaves, but for the leaves themselves.
template <class Merges>
std::vector<members> clusters_of(std::size_t leaves, const Merges& merges) {
  std::vector<members> made;
  const auto members_of = [&](std::size_t cluster) { return cluster < leaves ? members{cluster} : made[cluster - leaves]; };
  for (const auto& one : merges) {
    members all = members_of(one.first), second = members_of(one.second);
    all.insert(all.end(), second.begin(), second.end());
    std::sort(all.begin(), all.end());
    made.push_back(all);
  }
  return made;
}

/// The partition into k clusters: each leaf's cluster, by the least leaf of it.
template <class Merges>
members partition(std::size_t leaves, const Merges& merges, std::size_t k) {
  members label(leaves);
  for (std::size_t i = 0; i < leaves; ++i) label[i] = i;
  const auto all = clusters_of(leaves, merges);
  for (std::size_t m = 0; m + k < leaves; ++m)
    for (const std::size_t leaf : all[m]) label[leaf] = all[m].front();
  return label;
}

}  // namespace naive
