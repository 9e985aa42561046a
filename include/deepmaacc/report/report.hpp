#pragma once

/// \file
/// What a report is made of.

#include <cstddef>
#include <deepmaacc/analysis/analysis_result.hpp>
#include <string>
#include <vector>

namespace deepmaacc::report {

/// One model, one test set, and what was found, by one method or several.
struct report {
  std::string model_file;
  std::size_t parameters = 0;  ///< trained numbers of the model
  std::vector<analysis_result> runs;
  double load_seconds = 0, total_seconds = 0;
};

/// A mutant in words: "conv2d[3] cw(0.1)", "dense[1, 4] nai".
inline std::string name_of(const analysis_result& run, const mutant& one) {
  std::string name = run.layers.at(one.layer).name + "[";
  for (std::size_t i = 0; i < one.neurons.size(); ++i) name += (i ? ", " : "") + std::to_string(one.neurons[i]);
  return name + "] " + run.operators.at(one.operation).text();
}

}  // namespace deepmaacc::report
