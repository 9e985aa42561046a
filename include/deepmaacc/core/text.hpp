#pragma once

/// \file
/// Texts put together from parts. Errors of the whole toolkit go through here, so it is made to compile fast: one function for all texts,
/// and no stream.

#include <array>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <deepmaacc/core/number_text.hpp>
#include <initializer_list>
#include <string>
#include <string_view>

namespace deepmaacc::detail {

/// One part of a text: characters, or a number as `std::ostream` prints it; `signed char` and `unsigned char` are numbers.
class text_part {
 public:
  text_part(std::string_view characters) : characters_(characters) {}
  text_part(const std::string& characters) : characters_(characters) {}
  text_part(const char* characters) : characters_(characters) {}
  text_part(char character) : written_{character}, characters_(written_.data(), 1) {}
  text_part(std::signed_integral auto number) { write(static_cast<long long>(number)); }
  text_part(std::unsigned_integral auto number) { write(static_cast<unsigned long long>(number)); }
  text_part(double number) { write(number, std::chars_format::general, 6); }
  text_part(const text_part&) = delete;
  text_part& operator=(const text_part&) = delete;

  std::string_view view() const { return characters_; }

 private:
  template <class Number, class... Notation>
  void write(Number number, Notation... notation) {
    const char* const last = std::to_chars(written_.data(), written_.data() + written_.size(), number, notation...).ptr;
    characters_ = {written_.data(), static_cast<std::size_t>(last - written_.data())};
  }

  std::array<char, 24> written_;
  std::string_view characters_;
};

/// The same as one text.
[[gnu::cold]] inline std::string joined(std::initializer_list<text_part> parts) {
  std::string all;
  for (const text_part& part : parts) all += part.view();
  return all;
}

/// Joins values into one text: characters, and numbers as `std::ostream` prints them.
template <class... Parts>
std::string text(const Parts&... parts) {
  return joined({text_part(parts)...});
}

}  // namespace deepmaacc::detail
