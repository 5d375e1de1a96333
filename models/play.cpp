// SPDX-License-Identifier: Apache-2.0
#include "models/play.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "models/engine_subject.hpp"

namespace cowbell::model {
namespace {

constexpr std::array<std::string_view, 8> kClientNames{
    "client 0", "client 1", "client 2", "client 3", "client 4", "client 5", "client 6", "client 7"};

std::string_view client_name(std::uint32_t number) {
  return number < kClientNames.size() ? kClientNames[number] : std::string_view("another client");
}

}  // namespace

Play::~Play() = default;

void Play::run(const Scenario& scenario, World& world, const RunOptions& options) {
  scenario_ = &scenario;
  world_ = &world;
  options_ = &options;
  statements_ended_ = 0;
  deeds_open_ = 0;
  background_open_ = 0;
  taken_.clear();
  background_deeds_.clear();
  name_users_.assign(scenario.snapshots.size(), 0);
  take_failed_.assign(scenario.snapshots.size(), false);
  alive_ = alive_maximum_ = 0;

  Params params = scenario.params;
  if (scenario.storage.minimum) params.diff_storage_minimum = scenario.storage.minimum->value;
  const bool started = engine_runs_ = start(params);
  const ByteCount idle = world.memory_peak();
  if (started) {
    run_program();
    world.heal();
    restart_engine();
    final_check();
    check_rest(idle);
  }
  end();
  if (started) judge_.check_memory(world.memory_peak() - idle, alive_maximum_);
  judge_.examine(nullptr);
  subject_.reset();
  check_memory_returned();
}

/// False if the engine had no memory to begin with.
bool Play::start(const Params& params) {
  subject_ = options_->subject ? options_->subject(world_->environment(), params)
                               : EngineSubject::maker()(world_->environment(), params);
  judge_.examine(subject_.get());
  return track_origins();
}

bool Play::track_origins() {
  for (OriginIndex i = 0; i < scenario_->origins.size(); ++i) {
    const Errc error = subject_->track(world_->origin(i));
    if (error == Errc::none) continue;
    if (error != Errc::no_memory || !judge_.memory_was_refused())
      judge_.fail(Rule::S6, Write::kNoStatement,
                  fmt::format("the engine refused {} with {}", scenario_->origins[i].name,
                              errno_name(error)));
    return false;
  }
  return true;
}

void Play::run_program() {
  order_.begin(scenario_->program);
  while (clients_.size() < order_.clients()) clients_.push_back(std::make_unique<Client>());
  fibers_.emplace(world_->environment().stacks);
  for (std::size_t i = 0; i < order_.clients(); ++i)
    fibers_->spawn(client_name(order_.client_number(i)), [this, i] { client_loop(i); });
  wait_for_program();
  fibers_->join();
  fibers_.reset();
}

/// What is stalled until healed would keep a program without `heal` from ending: once no statement
/// has ended, and no device has answered, for longer than anything else can take, the world is
/// healed. What still waits at an origin by then waits for what stalls.
void Play::wait_for_program() {
  Time patience = std::chrono::seconds(1) +
                  2 * Time(std::chrono::milliseconds(scenario_->params.storage_wait_maximum));
  bool stalls = false;
  bool origins_stall = false;
  for (const LatencySpec& latency : scenario_->latencies) {
    stalls |= latency.stall;
    origins_stall |= latency.stall && latency.site.kind != Site::Kind::storage;
    patience += 16 * std::min<Time>(latency.high, std::chrono::hours(1));
  }
  for (const Statement& statement : scenario_->program)
    patience += std::min<Time>(statement.duration, std::chrono::hours(1));
  const auto ended = [&] { return statements_ended_ + judge_.device_answers(); };
  while (stalls && !order_.all_ended()) {
    const std::uint64_t before = ended();
    Clock& clock = world_->environment().clock;
    if (program_ended_.wait_until(clock, clock.now() + patience)) break;
    if (before != ended()) continue;
    const Request* const waiting = origins_stall ? nullptr : pool_.oldest_of_an_origin();
    if (waiting != nullptr) judge_.waits_for_storage(*waiting);
    world_->heal();
    stalls = false;
  }
  while (!order_.all_ended()) program_ended_.wait();
}

void Play::client_loop(std::size_t slot) {
  Client& client = *clients_[slot];
  for (const Step step : order_.steps(slot)) {
    while (order_.current_phase() < step.phase) phase_changed_.wait();
    wait_for_power();
    if (gives_up() || !engine_runs_) {
      ended(step.phase);
      continue;
    }
    client.statement = step.statement;
    perform(client, step);
    client.statement = Write::kNoStatement;
  }
}

void Play::perform(Client& client, Step step) {
  const Statement& statement = scenario_->program[step.statement];
  if (is_request(statement.kind)) return request(client, step);
  if (statement.kind == StatementKind::take || statement.kind == StatementKind::release)
    return snapshot_statement(client, step);
  const Deed deed{.statement = step.statement, .kind = statement.kind};
  tell_began(deed);
  switch (statement.kind) {
    case StatementKind::sleep:
      sleep(statement.duration);
      break;
    case StatementKind::wait:
      wait_for_background(client);
      break;
    case StatementKind::dirty:
      mark_by_hand(step.statement);
      break;
    case StatementKind::heal:
      world_->heal();
      break;
    case StatementKind::power_cut:
      cut_power();
      break;
    case StatementKind::resize:
      world_->resize(statement.device.origin, statement.range.count);
      break;
    case StatementKind::expect_corrupted:
    case StatementKind::expect_intact:
    case StatementKind::expect_event:
    case StatementKind::expect_filled:
    case StatementKind::expect_capacity:
    case StatementKind::expect_memory:
    case StatementKind::expect_changed:
      expect(step.statement);
      break;
    default:
      break;  // refused before the run, or no client's
  }
  tell_ended(deed, Errc::none);
  ended(step.phase);
}

void Play::tell_began(const Deed& deed) {
  if (options_->program_listener != nullptr) options_->program_listener->began(deed);
}

void Play::tell_ended(const Deed& deed, Errc outcome) {
  if (options_->program_listener != nullptr) options_->program_listener->ended(deed, outcome);
}

void Play::ended(std::uint32_t phase) {
  ++statements_ended_;
  if (!order_.ended(phase)) return;
  phase_changed_.wake_all();
  if (order_.all_ended()) program_ended_.wake_all();
}

void Play::sleep(Time duration) {
  WaitQueue asleep{"the end of its sleep"};
  Clock& clock = world_->environment().clock;
  const Time now = clock.now();
  asleep.wait_until(clock,
                    duration > kForever - now - Time(1) ? kForever - Time(1) : now + duration);
}

void Play::wait_for_background(Client& client) {
  while (client.background != 0) client.background_ended.wait();
}

/// Everything is answered; what is still being stored ends. Then little memory may be left in use.
void Play::check_rest(ByteCount idle) {
  constexpr int kWaitsMaximum = 1000;
  std::uint64_t snapshots = 0;
  ByteCount buffers;
  for (const std::unique_ptr<TakenSnapshot>& taken : taken_) {
    if (!taken->alive || gives_up()) continue;
    // Twice in a row: at one moment alone, what has just been answered may not have been acted on.
    int quiet = 0;
    for (int waits = 0; quiet < 2; ++waits) {
      if (waits == kWaitsMaximum) return;  // the release, which waits for it too, will tell
      sleep(std::chrono::milliseconds(10));
      quiet = judge_.storage_rests(*taken->cut) ? quiet + 1 : 0;
    }
    ++snapshots;
    buffers += judge_.buffers_at_rest(*taken->cut);
  }
  if (snapshots != 0 && !gives_up())
    judge_.check_memory_at_rest(world_->memory_in_use() - idle, snapshots, buffers);
}

std::vector<std::uint32_t> Play::open_statements() const {
  std::vector<std::uint32_t> open = background_deeds_;
  for (std::size_t i = 0; i < order_.clients(); ++i) open.push_back(clients_[i]->statement);
  pool_.for_each_open([&](const Request& request) { open.push_back(request.statement); });
  std::sort(open.begin(), open.end());
  open.erase(std::unique(open.begin(), open.end()), open.end());
  std::erase(open, Write::kNoStatement);
  std::stable_partition(open.begin(), open.end(), [&](std::uint32_t statement) {
    const StatementKind kind = scenario_->program[statement].kind;
    return kind != StatementKind::sleep && kind != StatementKind::wait;
  });
  return open;
}

/// What is left ends, until no device has a request of anybody.
void Play::end() {
  release_all();
}

void Play::release_all() {
  for (const std::unique_ptr<TakenSnapshot>& taken : taken_)
    if (taken->alive) release(*taken, Write::kNoStatement);
  if (judge_.open_device_requests() == 0) return;
  judge_.fail(Rule::S11, Write::kNoStatement,
              fmt::format("everything is released and answered, and {} requests are on their way",
                          judge_.open_device_requests()));
  constexpr int kWaitsMaximum = 1000;
  for (int i = 0; i < kWaitsMaximum && judge_.open_device_requests() != 0; ++i)
    sleep(std::chrono::milliseconds(10));
}

}  // namespace cowbell::model
