#pragma once

/// \file
/// Texts put together from parts. Errors of the whole toolkit go through here, so it is made to compile fast: one function for all texts,
/// and no stream.

#include <array>
#include <cassert>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <system_error>

namespace deepmaacc::detail {

/// A number in a notation of `std::to_chars`, with so many digits, 80 at most: behind the point, or significant ones if
/// `std::chars_format::general`.
inline std::string number_in(double number, std::chars_format notation, int digits) {
  std::array<char, 400> written{};  // 309 digits, the greatest of double, with a fraction
  const auto made = std::to_chars(written.data(), written.data() + written.size(), number, notation, digits);
  assert(made.ec == std::errc{});
  return {written.data(), made.ptr};
}

/// "0.50"
inline std::string fixed(double number, int digits) { return number_in(number, std::chars_format::fixed, digits); }

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
