#pragma once

/// \file
/// How the examples assert their results.

#include <iostream>

/// Number of expectations that did not hold; what main returns.
inline int& expectations_failed() {
  static int failed = 0;
  return failed;
}

/// Says on stderr what does not hold.
inline void expect(bool holds, const char* what) {
  if (holds) return;
  std::cerr << "expected, but not so: " << what << '\n';
  ++expectations_failed();
}
