#pragma once

/// \file
/// Runs cases in child processes, so that one that crashes, hangs or takes too much memory is seen and does not end the test.

#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <cstddef>
#include <deepmaacc/core/error.hpp>
#include <exception>
#include <fstream>
#include <new>
#include <string>
#include <vector>

#include "support/sanitizer.hpp"

namespace support {

/// A case that did anything but end, or throw what the toolkit throws on purpose.
struct faulty_case {
  std::size_t number;
  std::string how;
};

/// What became of all cases.
struct cases_result {
  std::size_t read = 0, refused = 0;
  std::vector<faulty_case> faulty;
  double slowest_s = 0;
  std::size_t slowest = 0;  ///< case
  long peak_kib = 0;        ///< resident memory of the child that took most
};

namespace detail {

/// What child and parent share.
struct child_board {
  std::size_t at, read, refused, slowest;
  double slowest_s;
  long peak_kib;
};

/// How much memory the child may take above what it begins with. The address sanitizer maps terabytes, and can't be held this way.
inline void limit_memory([[maybe_unused]] std::size_t more) {
#if !SUPPORT_ADDRESS_SANITIZER
  std::size_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  const rlim_t most = pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE)) + more;
  const rlimit limit{most, most};
  setrlimit(RLIMIT_AS, &limit);
#endif
}

template <class Call>
[[noreturn]] void run_child(child_board& board, std::size_t count, const Call& call) {
  for (const int each : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGALRM}) signal(each, SIG_DFL);  // Boost.Test took them
  const rlimit no_dump{0, 0};
  setrlimit(RLIMIT_CORE, &no_dump);
  limit_memory(std::size_t{1} << 30);
  for (; board.at < count; ++board.at) {
    constexpr unsigned most_seconds = 20;
    alarm(most_seconds);
    const auto began = std::chrono::steady_clock::now();
    try {
      call(board.at);
      ++board.read;
    } catch (const deepmaacc::error&) {
      ++board.refused;
    } catch (const std::bad_alloc&) {
      _exit(3);
    } catch (...) {
      _exit(4);
    }
    const double took = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    if (took > board.slowest_s) {
      board.slowest_s = took;
      board.slowest = board.at;
    }
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    if (usage.ru_maxrss > board.peak_kib) board.peak_kib = usage.ru_maxrss;
  }
  _exit(0);
}

inline std::string how_it_ended(int status) {
  if (WIFSIGNALED(status)) return WTERMSIG(status) == SIGALRM ? "hangs" : "signal " + std::to_string(WTERMSIG(status));
  switch (WEXITSTATUS(status)) {
    case 3:
      return "memory runs out";
    case 4:
      return "throws something that is no deepmaacc::error";
    default:
      return "a sanitizer ends it";
  }
}

}  // namespace detail

/// Calls `call(0)` to `call(count - 1)` in a child process, and goes on in a new one where one ends it.
template <class Call>
cases_result run_in_children(std::size_t count, const Call& call) {
  void* shared = mmap(nullptr, sizeof(detail::child_board), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  BOOST_REQUIRE(shared != MAP_FAILED);
  auto& board = *new (shared) detail::child_board{};
  cases_result result;
  while (board.at < count) {
    const pid_t child = fork();
    BOOST_REQUIRE(child >= 0);
    if (child == 0) detail::run_child(board, count, call);
    int status = 0;
    BOOST_REQUIRE(waitpid(child, &status, 0) == child);
    if (board.at < count) result.faulty.push_back({board.at++, detail::how_it_ended(status)});
  }
  result.read = board.read;
  result.refused = board.refused;
  result.slowest_s = board.slowest_s;
  result.slowest = board.slowest;
  result.peak_kib = board.peak_kib;
  munmap(shared, sizeof(detail::child_board));
  return result;
}

}  // namespace support
