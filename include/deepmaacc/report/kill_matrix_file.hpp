#pragma once

/// \file
/// The kill matrix of mutants by inputs, for NumPy; docs/kill_matrix.md describes the arrays.

#include <cstddef>
#include <cstdint>
#include <deepmaacc/analysis/analysis_result.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/evaluation/golden.hpp>
#include <deepmaacc/evaluation/input_kills.hpp>
#include <deepmaacc/io/array.hpp>
#include <deepmaacc/io/npz_writer.hpp>
#include <deepmaacc/report/report.hpp>
#include <filesystem>
#include <string>
#include <vector>

namespace deepmaacc::report {

namespace detail {

/// Bits as `numpy.packbits` packs them: the first is the highest of its byte.
inline io::array<std::uint8_t> packed(const bit_rows& bits, std::size_t rows) {
  const std::size_t bytes = (bits.columns() + 7) / 8;
  io::array<std::uint8_t> made{{rows, bytes}, std::vector<std::uint8_t>(rows * bytes)};
  for (std::size_t row = 0; row < rows; ++row) {
    const auto words = bits.row(row);
    for (std::size_t i = 0; i < bytes; ++i) {
      std::uint32_t byte = words[i / 4] >> (8 * (i % 4)) & 0xffU, turned = 0;
      for (int bit = 0; bit < 8; ++bit, byte >>= 1) turned = turned << 1 | (byte & 1U);
      made.values[row * bytes + i] = static_cast<std::uint8_t>(turned);
    }
  }
  return made;
}

/// Classes as signed numbers: −1 is none.
inline io::array<std::int64_t> signed_classes(const std::vector<std::uint32_t>& classes, std::size_t inputs) {
  io::array<std::int64_t> made{{inputs}, {}};
  if (classes.size() != inputs) made.extents.push_back(classes.size() / inputs);
  for (const std::uint32_t one : classes) made.values.push_back(one == decision::none ? -1 : std::int64_t{one});
  return made;
}

}  // namespace detail

/// Writes the kills of an analysis by input to an NPZ file, whole or not at all.
/// \param golden  the original model's run, of the same study
/// \throws usage_error where `evaluation_options::by_input` was not asked for, or the golden run is of other inputs; data_error naming the
///         file where it cannot be written.
/// Complexity: mutants × inputs / 8 bytes of memory, twice.
inline void write_kill_matrix(const std::filesystem::path& path, const analysis_result& result, const golden_run& golden) {
  const auto& by_input = result.kills.by_input();
  if (!by_input)
    throw usage_error(
        "deepmaacc::report::write_kill_matrix: kills by input are not known; analyze with evaluation_options{.by_input = true}");
  const std::size_t inputs = by_input->changed.columns(), mutants = result.mutants.size();
  if (inputs == 0 || result.subject->inputs != inputs || golden.outcome != result.subject->outcome || result.kills.mutants() != mutants ||
      golden.decisions.size() != result.subject->decisions || golden.right.size() != golden.decisions.size())
    throw usage_error("deepmaacc::report::write_kill_matrix: the golden run is of other inputs; give that of the same study");
  std::vector<std::string> layers, operators, neurons;
  std::vector<std::int64_t> neuron;
  std::vector<double> weights;
  for (const mutant& one : result.mutants) {
    layers.push_back(result.subject->layers.at(one.layer).name);
    operators.push_back(result.subject->operators.at(one.operation).text());
    neuron.push_back(one.neurons.size() == 1 ? static_cast<std::int64_t>(one.neurons.front()) : -1);
    neurons.push_back(detail::joined(one.neurons));
    weights.push_back(one.weight);
  }
  std::vector<std::uint32_t> predicted;
  for (const decision& made : golden.decisions) predicted.push_back(made.winner);
  io::npz_writer file;
  file.add_text("format", "deepmaacc.kill_matrix/1");
  file.add_text("outcome", result.subject->outcome);
  file.add_text("oracle", to_string(result.subject->oracle));
  file.add_number("inputs", static_cast<std::int64_t>(inputs));
  file.add("kills", detail::packed(by_input->changed, mutants));
  file.add("borderline", detail::packed(by_input->borderline, mutants));
  file.add_texts("layer", layers);
  file.add("neuron", neuron);
  file.add_texts("neurons", neurons);
  file.add_texts("operator", operators);
  file.add("weight", weights);
  file.add("prediction", detail::signed_classes(predicted, inputs));
  file.add("label", detail::signed_classes(golden.right, inputs));
  file.write(path);
}

}  // namespace deepmaacc::report
