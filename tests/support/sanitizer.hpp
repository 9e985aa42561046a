#pragma once

/// \file
/// Whether the address sanitizer watches: it is slow, watches the same steps in fewer cases, and takes memory of its own.

#include <cstdint>

#if defined(__SANITIZE_ADDRESS__)
#define SUPPORT_ADDRESS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SUPPORT_ADDRESS_SANITIZER 1
#endif
#endif
#ifndef SUPPORT_ADDRESS_SANITIZER
#define SUPPORT_ADDRESS_SANITIZER 0
#endif

namespace support {

/// From one random case to the next, of tests with many.
inline constexpr std::uint64_t next_case = SUPPORT_ADDRESS_SANITIZER ? 3 : 1;

}  // namespace support
