# What deepmaacc's targets are made of, found the same way for its own build and for programs that use the installed package.
include_guard()

macro(deepmaacc_find_core)
  if(COMMAND deepmaacc_find_kokkos)
    deepmaacc_find_kokkos()
  else()
    find_package(Kokkos 4.2 REQUIRED CONFIG)
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
  find_package(nlohmann_json 3.10 REQUIRED CONFIG)
endmacro()

macro(deepmaacc_find_report)
  find_package(nlohmann_json 3.10 REQUIRED CONFIG)
endmacro()
