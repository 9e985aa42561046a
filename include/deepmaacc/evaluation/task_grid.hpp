#pragma once

/// \file
/// How an evaluation is cut into tasks.

#include <algorithm>
#include <cstddef>

namespace deepmaacc {

/// What is to be cut into tasks, and for whom.
struct grid_size {
  std::size_t inputs = 0;
  std::size_t block = 1;    ///< inputs of a block, at least 1
  std::size_t mutants = 0;  ///< or batches of them
  std::size_t workers = 1;
  std::size_t most_groups = 1;  ///< of mutants, at most: each makes an original pass of its own
};

/// How many groups mutants may fall into, as far as each is worth an original pass of its own.
inline std::size_t groups_worth_a_pass(std::size_t mutants) {
  constexpr std::size_t few = 16;
  return mutants / few + 1;
}

/// Every task is one block of inputs and one group of mutants.
class task_grid {
 public:
  explicit task_grid(const grid_size& size)
      : inputs_(size.inputs), block_(size.block), mutants_(size.mutants), blocks_((inputs_ + block_ - 1) / block_) {
    // A few tasks per worker balance the load; where blocks are too few for that, mutants are grouped, at the price of a golden run each.
    groups_ = std::clamp<std::size_t>((4 * size.workers + blocks_ - 1) / blocks_, 1, std::max<std::size_t>(1, size.most_groups));
  }

  /// None where there are no mutants.
  std::size_t tasks() const { return mutants_ == 0 ? 0 : blocks_ * groups_; }
  std::size_t first_input(std::size_t task) const { return task / groups_ * block_; }
  std::size_t inputs(std::size_t task) const { return std::min(block_, inputs_ - first_input(task)); }
  /// Mutants [begin, end); those of a block's first group come from the beginning.
  std::size_t begin(std::size_t task) const { return mutants_ * (task % groups_) / groups_; }
  std::size_t end(std::size_t task) const { return mutants_ * (task % groups_ + 1) / groups_; }
  /// Whether a task is the first of its block: that one does the work that is needed once per block.
  bool is_first_of_block(std::size_t task) const { return task % groups_ == 0; }

 private:
  std::size_t inputs_, block_, mutants_, blocks_, groups_ = 1;
};

}  // namespace deepmaacc
