#pragma once

/// \file
/// Turns a network into steps over blocks of inputs.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/concepts/model_adapter.hpp>
#include <deepmaacc/core/compiled.hpp>
#include <deepmaacc/core/one_of.hpp>
#include <deepmaacc/core/parallel.hpp>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/model/operation.hpp>
#include <deepmaacc/network/lanes/lane_builder.hpp>
#include <deepmaacc/network/lanes/lane_program.hpp>
#include <deepmaacc/network/lanes/lower.hpp>
#include <deepmaacc/network/plan.hpp>
#include <deepmaacc/network/rows/forward.hpp>
#include <deepmaacc/network/rows/rounded_factors.hpp>
#include <memory>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

namespace deepmaacc::by_lanes {

/// A node as the network runs it over rows. Keeps the plan, and copies the weights.
template <class T>
lane_rows<T> rows_of(const std::shared_ptr<const network_plan>& plan, std::size_t node, std::span<const T* const> parameters) {
  const program_node& does = plan->model[node];
  auto kept = std::make_shared<std::vector<std::vector<T>>>();
  for (std::size_t i = 0; i < parameters.size(); ++i)
    kept->emplace_back(parameters[i], parameters[i] + plan->model.parameters()[does.parameters[i]].size());
  const auto forward = [plan, kept, node](std::span<const matrix<const T>> inputs, matrix<T> output) {
    const program_node& runs = plan->model[node];
    const auto& shapes = plan->input_shapes[node];
    std::vector<const T*> numbers;
    for (const auto& one : *kept) numbers.push_back(one.data());
    std::vector<T> scratch(by_rows::scratch_of(runs.does, shapes, output.extent(0)));
    by_rows::run(runs.does,
                 by_rows::context<this_thread, T>{{}, inputs, shapes, output, runs.output_shape, numbers, scratch.data(), nullptr});
  };
  return {forward, element_count(does.output_shape)};
}

/// Says at compile time which operation has no body here.
template <class Operation, class T>
constexpr void check_operation() {
  static_assert(
      by_rows::is_never_run<Operation> || runs_in_rows<Operation> ||
          requires(const Operation& one, lane_builder<T>& builder) { lower(one, builder); },
      "deepmaacc::network: an operation must have a form over blocks of inputs; add lower(operation, lane_builder) to "
      "network/lanes/lower.hpp, or say there that it runs in rows");
}

/// \param parameters  the numbers of each array of the program
/// \param regularity  of all inputs that will be run
/// \param round       for factors of products; null where nothing is rounded
template <class T>
lane_program<T> make_lane_program(const std::shared_ptr<const network_plan>& plan, const std::vector<const T*>& parameters,
                                  const input_regularity& regularity = {}, factor_rounding<T> round = nullptr) {
  lane_program<T> program;
  const auto& model = plan->model;
  const shape& input = model.input_shape();
  std::vector<std::size_t> at(model.size(), 0), step_of(model.size(), lane_program<T>::no_step);
  at[0] = program.add_tensor(element_count(input), input.empty() ? 1 : input.back());
  program.input_elements.resize(program.tensors[0].rows);
  std::iota(program.input_elements.begin(), program.input_elements.end(), std::uint32_t{0});
  for (const std::size_t node : plan->order) {
    std::vector<std::size_t> inputs;
    for (const std::size_t from : plan->sources[node]) inputs.push_back(at[from]);
    std::vector<const T*> numbers;
    for (const std::size_t one : model[node].parameters) numbers.push_back(parameters[one]);
    step_of[node] = program.steps.size();
    model[node].does.visit([&]<class Operation>(const Operation& does) {
      check_operation<Operation, T>();
      if constexpr (runs_in_rows<Operation>) {
        const auto& name = model.layers()[model[node].layer].name;
        if (program.in_rows.empty() || program.in_rows.back() != name) program.in_rows.push_back(name);
        const std::size_t elements = element_count(model[node].output_shape);
        at[node] = program.add_step(rows_of<T>(plan, node, numbers), std::move(inputs), elements, elements);
      } else if constexpr (!by_rows::is_never_run<Operation>) {
        lane_builder<T> builder(program, plan->input_shapes[node], model[node].output_shape, numbers, std::move(inputs),
                                plan->readers[0] == 1 ? &regularity : nullptr, by_rows::is_product(does) ? round : nullptr);
        at[node] = lower(does, builder);
      }
    });
  }
  program.sums_of.assign(model.layers().size(), lane_program<T>::no_step);
  for (const neuron_group& group : model.neurons())
    if (group.sums) program.sums_of[group.layer] = step_of[*group.sums];
  program.output = at[plan->output];
  program.lay_out();
  return program;
}

#ifdef DEEPMAACC_COMPILED
extern template lane_program<float> make_lane_program(const std::shared_ptr<const network_plan>&, const std::vector<const float*>&,
                                                      const input_regularity&, factor_rounding<float>);
extern template lane_program<double> make_lane_program(const std::shared_ptr<const network_plan>&, const std::vector<const double*>&,
                                                       const input_regularity&, factor_rounding<double>);
#endif

}  // namespace deepmaacc::by_lanes
