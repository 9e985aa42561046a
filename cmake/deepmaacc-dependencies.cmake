# What deepmaacc's targets are made of, found the same way for its own build and for programs that use the installed package.
include_guard()

# deepmaacc_needed_by(COMPONENT LIBRARY...)    a target for what a component links to: there where the component was asked for
function(deepmaacc_needed_by component)
  if(NOT TARGET deepmaacc::needed_by_${component})
    add_library(deepmaacc::needed_by_${component} INTERFACE IMPORTED GLOBAL)
    target_link_libraries(deepmaacc::needed_by_${component} INTERFACE ${ARGN})
  endif()
endfunction()

# deepmaacc_link_needed(TARGET COMPONENT)    links users of TARGET to it. Where it is not there, CMake says that it misses what is named
# instead: a sentence.
function(deepmaacc_link_needed target component)
  set(needed "deepmaacc::needed_by_${component}")
  set(sentence "deepmaacc::${component}: add COMPONENTS ${component} to find_package(deepmaacc)")
  set_property(TARGET ${target} APPEND PROPERTY INTERFACE_LINK_LIBRARIES "$<IF:$<TARGET_EXISTS:${needed}>,${needed},${sentence}>")
endfunction()

macro(deepmaacc_find_core)
  if(COMMAND deepmaacc_find_kokkos)
    deepmaacc_find_kokkos()
  else()
    find_package(Kokkos 4.2 QUIET CONFIG)
    if(NOT Kokkos_FOUND)
      message(FATAL_ERROR "deepmaacc needs Kokkos 4.2 or later, which is not found: set Kokkos_ROOT to where it is installed; in a checkout of "
        "deepmaacc, cmake/install-dependencies.sh builds one into a folder of .deps/kokkos")
    endif()
  endif()
  find_package(xtensor 0.24 REQUIRED CONFIG)
  find_package(xtensor-blas 0.20 REQUIRED CONFIG)
  find_package(Boost 1.74 REQUIRED)
endmacro()

macro(deepmaacc_find_io)
  find_package(HDF5 REQUIRED COMPONENTS C)
  find_package(ZLIB REQUIRED)
  # libzip's own CMake package names programs that distributions ship separately, and fails without them.
  find_package(PkgConfig REQUIRED)
  pkg_check_modules(deepmaacc_libzip REQUIRED IMPORTED_TARGET libzip)
  pkg_check_modules(deepmaacc_jansson REQUIRED IMPORTED_TARGET jansson>=2.12)
  deepmaacc_needed_by(io hdf5::hdf5 PkgConfig::deepmaacc_libzip ZLIB::ZLIB PkgConfig::deepmaacc_jansson)
endmacro()

macro(deepmaacc_find_cublas)
  find_package(CUDAToolkit QUIET)
  if(TARGET CUDA::cublas)
    deepmaacc_needed_by(cublas CUDA::cublas)
  endif()
endmacro()

macro(deepmaacc_find_report)
  find_package(nlohmann_json 3.10 REQUIRED CONFIG)
  deepmaacc_needed_by(report nlohmann_json::nlohmann_json)
endmacro()
