#pragma once

/// \file
/// How an evaluation is cut into tasks.

#include <algorithm>
#include <cstddef>

namespace deepmaacc {

/// Every task is one block of inputs and one group of mutants.
class task_grid {
 public:
  /// \param block  inputs of a block, at least 1
  task_grid(std::size_t inputs, std::size_t block, std::size_t mutants, std::size_t workers)
      : inputs_(inputs), block_(block), mutants_(mutants), blocks_((inputs + block - 1) / block) {
    // A few tasks per worker balance the load; where blocks are too few for that, mutants are grouped, at the price of a golden run each.
    groups_ = std::clamp<std::size_t>((4 * workers + blocks_ - 1) / blocks_, 1, mutants / 16 + 1);
  }

  /// None where there are no mutants.
  std::size_t tasks() const { return mutants_ == 0 ? 0 : blocks_ * groups_; }
  std::size_t first_input(std::size_t task) const { return task / groups_ * block_; }
  std::size_t inputs(std::size_t task) const { return std::min(block_, inputs_ - first_input(task)); }
  /// Mutants [begin, end); those of a block's first group come from the beginning.
  std::size_t begin(std::size_t task) const { return mutants_ * (task % groups_) / groups_; }
  std::size_t end(std::size_t task) const { return mutants_ * (task % groups_ + 1) / groups_; }
  /// Whether a task is the one of its block that does what is done once per block.
  bool is_first_of_block(std::size_t task) const { return task % groups_ == 0; }

 private:
  std::size_t inputs_, block_, mutants_, blocks_, groups_ = 1;
};

}  // namespace deepmaacc
