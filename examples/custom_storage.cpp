// A weight storage of one's own: arrays that begin on a cache line. Also shows a network that comes from no file.
#include <array>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/core/xtensor.hpp>
#include <deepmaacc/deepmaacc.hpp>
#include <iostream>
#include <new>
#include <span>
#include <utility>
#include <vector>

#include "expect.hpp"

namespace dm = deepmaacc;

constexpr std::size_t cache_line = 64;

template <class T>
struct cache_line_allocator {
  using value_type = T;
  cache_line_allocator() = default;
  template <class U>
  cache_line_allocator(const cache_line_allocator<U>&) {}
  T* allocate(std::size_t count) { return static_cast<T*>(::operator new (count * sizeof(T), std::align_val_t{cache_line})); }
  void deallocate(T* numbers, std::size_t) { ::operator delete (numbers, std::align_val_t{cache_line}); }
  friend bool operator==(const cache_line_allocator&, const cache_line_allocator&) { return true; }
};

// A vector obeys the laws already: copies own their numbers, new ones are zero, moving keeps the address.
template <class T>
class aligned_storage {
 public:
  using value_type = T;
  using memory_space = Kokkos::HostSpace;

  aligned_storage() = default;
  explicit aligned_storage(std::size_t size) : numbers_(size) {}
  T* data() { return numbers_.data(); }
  const T* data() const { return numbers_.data(); }
  std::size_t size() const { return numbers_.size(); }

 private:
  std::vector<T, cache_line_allocator<T>> numbers_;
};
static_assert(dm::WeightStorage<aligned_storage<float>>);

// Tells the four quadrants of the plane apart: (x, y) -> relu of x, -x, y, -y -> a score per quadrant.
template <class Storage>
dm::network<Storage> quadrants() {
  dm::program_builder net({2}, "plane");
  net.dense("signs", {.units = 4, .activation = dm::activation::relu{}},
            {std::vector<float>{1, -1, 0, 0,   // from x
                                0, 0, 1, -1},  // from y
             std::vector<float>(4, 0)});       // biases
  net.dense("quadrant", {.units = 4},
            {std::vector<float>{1, 0, 0, 1,   // from x > 0
                                0, 1, 1, 0,   // from x < 0
                                1, 1, 0, 0,   // from y > 0
                                0, 0, 1, 1},  // from y < 0
             std::vector<float>(4, 0)});
  return dm::network<Storage>(std::move(net).finish());
}

int main(int argc, char* argv[]) {
  const Kokkos::ScopeGuard kokkos(argc, argv);
  xt::xtensor<float, 2> points(std::array<std::size_t, 2>{400, 2});
  std::vector<int> labels;
  for (std::size_t i = 0; i < 400; ++i) {
    const float x = static_cast<float>(i % 20) - 9.5F, y = static_cast<float>(i / 20) - 9.3F;
    points(i, 0) = x;
    points(i, 1) = y;
    labels.push_back(x > 0 ? (y > 0 ? 0 : 3) : (y > 0 ? 1 : 2));
  }
  const dm::test_set tests(std::move(points), labels);

  // With these weights outputs tie exactly; sums made as the network makes them keep such ties on every machine.
  const dm::evaluation_options options{.engine = dm::engine::resumable{}};
  const auto run = [&](const auto& network) { return dm::analyze(network, tests, options); };
  const auto aligned = run(quadrants<aligned_storage<float>>());
  const auto shipped = run(quadrants<dm::storage::xtensor_host<float>>());
  std::cout << aligned.subject->correct << " of " << aligned.subject->inputs << " points right, " << aligned.scores[0].killed << " of "
            << aligned.scores[0].possible << " classes killed by " << aligned.mutants.size() << " mutants\n";

  const aligned_storage<float> numbers(5);
  expect(reinterpret_cast<std::uintptr_t>(numbers.data()) % cache_line == 0, "arrays begin on a cache line");
  expect(aligned.kills == shipped.kills, "the storage does not change the kills");
  return expectations_failed();
}
