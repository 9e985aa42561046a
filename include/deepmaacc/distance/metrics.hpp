#pragma once

/// \file
/// All metrics that are shipped.

#include <deepmaacc/distance/angular.hpp>
#include <deepmaacc/distance/euclidean.hpp>
#include <deepmaacc/distance/minkowski.hpp>
#include <deepmaacc/distance/ratio.hpp>
