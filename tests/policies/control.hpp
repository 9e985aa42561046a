#pragma once

// Stands for the headers of the toolkit: the rules that the faults of control.cpp break.
template <class T>
constexpr void check_control() {
  static_assert(T::first, "deepmaacc::control: the control must hold; do not define BROKEN");
  static_assert(T::second, "deepmaacc::control: nothing else must be said; do not define BROKEN_TWICE");
}

template <class T>
void use_control(T given) {
  check_control<T>();
  given.third();
}
