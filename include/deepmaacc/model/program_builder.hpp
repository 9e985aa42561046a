#pragma once

/// \file
/// Builds networks layer by layer: in memory, and for those who read files.

#include <deepmaacc/core/compiled.hpp>
#include <deepmaacc/model/builder/declarations.hpp>

#if DEEPMAACC_HAS_BODIES
#include <deepmaacc/model/builder/element_layers.hpp>
#include <deepmaacc/model/builder/image_layers.hpp>
#include <deepmaacc/model/builder/neuron_layers.hpp>
#include <deepmaacc/model/builder/placing_layers.hpp>
#endif
