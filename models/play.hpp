// SPDX-License-Identifier: Apache-2.0
// One run: a fiber for each client, what they execute, and what is done when they have ended.
#pragma once

#include <memory>
#include <vector>

#include "core/fiber.hpp"
#include "models/program_order.hpp"
#include "models/request_pool.hpp"
#include "models/runner.hpp"

namespace cowbell::model {

/// A client between its statements.
struct Client {
  /// That it is about; none between two.
  std::uint32_t statement = Write::kNoStatement;
  WaitQueue answer{"the answer to its request"};
  WaitQueue background_ended{"the end of its background statements"};
  bool answered = false;
  std::uint32_t background = 0;
};

/// A take that succeeded.
struct TakenSnapshot {
  SnapshotIndex name;
  TakeNumber number;
  Cut* cut;
  StorageBacking* storage;
  bool alive = true;  ///< until its release is invoked
};

class Play {
 public:
  Play(RequestPool& pool, Judge& judge) : pool_(pool), judge_(judge) {}
  ~Play();

  /// Runs in the first fiber of the world, from the first statement to the last check. What it is
  /// given is borrowed until it returns.
  void run(const Scenario& scenario, World& world, const RunOptions& options);

  /// Statements that have not ended, for a run that came to rest without ending: those first that
  /// wait for more than time, or for others of their client.
  std::vector<std::uint32_t> open_statements() const;

 private:
  using Step = ProgramOrder::Step;

  // play.cpp
  bool start(const Params& params);
  bool track_origins();
  void run_program();
  void wait_for_program();
  void client_loop(std::size_t client);
  void perform(Client& client, Step step);
  void ended(std::uint32_t phase);
  void tell_began(const Deed& deed);
  void tell_ended(const Deed& deed, Errc outcome);
  void sleep(Time duration);
  void wait_for_background(Client& client);
  void check_rest(ByteCount idle);
  void end();
  /// What is left of the program shows nothing.
  bool gives_up() const { return judge_.breached() || world_->repeats(); }
  void release_all();

  // play_power.cpp
  void cut_power();
  void wait_for_power();
  void deed_ended();
  void restart_engine();
  void check_memory_returned();

  // play_requests.cpp
  void request(Client& client, Step step);
  bool may_be_absent(const Statement& statement) const;
  ClientRequest& make_request(const Statement& statement, std::uint32_t number);
  void submit(BlockDevice& device, ClientRequest& request);
  Deed deed_of(const ClientRequest& request) const;
  static void request_answered(Bio& bio, void* play) noexcept;
  void final_check();
  void add_final_reads(OriginIndex origin, TakenSnapshot* taken);
  void read_back(OriginIndex origin, TakenSnapshot* taken, SectorRange range);

  // play_snapshots.cpp
  void snapshot_statement(Client& client, Step step);
  void take(std::uint32_t statement);
  void release(std::uint32_t statement);
  void release(TakenSnapshot& taken, std::uint32_t statement);
  TakenSnapshot* latest(SnapshotIndex name);
  TakenSnapshot* only_alive();
  void expect(std::uint32_t statement);
  void expect_area(const Statement& statement, std::uint32_t number);
  void expect_storage(const Statement& statement, std::uint32_t number);
  void expect_changed(const Statement& statement, std::uint32_t number);
  void mark_by_hand(std::uint32_t statement);
  /// `found` as in `Breach`; `instead` itself if empty.
  void not_met(std::uint32_t statement, const std::string& instead, std::string_view found = {});

  RequestPool& pool_;
  Judge& judge_;
  const Scenario* scenario_ = nullptr;
  World* world_ = nullptr;
  const RunOptions* options_ = nullptr;
  std::unique_ptr<Subject> subject_;

  ProgramOrder order_;
  std::vector<std::unique_ptr<Client>> clients_;
  std::optional<FiberGroup> fibers_;
  WaitQueue phase_changed_{"the barrier"};
  WaitQueue program_ended_{"the end of the program"};
  std::uint64_t statements_ended_ = 0;
  bool power_on_ = true;
  bool engine_runs_ = false;  ///< false once a restarted one has found no memory
  /// Requests, takes and releases on their way.
  std::uint64_t deeds_open_ = 0;
  WaitQueue power_restored_{"the power to come back"};
  WaitQueue all_at_rest_{"the end of what the power cut found on its way"};
  std::uint32_t background_open_ = 0;
  WaitQueue background_room_{"an answer to one of many background requests"};

  std::vector<std::unique_ptr<TakenSnapshot>> taken_;
  std::vector<std::uint32_t> background_deeds_;  // takes and releases that have not ended
  std::vector<std::uint32_t> name_users_;  // by name: takes begun whose release has not ended
  std::vector<bool> take_failed_;          // by name
  std::uint64_t alive_ = 0;                // being taken, live, or being released
  std::uint64_t alive_maximum_ = 0;

  struct FinalRead {
    OriginIndex origin;
    TakenSnapshot* taken;
    SectorRange range;
  };
  std::vector<FinalRead> final_reads_;
  std::vector<SectorRange> ranges_;
  std::uint32_t final_open_ = 0;
  WaitQueue final_answer_{"the answer to a read of the final check"};
};

}  // namespace cowbell::model
