#pragma once

/// \file
/// Numbers as they are written in options.

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/core/error.hpp>
#include <limits>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace command_line {

/// A number written in an option. \throws usage_error naming the option.
inline double parse_number(const std::string& option, const std::string& text) {
  double number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc{} || end != text.data() + text.size()) throw deepmaacc::usage_error(option + ": '" + text + "' is no number");
  return number;
}

/// Says what is wrong with a text that should be a whole number from 0, or nothing. CLI11 takes -1 for the largest number, and cuts off
/// what is too large.
inline std::string whole_number(const std::string& text) {
  std::uint64_t number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_number = fault == std::errc{} && end == text.data() + text.size();
  return is_number ? "" : "'" + text + "' is no whole number from 0 to " + std::to_string(std::numeric_limits<std::uint64_t>::max());
}

/// The same as an error of an option. \throws usage_error naming the option.
inline std::size_t parse_whole_number(const std::string& option, const std::string& text) {
  if (const std::string fault = whole_number(text); !fault.empty()) throw deepmaacc::usage_error(option + ": " + fault);
  std::size_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

/// Reads numbers separated by commas, each by `parse(option, text)`. \throws usage_error naming the option, also where one is there twice.
template <class Parse>
auto parse_list(const std::string& option, const std::string& text, const Parse& parse) {
  std::vector<decltype(parse(option, text))> numbers;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t comma = std::min(text.find(',', begin), text.size());
    const auto number = parse(option, text.substr(begin, comma - begin));
    if (std::find(numbers.begin(), numbers.end(), number) != numbers.end())
      throw deepmaacc::usage_error(option + ": " + text.substr(begin, comma - begin) + " is there twice; give each once");
    numbers.push_back(number);
    begin = comma + 1;
  }
  return numbers;
}

/// Reads a number of bytes: 4096, or 64K, 512m, 1.5G, 2T, counted by 1024. \throws usage_error naming the option.
inline std::size_t parse_bytes(const std::string& option, const std::string& text) {
  const auto fail = [&](const std::string& why) -> void {
    throw deepmaacc::usage_error(option + ": '" + text + "' " + why + "; write bytes, or a number with K, M, G or T behind, as in 1.5G");
  };
  constexpr std::string_view units = "KMGT";
  const std::size_t unit = text.empty() ? units.npos : units.find(static_cast<char>(std::toupper(static_cast<unsigned char>(text.back()))));
  const bool has_unit = unit != units.npos;
  const char* const end = text.data() + text.size() - (has_unit ? 1 : 0);
  double number = 0;
  const auto [last, fault] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  if (fault == std::errc::invalid_argument || last != end || !std::isfinite(number)) fail("is no number of bytes");
  const double bytes = std::ldexp(number, has_unit ? 10 * (static_cast<int>(unit) + 1) : 0);
  if (fault == std::errc::result_out_of_range || bytes >= std::ldexp(1.0, std::numeric_limits<std::size_t>::digits))
    fail("is more than this machine can address");
  if (!(bytes >= 1)) fail("leaves no memory at all");
  return static_cast<std::size_t>(bytes);
}

/// A limit of memory that is too low, as the command calls it; what helps but a higher one is to be added.
inline std::string limit_text(const deepmaacc::memory_limit_error& fault) {
  return "--memory-limit: " + fault.demand() + " " + deepmaacc::detail::size_text(fault.needed()) + ", but may take " +
         deepmaacc::detail::size_text(fault.limit()) + "; raise --memory-limit";
}

}  // namespace command_line
