#pragma once

/// \file
/// xtensor and xtensor-blas, 0.24 to 0.27: the one place that knows that the headers moved into folders in 0.26.

#if __has_include(<xtensor/containers/xtensor.hpp>)
#include <xtensor/containers/xadapt.hpp>
#include <xtensor/containers/xtensor.hpp>
#else
#include <xtensor/xadapt.hpp>
#include <xtensor/xtensor.hpp>
#endif
