# Finds Kokkos >= 4.2: an installed one first, then the one that install-dependencies.sh keeps in .deps/, then, where
# DEEPMAACC_FETCH_KOKKOS is ON, the pinned release by FetchContent (FETCHCONTENT_SOURCE_DIR_KOKKOS names sources of your own).
include_guard()
include("${CMAKE_CURRENT_LIST_DIR}/kokkos-prefix.cmake")

macro(deepmaacc_find_kokkos)
  if(NOT DEFINED DEEPMAACC_DEPS_DIR)
    set(DEEPMAACC_DEPS_DIR "${CMAKE_CURRENT_SOURCE_DIR}/.deps")
  endif()
  deepmaacc_kokkos_prefix(deepmaacc_kokkos "${CMAKE_CXX_COMPILER}" "${DEEPMAACC_KOKKOS_BACKEND}" "${DEEPMAACC_KOKKOS_CPU}"
    "${DEEPMAACC_DEPS_DIR}")
  # One of .deps/ that an earlier configuration chose must not stand in the way of the one that is asked for now.
  string(FIND "${Kokkos_DIR}" "${DEEPMAACC_DEPS_DIR}/" deepmaacc_from_deps)
  string(FIND "${Kokkos_DIR}" "${deepmaacc_kokkos}/" deepmaacc_from_prefix)
  if(deepmaacc_from_deps EQUAL 0 AND NOT deepmaacc_from_prefix EQUAL 0)
    unset(Kokkos_DIR CACHE)
  endif()
  if(NOT TARGET Kokkos::kokkos)
    find_package(Kokkos 4.2 QUIET CONFIG)
  endif()
  if(NOT TARGET Kokkos::kokkos)
    find_package(Kokkos 4.2 QUIET CONFIG PATHS "${deepmaacc_kokkos}" NO_DEFAULT_PATH)
  endif()
  if(NOT TARGET Kokkos::kokkos AND DEEPMAACC_FETCH_KOKKOS)
    include(FetchContent)
    FetchContent_Declare(kokkos
      URL https://github.com/kokkos/kokkos/releases/download/4.7.00/kokkos-4.7.00.tar.gz
      URL_HASH SHA256=126b774a24dde8c1085c4aede7564c0b7492d6a07d85380f2b387a712cea1ff5)
    if(NOT DEFINED Kokkos_ENABLE_OPENMP AND DEEPMAACC_KOKKOS_BACKEND STREQUAL "openmp")
      set(Kokkos_ENABLE_OPENMP ON CACHE BOOL "")
    endif()
    FetchContent_MakeAvailable(kokkos)
  endif()
  if(NOT TARGET Kokkos::kokkos)
    message(FATAL_ERROR "deepmaacc needs Kokkos >= 4.2. Set Kokkos_ROOT to an installed one, or run cmake/install-dependencies.sh "
      "(--backend ${DEEPMAACC_KOKKOS_BACKEND}) first, or configure with -DDEEPMAACC_FETCH_KOKKOS=ON.")
  endif()
endmacro()
