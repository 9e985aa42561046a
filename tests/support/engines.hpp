#pragma once

/// \file
/// Every engine.

#include <array>
#include <deepmaacc/evaluation/engines.hpp>
#include <optional>
#include <variant>

namespace support {

/// All that the native network has on the host.
inline const std::array<deepmaacc::any_engine, 4> all_engines{deepmaacc::engine::whole{}, deepmaacc::engine::resumable{},
                                                              deepmaacc::engine::delta{}, deepmaacc::engine::batched{}};

/// The same engine; where it is the delta engine, with these skips.
inline deepmaacc::any_engine with_skips(deepmaacc::any_engine engine, const std::optional<deepmaacc::skip_options>& skip) {
  if (auto* delta = std::get_if<deepmaacc::engine::delta>(&engine)) delta->skip = skip;
  return engine;
}

inline bool is_delta(const deepmaacc::any_engine& engine) { return std::holds_alternative<deepmaacc::engine::delta>(engine); }

}  // namespace support
