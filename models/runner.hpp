// SPDX-License-Identifier: Apache-2.0
// Plays a scenario against the engine in a world, and judges it.
#pragma once

#include <expected>
#include <memory>
#include <optional>

#include "models/program_listener.hpp"
#include "models/subject.hpp"
#include "models/verdict.hpp"
#include "models/world.hpp"

namespace cowbell::model {

struct ClientRequest;

/// A request to an origin or image that has been answered.
struct AnsweredRequest {
  Operation operation;
  bool image;
  ByteCount size;
  Errc outcome;
  Time invoked;
  Time answered;
  std::uint32_t statement;                 ///< into the program
  const ClientRequest* request = nullptr;  ///< as it was submitted
};

/// Told of each request of the program as it is answered, under the rules of a completion frame.
class RequestListener {
 public:
  virtual ~RequestListener() = default;
  virtual void answered(const AnsweredRequest& request) = 0;
  /// A request of the program is about to go to the engine; and its submission has returned, when
  /// only its address is known, because it may have been answered and given back.
  virtual void submitting(const ClientRequest&) {}
  virtual void submitted(const ClientRequest*) {}
  /// The program has ended and what it touched is read back: `done` of `total` bytes.
  virtual void checking(ByteCount done, ByteCount total) = 0;
};

struct RunOptions {
  /// Empty for the engine itself.
  SubjectMaker subject = {};
  /// Keep everything that was done, to explain a breach. A run that held needs none.
  bool record_history = false;
  /// Put into every stamp, so that what another run left on a device is not taken for this one's.
  std::uint64_t stamp_run = 0;
  /// Background requests on their way at once; a statement beyond waits. 0 for no limit.
  std::uint32_t background_maximum = 0;
  /// Borrowed; null for none.
  RequestListener* listener = nullptr;
  /// Borrowed; null for none.
  ProgramListener* program_listener = nullptr;
};

struct RunResult {
  Verdict verdict;
  /// The world could not be brought to rest and is abandoned: the process must end.
  bool stuck = false;
};

/// Made once and used for run after run on one thread: what a run leaves behind costs as much as
/// it touched.
class Runner {
 public:
  Runner();
  ~Runner();
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;

  /// Runs all of `scenario`; the first breach ends it early. `world` is closed before and, unless
  /// stuck, after. A scenario that the world or the runner cannot obey is refused with nothing
  /// touched.
  std::expected<RunResult, Refusal> run(const Scenario& scenario, World& world,
                                        const RunOptions& options = {});

 private:
  class State;
  std::unique_ptr<State> state_;
};

/// The first thing of `scenario` that no world can be asked for; nothing if there is none.
std::optional<Refusal> refused_by_runner(const Scenario& scenario);

}  // namespace cowbell::model
