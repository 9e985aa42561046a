#include "environment.hpp"

#include <Kokkos_Core.hpp>
#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <deepmaacc/core/error.hpp>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include "trimmed.hpp"

namespace command_line {
namespace {

namespace dm = deepmaacc;

constexpr std::int64_t most_int = std::numeric_limits<int>::max();

std::optional<std::string> value_of(const char* name) {
  const char* const value = std::getenv(name);
  return value ? std::optional<std::string>(value) : std::nullopt;
}

[[noreturn]] void refuse(const std::string& name, const std::string& value, const std::string& allowed) {
  throw dm::usage_error("the environment has " + name + "='" + value + "'; allowed: " + allowed + ", or leave it unset");
}

/// The number that a text is, whole and not negative; nothing where it is none.
std::optional<std::int64_t> whole(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc{} || end != text.data() + text.size() || number < 0) return std::nullopt;
  return number;
}

void check_number(const char* name, std::int64_t least, std::int64_t most) {
  const auto value = value_of(name);
  if (!value) return;
  const auto number = whole(*value);
  if (!number || *number < least || *number > most)
    refuse(name, *value,
           most == most_int ? "a whole number from " + std::to_string(least)
                            : "a whole number from " + std::to_string(least) + " to " + std::to_string(most));
}

void check_choice(const char* name) {
  const auto value = value_of(name);
  if (!value) return;
  std::string lower = *value;
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  for (const char* word : {"yes", "true", "1", "no", "false", "0"})
    if (lower == word) return;
  refuse(name, *value, "yes, true, 1, no, false, 0");
}

#ifdef KOKKOS_ENABLE_OPENMP
/// The runtimes of g++ and clang take different care of what makes no sense: the one ignores it, the other may abort.
void check_openmp() {
  if (const auto value = value_of("OMP_NUM_THREADS")) {
    std::string_view left = *value;
    for (bool is_first = true, is_last = false; !is_last; is_first = false) {
      const std::size_t comma = std::min(left.find(','), left.size());
      const auto number = whole(trimmed(left.substr(0, comma)));
      if (!number || *number < 1 || *number > (is_first ? most_threads : most_int))
        refuse("OMP_NUM_THREADS", *value, "a whole number from 1 to " + std::to_string(most_threads));
      is_last = comma == left.size();
      left.remove_prefix(is_last ? comma : comma + 1);
    }
  }
  if (const auto value = value_of("OMP_STACKSIZE")) {
    const std::string allowed = "a whole number with B, K, M or G behind, from 16K to 64G";
    std::string_view digits = trimmed(*value);
    double unit = 1024;
    if (!digits.empty() && std::isalpha(static_cast<unsigned char>(digits.back()))) {
      const std::size_t power = std::string_view("BKMG").find(static_cast<char>(std::toupper(static_cast<unsigned char>(digits.back()))));
      if (power == std::string_view::npos) refuse("OMP_STACKSIZE", *value, allowed);
      unit = static_cast<double>(std::int64_t{1} << (10 * power));
      digits = trimmed(digits.substr(0, digits.size() - 1));
    }
    const auto number = whole(digits);
    const double bytes = number ? unit * static_cast<double>(*number) : 0;
    if (bytes < 16.0 * 1024 || bytes > 64.0 * (std::int64_t{1} << 30)) refuse("OMP_STACKSIZE", *value, allowed);
  }
  // Machines of more cores than Kokkos has room for, too.
  if (std::min(omp_get_max_threads(), omp_get_thread_limit()) > most_threads) omp_set_num_threads(most_threads);
}
#endif

}  // namespace

void check_environment() {
  check_number("KOKKOS_NUM_THREADS", 1, most_threads);
  check_number("KOKKOS_DEVICE_ID", 0, most_int);
  for (const char* name : {"KOKKOS_DISABLE_WARNINGS", "KOKKOS_PRINT_CONFIGURATION", "KOKKOS_TUNE_INTERNALS"}) check_choice(name);
  if (const auto value = value_of("KOKKOS_MAP_DEVICE_ID_BY"); value && *value != "mpi_rank" && *value != "random")
    refuse("KOKKOS_MAP_DEVICE_ID_BY", *value, "mpi_rank, random");
  const auto profile = value_of("KOKKOS_PROFILE_LIBRARY"), tools = value_of("KOKKOS_TOOLS_LIBS");
  if (profile && tools && *profile != *tools)
    refuse("KOKKOS_PROFILE_LIBRARY", *profile, "what KOKKOS_TOOLS_LIBS has, which is '" + *tools + "'");
  // What MPI's launchers tell.
  for (const char* name : {"OMPI_COMM_WORLD_LOCAL_SIZE", "MV2_COMM_WORLD_LOCAL_SIZE", "MPI_LOCALNRANKS", "PMI_LOCAL_SIZE"})
    check_number(name, 1, most_int);
  for (const char* name : {"OMPI_COMM_WORLD_LOCAL_RANK", "MV2_COMM_WORLD_LOCAL_RANK", "MPI_LOCALRANKID", "SLURM_LOCALID", "PMI_LOCAL_RANK"})
    check_number(name, 0, most_int);
#ifdef KOKKOS_ENABLE_OPENMP
  check_openmp();
#endif
}

}  // namespace command_line
