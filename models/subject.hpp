// SPDX-License-Identifier: Apache-2.0
// The system under test as the runner sees it: the engine itself, or one that lies on purpose to
// show that the checks bite.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/block_device.hpp"
#include "core/environment.hpp"
#include "core/event_queue.hpp"
#include "core/params.hpp"
#include "core/storage_backing.hpp"
#include "models/ghost_extents.hpp"

namespace cowbell::model {

/// The number of a take, from 0, failed ones counted: also the number of its storage.
using TakeNumber = std::uint32_t;

/// What the engine had to tell, in the runner's terms.
struct ReportedEvent {
  EventKind kind;
  TakeNumber take;
  std::optional<OriginIndex> origin;  ///< nothing for an event of the whole storage
  Errc cause;
};

/// What the map of changes between two cuts is like.
struct ChangedAnswer {
  bool exact;
  SectorCount block;  ///< the size of a tracking block
};

/// Made for one run and used from its fibers. A take that has succeeded is alive until `release`
/// returns; what asks for a state is called only of those.
class Subject {
 public:
  virtual ~Subject() = default;

  /// Puts the next origin under the engine; the first one starts it. Errors: ENOMEM.
  virtual Errc track(BlockDevice& origin) = 0;
  /// Ends the engine, which knows no snapshot any more and has no request: with it goes all that it
  /// has tracked. Images and the points of cuts are kept, as a client would keep them.
  virtual void stop() = 0;
  /// The device that clients use.
  virtual BlockDevice& origin(OriginIndex origin) = 0;

  /// Suspends. Errors: as `Engine::take`.
  virtual TakeError take(TakeNumber take, std::string_view name,
                         std::span<const OriginIndex> origins, StorageBacking& storage,
                         std::optional<SectorCount> limit) = 0;
  /// Suspends. Errors: as `Engine::release`.
  virtual Errc release(TakeNumber take, std::string_view name) = 0;

  /// The image of an origin, good until the end of the run, also after release.
  virtual BlockDevice& image(TakeNumber take, OriginIndex origin) = 0;

  virtual std::optional<Errc> corrupted(TakeNumber take, OriginIndex origin) = 0;
  virtual SectorCount chunk_size(TakeNumber take, OriginIndex origin) = 0;
  virtual std::uint64_t chunks_preserved(TakeNumber take, OriginIndex origin) = 0;
  /// Adds the extents of an area to `out`.
  virtual void extents(TakeNumber take, OriginIndex origin, std::vector<LiveExtent>& out) = 0;
  virtual ByteCount storage_filled(TakeNumber take) = 0;
  virtual ByteCount storage_capacity(TakeNumber take) = 0;

  /// Adds to `out` what changed between two cuts of an origin, ascending, neighbours joined;
  /// nothing if the map is not exact. `from` may have been released. Errors: as `Engine::changed`.
  virtual Result<ChangedAnswer> changed(TakeNumber from, TakeNumber to, OriginIndex origin,
                                        std::vector<SectorRange>& out) = 0;
  /// Marks by hand, on the image of a take or on the origin itself. Errors: EINVAL.
  virtual Errc mark_changed(std::optional<TakeNumber> take, OriginIndex origin,
                            SectorRange range) = 0;

  /// The oldest event not yet read.
  virtual std::optional<ReportedEvent> poll_event() = 0;
};

/// Makes a subject; what it is given outlives it.
using SubjectMaker =
    std::function<std::unique_ptr<Subject>(const Environment& environment, const Params& params)>;

}  // namespace cowbell::model
