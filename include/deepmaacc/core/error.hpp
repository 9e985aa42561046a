#pragma once

/// \file
/// What the toolkit throws. Every text is one sentence that names file, layer, shape or option, and what to do.

#include <charconv>
#include <cstddef>
#include <deepmaacc/core/text.hpp>
#include <stdexcept>
#include <string>
#include <utility>

namespace deepmaacc {

/// Root of everything the toolkit throws on purpose.
class error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A model that cannot be read, or that does not do what an adapter must.
class model_error : public error {
 public:
  using error::error;
};

/// A test set that cannot be read, or does not fit the model.
class data_error : public error {
 public:
  using error::error;
};

/// Numbers that have grown beyond what their type can hold.
class overflow_error : public data_error {
 public:
  using data_error::data_error;
};

/// A call or an option that makes no sense, whatever the model and the data.
class usage_error : public error {
 public:
  using error::error;
};

/// A long call ended early because its stop token asked for it; nothing was half-written.
class stopped : public error {
 public:
  using error::error;
};

namespace detail {

/// "7.5 GiB".
[[gnu::cold]] inline std::string size_text(std::size_t bytes) {
  const char* const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  auto number = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; number >= 1024 && unit < 6; ++unit) number /= 1024;
  return text(number_in(number, std::chars_format::general, 3), ' ', units[unit]);
}

}  // namespace detail

/// More memory is needed than the option `memory_limit` allows.
class memory_limit_error : public usage_error {
 public:
  /// \param demand  "the distances of 100 points take"
  /// \param needed  bytes
  /// \param instead  what helps but a higher limit
  /// \param where  "deepmaacc::agglomerate: "
  memory_limit_error(std::string demand, std::size_t needed, std::size_t limit, const std::string& instead = "",
                     const std::string& where = "")
      : usage_error(detail::text(where, demand, ' ', detail::size_text(needed), ", but memory_limit is ", detail::size_text(limit),
                                 "; raise memory_limit", instead)),
        demand_(std::move(demand)),
        needed_(needed),
        limit_(limit) {}

  const std::string& demand() const { return demand_; }
  std::size_t needed() const { return needed_; }
  std::size_t limit() const { return limit_; }

 private:
  std::string demand_;
  std::size_t needed_, limit_;
};
}  // namespace deepmaacc
