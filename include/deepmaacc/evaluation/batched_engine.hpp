#pragma once

/// \file
/// The engine batched: many mutants of a layer at once, a row for each of them and each input of a block.

#include <cstddef>
#include <cstdint>
#include <deepmaacc/concepts/model_adapter.hpp>
#include <deepmaacc/core/progress.hpp>
#include <deepmaacc/evaluation/batches.hpp>
#include <deepmaacc/evaluation/choose_engine.hpp>
#include <deepmaacc/evaluation/golden.hpp>
#include <deepmaacc/evaluation/kill_rules.hpp>
#include <deepmaacc/evaluation/mutant_changes.hpp>
#include <deepmaacc/evaluation/options.hpp>
#include <deepmaacc/evaluation/request.hpp>
#include <deepmaacc/evaluation/rounding_noise.hpp>
#include <deepmaacc/evaluation/row_counts.hpp>
#include <deepmaacc/evaluation/task_grid.hpp>
#include <deepmaacc/evaluation/worker_pool.hpp>
#include <deepmaacc/mutation/scoped_mutation.hpp>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace deepmaacc {

/// Runs mutants in batches. A task is one block of inputs and some batches; neurons that are no weighted sums run one mutant after the
/// other.
template <class Space, class Model, class T, class Operators, class Rules>
requires BatchedAdapter<typename worker_pool<Space, Model>::adapter_type> evaluated_mutants
run_engine(const engine::batched&, const evaluation_request<Space, Model, T, Operators, Rules>& request) {
  using pool_type = worker_pool<Space, Model>;
  using adapter = typename pool_type::adapter_type;
  using memory = typename pool_type::memory_space;
  using value_type = typename adapter::value_type;
  const golden_run& golden = *request.golden;
  const auto judge = request.judge();
  const std::size_t parts = detail::parts_of(judge);
  const std::vector<layer_description> layers = request.model.layers();
  progress_meter done = request.begin();
  std::vector<bool> runs_alone(layers.size(), false);
  for (const std::string& name : detail::layers_without_delta(request.model))
    for (std::size_t layer = 0; layer < layers.size(); ++layer) runs_alone[layer] = runs_alone[layer] || layers[layer].name == name;

  const detail::batch_room room =
      detail::room_for_batches<memory>(request.model, request.options, request.mutants, request.tests.size(), parts);
  detail::require_room(request.options, room);
  const std::size_t block = room.inputs;
  const mutant_batches batches(request.model, parts, request.mutants, block, room.bytes);
  std::vector<mutant> mutants;
  for (const std::size_t which : batches.order()) mutants.push_back(request.mutants[which]);
  const mutant_changes<value_type> changes(request.model, layers, mutants, request.operators, request.options.seed,
                                           !rounds_factors<adapter>);
  done.check();
  const detail::row_counts<memory, Rules, judge_of<typename Rules::outcome_type>> counts(request, judge);
  pool_type workers(
      request.space, request.model,
      {block, block * batches.largest(), golden.outputs, parts, detail::any_needs_label_rank(request.rules), activation_use::batching});
  const task_grid grid({request.tests.size(), block, batches.size(), workers.size(), workers.size() > 1 ? batches.size() : 1});

  workers.run("deepmaacc::evaluation::mutants", grid.tasks(), [&](std::size_t task, auto& worker) {
    const std::size_t first = grid.first_input(task), count = grid.inputs(task);
    auto& network = worker.model();
    network.predict(worker.load(request.tests, first, count), worker.outputs(count), worker.activations());
    std::vector<std::span<const neuron_change<value_type>>> changed;
    for (std::size_t batch = grid.begin(task); batch < grid.end(task); ++batch) {
      const std::size_t begin = batches.begin(batch), end = batches.end(batch), layer = mutants[begin].layer;
      const auto count_all = [&](std::size_t which, std::size_t of) {
        counts.count(workers.kernels(), worker, which, of, first, count);
        done.advance(of * count);
      };
      if (runs_alone[layer]) {
        for (std::size_t which = begin; which < end; ++which) {
          {
            const scoped_mutation<adapter> mutated(network, layers[layer], mutants[which], request.operators, request.options.seed);
            network.forward(layer, worker.activations(), worker.outputs(count));
          }
          count_all(which, 1);
        }
      } else {
        changed.clear();
        for (std::size_t which = begin; which < end; ++which) changed.push_back(changes.of(which));
        network.forward(layer, worker.activations(), std::span<const std::span<const neuron_change<value_type>>>(changed),
                        worker.outputs((end - begin) * count));
        count_all(begin, end - begin);
      }
    }
  });
  evaluated_mutants found;
  found.kills = counts.kills().selected(batches.places());
  found.work.pairs = request.pairs();
  return found;
}

}  // namespace deepmaacc
