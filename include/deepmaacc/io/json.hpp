#pragma once

/// \file
/// JSON from files that may be broken.

#include <cstddef>
#include <deepmaacc/core/error.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace deepmaacc::io {

using json = nlohmann::json;

/// Parses a JSON object. What is longer or nested deeper than the description of any model is refused: a value takes many times the
/// memory of its text, and walks over the result may recurse.
/// \param name  what to call the text in errors
/// \throws data_error where the text is no JSON object, has more than 16 MiB or a million values, or nests more than 64 deep.
inline json parse_json_object(const std::string& name, std::string_view text) {
  constexpr int deepest = 64;
  constexpr std::size_t longest = std::size_t{1} << 24, most_values = 1'000'000;
  const auto fail = [&](const auto&... why) { throw data_error(deepmaacc::detail::text(name, ": ", why..., "; no model needs that")); };
  if (text.size() > longest) fail("its JSON has ", text.size(), " bytes");
  std::size_t values = 0;
  const auto check = [&](int depth, json::parse_event_t, json&) {
    if (depth > deepest) fail("its JSON is nested more than ", deepest, " deep");
    if (++values > most_values) fail("its JSON has more than ", most_values, " values");
    return true;
  };
  json parsed = json::parse(text.begin(), text.end(), check, false);
  if (!parsed.is_object()) throw data_error(name + ": it is no JSON object");
  return parsed;
}

}  // namespace deepmaacc::io
