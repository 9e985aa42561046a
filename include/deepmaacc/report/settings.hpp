#pragma once

/// \file
/// Settings of a run, as reports write them.

#include <deepmaacc/analysis/selection.hpp>
#include <deepmaacc/core/number_text.hpp>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace deepmaacc::report {

using setting_value = setting_list::value_type::second_type;

/// The setting that tells repetitions of a random method apart: a number from 0.
inline constexpr const char* repeat_name = "repeat";

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
