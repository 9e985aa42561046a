# Device code by nvcc: the Kokkos of back end cuda, compiled as CMake's CUDA language. Included where DEEPMAACC_KOKKOS_BACKEND is cuda.
if(NOT DEFINED CMAKE_CUDA_ARCHITECTURES)
  set(CMAKE_CUDA_ARCHITECTURES 90)
endif()
enable_language(CUDA)

# deepmaacc_compile_for_device(TARGET)    compiles a target's sources by nvcc, with cuBLAS where it is found
function(deepmaacc_compile_for_device target)
  get_target_property(sources ${target} SOURCES)
  set_source_files_properties(${sources} PROPERTIES LANGUAGE CUDA)
  # CMake 3.25 takes C++20 for the default of nvcc 13, and does not ask for it; so we do.
  # 20012: nvcc warns of __host__ __device__ on defaulted functions, which Kokkos and the standard library are full of.
  # 1675: it does not know how g++, which it hands host code to, is told to unroll loops.
  target_compile_options(${target} PRIVATE "$<$<COMPILE_LANGUAGE:CUDA>:-std=c++20;-include;${PROJECT_SOURCE_DIR}/cmake/cuda13_for_kokkos.hpp;-diag-suppress=20012$<COMMA>1675>")
  if(TARGET CUDA::cublas)
    target_link_libraries(${target} PRIVATE deepmaacc::cublas)
  endif()
endfunction()
