#pragma once

/// \file
/// Settings of a run, and numbers, as reports write them.

#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <deepmaacc/analysis/selection.hpp>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace deepmaacc::report {

using setting_value = setting_list::value_type::second_type;

/// The setting that tells repetitions of a random method apart: a number from 0.
inline constexpr const char* repeat_name = "repeat";

/// Whether a number can be written as an integer: without a fraction, and not beyond what double can count.
inline bool is_whole(double number) { return std::abs(number) <= 0x1p53 && number == std::floor(number); }

/// The fewest digits that give this number again: "3", "0.1".
inline std::string number_text(double number) {
  std::array<char, 32> digits{};
  const auto end = is_whole(number) ? std::to_chars(digits.data(), digits.data() + digits.size(), static_cast<long long>(number)).ptr
                                    : std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  return {digits.data(), end};
}

inline std::string setting_text(const setting_value& value) {
  if (const auto* number = std::get_if<double>(&value)) return number_text(*number);
  return std::get<std::string>(value);
}

/// The value of a setting; none where the run has no such setting.
inline std::optional<setting_value> setting_of(const setting_list& setting, const std::string& name) {
  for (const auto& [known, value] : setting)
    if (known == name) return value;
  return std::nullopt;
}

/// All settings but the repeat.
inline setting_list without_repeat(setting_list setting) {
  std::erase_if(setting, [](const auto& one) { return one.first == repeat_name; });
  return setting;
}

}  // namespace deepmaacc::report
