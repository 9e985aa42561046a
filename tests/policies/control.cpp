// Shows that the checker itself can tell good from bad; see its fault_with_control().
//
// BROKEN
//   deepmaacc::control: the control must hold; do not define BROKEN
// UNRELATED
//   deepmaacc::control: the control must hold; do not define BROKEN
// BROKEN_TWICE
//   deepmaacc::control: the control must hold; do not define BROKEN
// BROKEN_TOO
//   deepmaacc::control: the control must hold; do not define BROKEN
// HARMLESS
//   deepmaacc::control: the control must hold; do not define BROKEN
// OF_NOBODY
//   deepmaacc::control: the control must hold; do not define BROKEN

#include "control.hpp"

struct given {
#if defined(BROKEN) || defined(BROKEN_TWICE) || defined(BROKEN_TOO)
  static constexpr bool first = false;
#else
  static constexpr bool first = true;
#endif
#ifdef BROKEN_TWICE
  static constexpr bool second = false;
#else
  static constexpr bool second = true;
#endif
#ifndef BROKEN_TOO
  void third() const {}
#endif
};

#ifdef UNRELATED
int number = "no number";
#endif

void run() { use_control(given{}); }

#ifdef OF_NOBODY
#line 1 "nobody.hpp"
static_assert(sizeof(char) == 2);
#endif
