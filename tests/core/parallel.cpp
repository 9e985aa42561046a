#include <Kokkos_Core.hpp>
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <deepmaacc/core/parallel.hpp>
#include <deepmaacc/core/progress.hpp>
#include <stdexcept>
#include <stop_token>
#include <thread>
#include <vector>

#include "support/spaces.hpp"

namespace dm = deepmaacc;

BOOST_AUTO_TEST_SUITE(parallel)

BOOST_AUTO_TEST_CASE_TEMPLATE(tasks_run_once_each, Space, support::spaces) {
  const Space space;
  std::vector<std::atomic<int>> ran(1000);
  std::vector<std::atomic<int>> busy(static_cast<std::size_t>(space.concurrency()));
  std::atomic<bool> shared = false;
  dm::parallel_tasks(space, "test", ran.size(), [&](std::size_t i, std::size_t worker) {
    if (busy.at(worker).fetch_add(1) != 0) shared = true;
    ++ran[i];
    busy[worker].fetch_sub(1);
  });
  BOOST_TEST(!shared);
  for (const auto& count : ran) BOOST_TEST(count == 1);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(small_work_stays_on_the_calling_thread, Space, support::spaces) {
  for (const std::size_t operations : {std::size_t{0}, dm::small_work, dm::small_work + 1}) {
    std::vector<std::atomic<int>> ran(1000);
    std::atomic<bool> is_elsewhere = false;
    const auto here = std::this_thread::get_id();
    dm::parallel_tasks(Space{}, "test", ran.size(), operations, [&](std::size_t i, std::size_t) {
      ++ran[i];
      if (std::this_thread::get_id() != here) is_elsewhere = true;
    });
    for (const auto& count : ran) BOOST_TEST(count == 1);
    if (operations <= dm::small_work) BOOST_TEST(!is_elsewhere);
  }
  dm::parallel_tasks(Space{}, "test", 0, [](std::size_t, std::size_t) { BOOST_ERROR("there is no task"); });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_exception_of_a_task_arrives, Space, support::spaces) {
  const auto run = [] {
    dm::parallel_tasks(Space{}, "test", 100, [](std::size_t i, std::size_t) {
      if (i == 42) throw std::out_of_range("task 42");
    });
  };
  BOOST_CHECK_THROW(run(), std::out_of_range);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(loops_visit_everything, Space, support::spaces) {
  const Space space;
  std::vector<int> line(100), grid(12);
  int* const at_line = line.data();
  int* const at_grid = grid.data();
  dm::parallel_loop(space, "line", line.size(), [=](std::size_t i) { at_line[i] = static_cast<int>(i); });
  dm::parallel_loop(space, "grid", 3, 4, [=](std::size_t i, std::size_t j) { at_grid[i * 4 + j] += static_cast<int>(10 * i + j); });
  space.fence();
  for (std::size_t i = 0; i < line.size(); ++i) BOOST_TEST(line[i] == static_cast<int>(i));
  for (std::size_t i = 0; i < grid.size(); ++i) BOOST_TEST(grid[i] == static_cast<int>(10 * (i / 4) + i % 4));
}

BOOST_AUTO_TEST_CASE(progress_is_told_and_stops) {
  std::vector<dm::progress_report> told;
  std::stop_source source;
  dm::progress_observer observer;
  observer.interval = std::chrono::milliseconds(0);
  observer.stop = source.get_token();
  observer.on_progress = [&](const dm::progress_report& at) { told.push_back(at); };
  dm::progress_meter done(observer, "the call", 10, "steps");
  done.advance(4);
  done.advance(6);
  BOOST_TEST(told.size() == 2U);
  BOOST_TEST(told.back().done == 10U);
  BOOST_TEST(told.back().total == 10U);
  source.request_stop();
  BOOST_CHECK_EXCEPTION(done.advance(1), dm::stopped, [](const dm::stopped& e) { return std::string(e.what()).find("the call") == 0; });
}

BOOST_AUTO_TEST_SUITE_END()
