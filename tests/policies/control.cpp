// Shows that the checker itself can tell good from bad; see its self_test().
//
// BROKEN
//   deepmaacc::control: the control must hold; do not define BROKEN
// UNRELATED
//   deepmaacc::control: the control must hold; do not define BROKEN
// BROKEN_TWICE
//   deepmaacc::control: the control must hold; do not define BROKEN
// HARMLESS
//   deepmaacc::control: the control must hold; do not define BROKEN

#if defined(BROKEN) || defined(BROKEN_TWICE)
static_assert(sizeof(char) == 2, "deepmaacc::control: the control must hold; do not define BROKEN");
#endif
#ifdef BROKEN_TWICE
static_assert(sizeof(char) == 3, "deepmaacc::control: nothing else must be said; do not define BROKEN_TWICE");
#endif
#ifdef UNRELATED
int number = "no number";
#endif
