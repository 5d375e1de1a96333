// SPDX-License-Identifier: Apache-2.0
#include "models/runner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "models/play.hpp"

namespace cowbell::model {
namespace {

/// Of one request: it takes as much memory, and a record for each of its blocks.
constexpr SectorCount kRequestMaximum{(std::uint64_t{1} << 30) / kSectorSize};

/// One statement a line.
std::string has_not_ended(const Scenario& scenario, std::span<const std::uint32_t> open) {
  constexpr std::size_t kNamedMaximum = 16;
  const std::size_t named = std::min(open.size(), kNamedMaximum);
  std::string text;
  for (const std::uint32_t statement : open.first(named))
    text += fmt::format("`{}` has not ended\n", statement_text(scenario, statement));
  if (named != open.size()) text += fmt::format("nor have {} others\n", open.size() - named);
  return text;
}

}  // namespace

class Runner::State {
 public:
  RequestPool pool;
  Judge judge{pool};
  Play play{pool, judge};
};

Runner::Runner() : state_(std::make_unique<State>()) {}
Runner::~Runner() = default;

std::expected<RunResult, Refusal> Runner::run(const Scenario& scenario, World& world,
                                              const RunOptions& options) {
  if (auto refusal = refused_by_runner(scenario)) return std::unexpected(*std::move(refusal));
  if (auto refusal = world.refuses(scenario)) return std::unexpected(*std::move(refusal));
  Judge& judge = state_->judge;
  judge.begin(scenario, options.record_history, options.program_listener);
  if (auto refusal = world.open(scenario, judge)) return std::unexpected(*std::move(refusal));
  judge.open(world, options.stamp_run);

  const auto program = [&] { state_->play.run(scenario, world, options); };
  const Rest rest = world.run(std::ref(program));
  if (rest != Rest::done) {
    const std::vector<std::uint32_t> open = state_->play.open_statements();
    std::string stuck = world.describe_fibers() + has_not_ended(scenario, open);
    if (stuck.ends_with('\n')) stuck.pop_back();
    judge.fail(Rule::S8, open.empty() ? Write::kNoStatement : open.front(),
               fmt::format("{}:\n{}",
                           rest == Rest::deadlock ? "nothing can run and the program has not ended"
                                                  : "the program goes on without end",
                           stuck));
  }
  RunResult result;
  result.verdict.counts = judge.counts();
  // A world can be closed only when everything has come back.
  result.stuck =
      rest != Rest::done || world.memory_in_use().value != 0 || judge.open_device_requests() != 0;
  result.verdict.breach = judge.take_breach();
  if (!result.stuck) world.close();
  return result;
}

std::optional<Refusal> refused_by_runner(const Scenario& scenario) {
  Params params = scenario.params;
  if (scenario.storage.minimum) params.diff_storage_minimum = scenario.storage.minimum->value;
  if (check_params(params) != Errc::none)
    return Refusal{{}, "the parameters are out of bounds or contradict each other"};
  for (const Statement& statement : scenario.program)
    if (is_request(statement.kind) && statement.range.count > kRequestMaximum)
      return Refusal{statement.line, "a request of more than 1 GiB is not supported"};
  return std::nullopt;
}

}  // namespace cowbell::model
