#pragma once

/// \file
/// Noting which inputs a mutant changes, while it runs.

#include <Kokkos_Core.hpp>
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/concepts/outcome.hpp>
#include <deepmaacc/core/shared_array.hpp>
#include <deepmaacc/evaluation/input_kills.hpp>
#include <span>
#include <utility>
#include <vector>

namespace deepmaacc {

/// What the decisions of one input, part by part, say together.
struct input_change {
  bool is_changed = false;         ///< as they fell
  bool is_surely_changed = false;  ///< however near ties fall
  bool is_surely_unchanged = true;
  bool is_original_certain = true;

  /// Adds a part.
  KOKKOS_INLINE_FUNCTION void add(const decision& original, const decision& mutated) {
    is_changed = is_changed || original.winner != mutated.winner;
    const bool can_be_equal = original.winner == mutated.winner || original.winner == mutated.rival || original.rival == mutated.winner ||
                              original.rival == mutated.rival;
    is_surely_changed = is_surely_changed || !can_be_equal;
    is_original_certain = is_original_certain && original.is_certain();
    is_surely_unchanged = is_surely_unchanged && is_original_certain && original == mutated;
  }
  KOKKOS_INLINE_FUNCTION bool is_borderline() const { return !is_surely_changed && !is_surely_unchanged; }
};

namespace detail {

/// Bits of mutants by inputs, in memory of a space. A bit of `turned` is 1 where an input is borderline and would not be for a mutant that
/// changes nothing, or the other way round: so what is not looked at need not be noted.
struct input_marks {
  std::uint32_t *changed = nullptr, *turned = nullptr;  ///< null where nobody asks
  std::size_t words = 0;                                ///< of a mutant

  KOKKOS_INLINE_FUNCTION bool are_wanted() const { return changed != nullptr; }
  KOKKOS_INLINE_FUNCTION void note(std::size_t mutant, std::size_t input, const input_change& found) const {
    const std::size_t at = mutant * words + input / bit_rows::word_bits;
    const std::uint32_t bit = std::uint32_t{1} << (input % bit_rows::word_bits);
    if (found.is_changed) Kokkos::atomic_or(&changed[at], bit);
    if (found.is_borderline() == found.is_original_certain) Kokkos::atomic_or(&turned[at], bit);
  }
};

/// Owns the marks of some mutants; none where nobody asks.
template <class MemorySpace>
class input_notes {
 public:
  input_notes(bool are_wanted, std::size_t mutants, std::size_t inputs)
      : inputs_(inputs), mutants_(are_wanted ? mutants : 0), are_wanted_(are_wanted) {
    const std::size_t words = mutants_ * bit_rows::words_for(inputs);
    changed_ = decltype(changed_)("deepmaacc::evaluation::changed", words);
    turned_ = decltype(turned_)("deepmaacc::evaluation::turned", words);
  }

  bool are_wanted() const { return are_wanted_; }
  input_marks marks() const {
    if (!are_wanted_) return {};
    return {changed_.data(), turned_.data(), bit_rows::words_for(inputs_)};
  }

  /// What was noted.
  /// \param decisions  of the original model, for each input as many
  input_kills found(std::span<const decision> decisions) const {
    const std::size_t words = bit_rows::words_for(inputs_), parts = decisions.size() / inputs_;
    std::vector<std::uint32_t> would_be(words, 0);
    for (std::size_t i = 0; i < decisions.size(); ++i)
      if (!decisions[i].is_certain()) would_be[i / parts / bit_rows::word_bits] |= std::uint32_t{1} << (i / parts % bit_rows::word_bits);
    const auto changed = changed_.on_host(), turned = turned_.on_host();
    std::vector<std::uint32_t> borderline(turned.size());
    for (std::size_t i = 0; i < borderline.size(); ++i) borderline[i] = turned.data()[i] ^ would_be[i % words];
    return {{{changed.data(), changed.data() + changed.size()}, inputs_}, {std::move(borderline), inputs_}};
  }

 private:
  std::size_t inputs_, mutants_;
  bool are_wanted_;
  shared_array<std::uint32_t, MemorySpace> changed_, turned_;
};

}  // namespace detail
}  // namespace deepmaacc
