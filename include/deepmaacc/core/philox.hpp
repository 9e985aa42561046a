#pragma once

/// \file
/// Counter-based random numbers: a value depends on the seed and on what it is for, never on who asked first.

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numbers>

namespace deepmaacc {

/// Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011): four words from four counter words
/// and two key words. The same inputs give the same words on every machine, thread and back end.
class philox {
 public:
  using block = std::array<std::uint32_t, 4>;

  explicit philox(std::uint64_t seed) : key_{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)} {}

  /// The four words at a counter.
  block operator()(block counter) const {
    auto key = key_;
    for (int round = 0; round < 10; ++round) {
      if (round > 0) {
        key[0] += 0x9E3779B9U;
        key[1] += 0xBB67AE85U;
      }
      const std::uint64_t a = std::uint64_t{0xD2511F53U} * counter[0], b = std::uint64_t{0xCD9E8D57U} * counter[2];
      counter = {static_cast<std::uint32_t>(b >> 32) ^ counter[1] ^ key[0], static_cast<std::uint32_t>(b),
                 static_cast<std::uint32_t>(a >> 32) ^ counter[3] ^ key[1], static_cast<std::uint32_t>(a)};
    }
    return counter;
  }

 private:
  std::array<std::uint32_t, 2> key_;
};

/// What a random number is for: the counter of the generator. One neuron's elements are numbered weights first, bias last.
struct random_site {
  std::size_t layer = 0, neuron = 0, element = 0, repeat = 0;
};

/// Random numbers of one seed, addressed by site.
class random_source {
 public:
  explicit random_source(std::uint64_t seed) : generator_(seed) {}

  /// A standard normal number, by Box and Muller in double.
  double normal(const random_site& site) const {
    const auto words = generator_(counter(site, 0));
    const double radius = std::sqrt(-2 * std::log(1 - uniform(words[0], words[1])));
    return radius * std::cos(2 * std::numbers::pi * uniform(words[2], words[3]));
  }

  /// 64 random bits, independent of `normal` at the same site: a key to order by, for drawing without replacement.
  std::uint64_t bits(const random_site& site) const {
    const auto words = generator_(counter(site, 0x80000000U));
    return (std::uint64_t{words[0]} << 32) | words[1];
  }

 private:
  /// Uniform in [0, 1), 53 bits.
  static double uniform(std::uint32_t high, std::uint32_t low) {
    return static_cast<double>(((std::uint64_t{high} << 32) | low) >> 11) * 0x1p-53;
  }

  static philox::block counter(const random_site& site, std::uint32_t stream) {
    return {static_cast<std::uint32_t>(site.layer), static_cast<std::uint32_t>(site.neuron),
            static_cast<std::uint32_t>(site.element) ^ stream, static_cast<std::uint32_t>(site.repeat)};
  }

  philox generator_;
};

/// The seed of one repetition of a random method: as good as independent of the other repetitions' and of the seed itself.
inline std::uint64_t derived_seed(std::uint64_t seed, std::size_t repeat) {
  // A site that nothing else asks for.
  return random_source(seed).bits({.layer = std::numeric_limits<std::uint32_t>::max(), .element = repeat});
}

}  // namespace deepmaacc
