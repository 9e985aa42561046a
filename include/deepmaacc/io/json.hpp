#pragma once

/// \file
/// JSON from files that may be broken.

#include <jansson.h>

#include <algorithm>
#include <cstddef>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/text.hpp>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace deepmaacc::io {

/// A value of a JSON document, which must outlive it. A member or an element that is not there is a value too, an absent one. Asked for
/// what it is not, a value gives `otherwise`, no number, no elements, no members, or an absent value.
class json_value {
 public:
  explicit json_value(const json_t* value = nullptr) : value_(value) {}

  bool is_object() const { return json_is_object(value_); }
  bool is_array() const { return json_is_array(value_); }
  bool is_text() const { return json_is_string(value_); }
  bool is_absent() const { return !value_; }
  bool is_null() const { return !value_ || json_is_null(value_); }

  std::string text(std::string otherwise = "") const {
    return is_text() ? std::string(json_string_value(value_), json_string_length(value_)) : std::move(otherwise);
  }
  std::optional<double> number() const { return json_is_number(value_) ? std::optional(json_number_value(value_)) : std::nullopt; }
  std::optional<bool> boolean() const { return json_is_boolean(value_) ? std::optional(json_is_true(value_)) : std::nullopt; }

  /// Elements of an array.
  std::size_t size() const { return json_array_size(value_); }
  bool empty() const { return size() == 0; }
  json_value element(std::size_t which) const { return json_value(json_array_get(value_, which)); }
  std::vector<json_value> elements() const {
    std::vector<json_value> all;
    for (std::size_t i = 0; i < size(); ++i) all.push_back(element(i));
    return all;
  }

  /// Members of an object.
  json_value member(const char* key) const { return json_value(json_object_get(value_, key)); }
  std::string text_member(const char* key, std::string otherwise = "") const { return member(key).text(std::move(otherwise)); }
  /// In the order in which they are written.
  std::vector<std::pair<std::string, json_value>> members() const {
    std::vector<std::pair<std::string, json_value>> all;
    auto* object = const_cast<json_t*>(value_);  // jansson's iterators could change it; these do not
    for (void* at = json_object_iter(object); at; at = json_object_iter_next(object, at))
      all.emplace_back(json_object_iter_key(at), json_value(json_object_iter_value(at)));
    return all;
  }

 private:
  const json_t* value_;
};

/// A text that has been parsed.
class json_document {
 public:
  /// Takes a value over; null where there is none.
  explicit json_document(json_t* root) : root_(root) {}
  json_value root() const { return json_value(root_.get()); }

 private:
  struct release {
    void operator()(json_t* root) const { json_decref(root); }
  };
  std::unique_ptr<json_t, release> root_;
};

/// Parses a JSON object. What is longer or nested deeper than the description of any model is refused: a value takes many times the
/// memory of its text, and walks over the result may recurse. Every number becomes a double.
/// \param name  what to call the text in errors
/// \throws data_error where the text is no JSON object, has more than 16 MiB or a million values, or nests more than 64 deep.
inline json_document parse_json_object(const std::string& name, std::string_view text) {
  constexpr std::size_t deepest = 64, longest = std::size_t{1} << 24, most_values = 1'000'000;
  const auto fail = [&](const auto&... why) { throw data_error(deepmaacc::detail::text(name, ": ", why..., "; no model needs that")); };
  if (text.size() > longest) fail("its JSON has ", text.size(), " bytes");
  // Before it is parsed: every value but the first comes behind a bracket, a brace or a comma.
  std::size_t depth = 0, values = 1;
  bool is_in_text = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') is_in_text = !is_in_text;
    if (is_in_text) {
      i += c == '\\';
      continue;
    }
    if (c == '[' || c == '{') depth += 1;
    if (c == ']' || c == '}') depth -= std::min<std::size_t>(depth, 1);
    values += c == '[' || c == '{' || c == ',';
    if (depth > deepest) fail("its JSON is nested more than ", deepest, " deep");
    if (values > most_values) fail("its JSON has more than ", most_values, " values");
  }
  json_error_t fault;
  json_document parsed(json_loadb(text.data(), text.size(), JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, &fault));
  if (parsed.root().is_absent() && json_error_code(&fault) == json_error_out_of_memory) throw std::bad_alloc();
  if (parsed.root().is_absent())
    throw data_error(deepmaacc::detail::text(name, ": it is no JSON object: ", fault.text, " (line ", fault.line, ")"));
  if (!parsed.root().is_object()) throw data_error(name + ": it is no JSON object");
  return parsed;
}

}  // namespace deepmaacc::io
