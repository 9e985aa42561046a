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

/// Parses a JSON object. What is nested deeper than any model is refused, so that walks over the result may recurse.
/// \param name  what to call the text in errors
/// \throws data_error where the text is no JSON object, or nests objects and lists more than 64 deep.
inline json parse_json_object(const std::string& name, std::string_view text) {
  constexpr int deepest = 64;
  const auto check_depth = [&](int depth, json::parse_event_t, json&) {
    if (depth > deepest)
      throw data_error(deepmaacc::detail::text(name, ": its JSON is nested more than ", deepest, " deep; no model needs that"));
    return true;
  };
  const json parsed = json::parse(text.begin(), text.end(), check_depth, false);
  if (!parsed.is_object()) throw data_error(name + ": it is no JSON object");
  return parsed;
}

}  // namespace deepmaacc::io
