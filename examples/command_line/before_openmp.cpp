// What must be done before OpenMP's runtime reads the environment, which it does when it is loaded: before main and before constructors.
//
// Threads that wait for others sleep. By default OpenMP's spin for a while: where other programs run, they take the core from the thread
// that they wait for. So the command starts again, once, with OMP_WAIT_POLICY=passive.
//
// And clang's runtime hangs or aborts where OMP_NUM_THREADS is no number.
#include <Kokkos_Macros.hpp>
#include <cstddef>
#include <cstdlib>

#if defined(KOKKOS_ENABLE_OPENMP) && defined(__linux__) && defined(__GLIBC__)
#include <sys/auxv.h>
#include <unistd.h>

namespace {

// Neither the sanitizers nor the C++ library have begun when it runs: it calls the kernel only.
#define COMMAND_LINE_EARLY __attribute__((no_sanitize("address", "undefined", "thread"), used))

/// The value of an entry of the environment where it is of this variable, else null.
COMMAND_LINE_EARLY const char* value_of(const char* entry, const char* name) {
  while (*name != '\0')
    if (*entry++ != *name++) return nullptr;
  return *entry == '=' ? entry + 1 : nullptr;
}

#ifdef __clang__
/// Whether a text is a list of whole numbers; whether they are good ones is seen later.
COMMAND_LINE_EARLY bool is_list(const char* text) {
  while (true) {
    while (*text == ' ' || *text == '\t') ++text;
    if (*text < '0' || *text > '9') return false;
    while (*text >= '0' && *text <= '9') ++text;
    while (*text == ' ' || *text == '\t') ++text;
    if (*text == '\0') return true;
    if (*text++ != ',') return false;
  }
}

COMMAND_LINE_EARLY void say(const char* text) {
  std::size_t length = 0;
  while (text[length] != '\0') ++length;
  if (write(STDERR_FILENO, text, length) < 0) return;
}

COMMAND_LINE_EARLY void refuse_what_is_no_number(char** environment) {
  for (; *environment != nullptr; ++environment) {
    const char* const threads = value_of(*environment, "OMP_NUM_THREADS");
    if (threads == nullptr || is_list(threads)) continue;
    say("deepmaacc: the environment has OMP_NUM_THREADS='");
    say(threads);
    say("'; allowed: a whole number from 1 to 512, or leave it unset\n");
    _exit(2);
  }
}
#else
COMMAND_LINE_EARLY void refuse_what_is_no_number(char**) {}
#endif

/// Returns where the variable is set, where the user has chosen how threads wait, and where there is no way to start again.
COMMAND_LINE_EARLY void sleep_while_waiting(char** arguments, char** environment) {
  static char wanted[] = "OMP_WAIT_POLICY=passive";
  static char* variables[8192];
  static char program[4096];
  constexpr std::size_t room = sizeof(variables) / sizeof(*variables);
  std::size_t count = 0;
  for (; environment[count] != nullptr; ++count) {
    const char* const entry = environment[count];
    if (value_of(entry, "OMP_WAIT_POLICY") || value_of(entry, "GOMP_SPINCOUNT") || value_of(entry, "KMP_BLOCKTIME") ||
        value_of(entry, "KMP_LIBRARY") || count + 2 >= room)
      return;
    variables[count] = environment[count];
  }
  variables[count] = wanted;
  if (getauxval(AT_BASE) == 0) return;  // started by the dynamic linker: what is executed is the linker
  // By its path, so that the process keeps its name.
  const ssize_t length = readlink("/proc/self/exe", program, sizeof(program) - 1);
  if (length <= 0 || static_cast<std::size_t>(length) >= sizeof(program) - 1) return;
  execve(program, arguments, variables);
}

COMMAND_LINE_EARLY void before_openmp(int, char** arguments, char** environment) {
  refuse_what_is_no_number(environment);
  sleep_while_waiting(arguments, environment);
}

__attribute__((section(".preinit_array"), used)) void (*const at_start)(int, char**, char**) = before_openmp;

}  // namespace
#endif
