# Where cmake/install-dependencies.sh keeps the Kokkos of one compiler, CPU type and back end.
#
#   deepmaacc_kokkos_prefix(OUT COMPILER BACKEND CPU DEPS)    BACKEND openmp|serial|threads|cuda, CPU native|portable
#
# As a script (cmake -DCOMPILER=… -DBACKEND=… -DCPU=… -DDEPS=… -P) it prints the folder, so that shell and CMake agree.
function(deepmaacc_kokkos_prefix out compiler backend cpu deps)
  set(march "")
  if(cpu STREQUAL "native")
    set(march -march=native)
  endif()
  # The predefined macros tell compiler, version and every instruction set that is on: machines that differ get installs of their own.
  execute_process(COMMAND ${compiler} ${march} -dM -E -x c++ /dev/null OUTPUT_VARIABLE macros ERROR_QUIET)
  # Counted up when the options of a back end change, so that no install with older ones is taken.
  set(recipe_cuda 2)
  string(SHA256 hash "${macros}${recipe_${backend}}")
  string(SUBSTRING "${hash}" 0 10 hash)
  # The name is for people; c++ and g++ are one compiler.
  if(macros MATCHES "__clang_major__ ([0-9]+)")
    set(name "clang${CMAKE_MATCH_1}")
  elseif(macros MATCHES "__GNUC__ ([0-9]+)")
    set(name "gcc${CMAKE_MATCH_1}")
  else()
    set(name "other")
  endif()
  set(${out} "${deps}/kokkos/${name}-${cpu}-${backend}-${hash}" PARENT_SCOPE)
endfunction()

if(CMAKE_SCRIPT_MODE_FILE STREQUAL CMAKE_CURRENT_LIST_FILE)
  deepmaacc_kokkos_prefix(prefix "${COMPILER}" "${BACKEND}" "${CPU}" "${DEPS}")
  message("${prefix}")
endif()
