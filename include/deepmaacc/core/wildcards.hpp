#pragma once

/// \file
/// Patterns of names: `*` stands for any text, `?` for any one character.

#include <cstddef>
#include <string_view>

namespace deepmaacc::detail {

/// Where the character at a place of UTF-8 ends.
inline std::size_t end_of_character(std::string_view text, std::size_t begin) {
  std::size_t end = begin + 1;
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) ++end;
  return end;
}

/// Whether a pattern matches a whole text. No other character than `*` and `?` is special, `/` neither. O(pattern · text), no memory.
inline bool matches_pattern(std::string_view pattern, std::string_view text) {
  // Only the last star need be tried again: what stands before it has matched as early as it could.
  std::size_t p = 0, t = 0, after_star = std::string_view::npos, from = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      after_star = ++p;
      from = t;
    } else if (p < pattern.size() && pattern[p] == '?') {
      ++p;
      t = end_of_character(text, t);
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (after_star != std::string_view::npos) {
      p = after_star;
      from = t = end_of_character(text, from);
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace deepmaacc::detail
