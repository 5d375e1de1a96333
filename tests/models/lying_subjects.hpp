// SPDX-License-Identifier: Apache-2.0
// Subjects that break one rule each, to show that the checks bite.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <vector>

#include "models/engine_subject.hpp"

namespace cowbell::model::testing {

template <class Liar>
SubjectMaker maker_of() {
  return [](const Environment& environment, const Params& params) {
    return std::make_unique<Liar>(environment, params);
  };
}

/// Lies about images: each is replaced by a device made of it and its origin.
template <class Device>
class LiesAboutImages : public EngineSubject {
 public:
  using EngineSubject::EngineSubject;
  Errc track(BlockDevice& origin) override {
    below_.push_back(&origin);
    return EngineSubject::track(origin);
  }
  BlockDevice& image(TakeNumber take, OriginIndex origin) override {
    auto& device = devices_[{take, origin}];
    if (device == nullptr)
      device = std::make_unique<Device>(EngineSubject::image(take, origin), *below_[origin]);
    return *device;
  }

 private:
  std::vector<BlockDevice*> below_;
  std::map<std::pair<TakeNumber, OriginIndex>, std::unique_ptr<Device>> devices_;
};

/// Lies about origins: each is replaced by a device made of the tracker and what is below it.
template <class Device>
class LiesAboutOrigins : public EngineSubject {
 public:
  using EngineSubject::EngineSubject;
  Errc track(BlockDevice& origin) override {
    below_.push_back(&origin);
    return EngineSubject::track(origin);
  }
  BlockDevice& origin(OriginIndex origin) override {
    auto& device = devices_[origin];
    if (device == nullptr)
      device = std::make_unique<Device>(EngineSubject::origin(origin), *below_[origin]);
    return *device;
  }

 private:
  std::vector<BlockDevice*> below_;
  std::map<OriginIndex, std::unique_ptr<Device>> devices_;
};

/// A device over another, with the one below that at hand.
class Over : public BlockDevice {
 public:
  Over(BlockDevice& honest, BlockDevice& origin) : honest_(honest), origin_(origin) {}
  Geometry geometry() const override { return honest_.geometry(); }

 protected:
  BlockDevice& honest_;
  BlockDevice& origin_;
};

class AlwaysEio final : public Over {
 public:
  using Over::Over;
  void submit(Bio& bio) override { bio.complete(Errc::io); }
};

/// Reads of an image go to the origin as it is now.
class ReadsLaterData final : public Over {
 public:
  using Over::Over;
  void submit(Bio& bio) override {
    (bio.operation == Operation::read ? origin_ : honest_).submit(bio);
  }
};

/// The first read of an image is honest, all others go to the origin as it is now.
class ThawsAfterTheFirstRead final : public Over {
 public:
  using Over::Over;
  void submit(Bio& bio) override {
    const bool lie = bio.operation == Operation::read && reads_++ > 0;
    (lie ? origin_ : honest_).submit(bio);
  }

 private:
  int reads_ = 0;
};

/// Writes are answered OK and thrown away.
class ThrowsWritesAway final : public Over {
 public:
  using Over::Over;
  void submit(Bio& bio) override {
    if (changes_data(bio.operation)) return bio.complete(Errc::none);
    honest_.submit(bio);
  }
};

/// Writes to an image go to the origin.
class WritesToTheOrigin final : public Over {
 public:
  using Over::Over;
  void submit(Bio& bio) override { (changes_data(bio.operation) ? origin_ : honest_).submit(bio); }
};

/// Reads are honest, but the second half of each block comes from the block before.
class MixesSectors final : public Over {
 public:
  using Over::Over;
  void submit(Bio& bio) override;
};

/// Reads return what the honest device returned at the first read of the same sectors.
class ServesTheFirstVersion final : public Over {
 public:
  using Over::Over;
  void submit(Bio& bio) override;

 private:
  static void answered(Bio& bio, void* device) noexcept;
  std::map<std::uint64_t, std::vector<std::byte>> first_seen_;
};

/// A write is answered while it is still on its way.
class AnswersBeforeTheDevice final : public Over {
 public:
  using Over::Over;
  void submit(Bio& bio) override;

 private:
  struct Copy {
    Bio bio;
    std::vector<std::byte> memory;
    Segment segment;
  };
  std::deque<Copy> copies_;
};

/// NOWAIT writes are carried out and answered EAGAIN.
class SaysAgainAndWrites final : public Over {
 public:
  using Over::Over;
  void submit(Bio& bio) override;
};

/// Writes always go around the tracker: no gate, no copy.
class GoesAroundTheTracker final : public Over {
 public:
  using Over::Over;
  void submit(Bio& bio) override { (changes_data(bio.operation) ? origin_ : honest_).submit(bio); }
};

/// Reads are never answered.
class NeverAnswersReads final : public Over {
 public:
  using Over::Over;
  void submit(Bio& bio) override {
    if (bio.operation != Operation::read) honest_.submit(bio);
  }
};

/// Serves the content that a sector had before the last write that the tracker saw.
class ServesOlderVersions final : public EngineSubject {
 public:
  using EngineSubject::EngineSubject;
  Errc track(BlockDevice& origin) override;
  BlockDevice& origin(OriginIndex origin) override;
  BlockDevice& image(TakeNumber take, OriginIndex origin) override;

 private:
  using Versions = std::map<std::uint64_t, std::vector<std::vector<std::byte>>>;
  /// Remembers what is written.
  class Watch final : public BlockDevice {
   public:
    explicit Watch(BlockDevice& tracker) : tracker_(tracker) {}
    Geometry geometry() const override { return tracker_.geometry(); }
    void submit(Bio& bio) override;
    Versions versions;

   private:
    BlockDevice& tracker_;
  };
  class Image final : public BlockDevice {
   public:
    Image(BlockDevice& honest, Watch& watch) : honest_(honest), watch_(watch) {}
    Geometry geometry() const override { return honest_.geometry(); }
    void submit(Bio& bio) override;

   private:
    static void answered(Bio& bio, void* image) noexcept;
    BlockDevice& honest_;
    Watch& watch_;
  };
  std::vector<std::unique_ptr<Watch>> watches_;
  std::vector<std::unique_ptr<Image>> images_;
};

/// Writes that are invoked during a take go around the tracker.
class LosesTheGate final : public EngineSubject {
 public:
  using EngineSubject::EngineSubject;
  Errc track(BlockDevice& origin) override;
  BlockDevice& origin(OriginIndex origin) override { return *gates_[origin]; }
  TakeError take(TakeNumber take, std::string_view name, std::span<const OriginIndex> origins,
                 StorageBacking& storage, std::optional<SectorCount> limit) override;

 private:
  class Gate final : public Over {
   public:
    Gate(BlockDevice& honest, BlockDevice& origin, bool& taking)
        : Over(honest, origin), taking_(taking) {}
    void submit(Bio& bio) override {
      (taking_ && changes_data(bio.operation) ? origin_ : honest_).submit(bio);
    }

   private:
    bool& taking_;
  };
  bool taking_ = false;
  std::vector<std::unique_ptr<Gate>> gates_;
};

/// A take of two origins is one of the first and, some milliseconds later, one of the second, each
/// of which takes the storage for its own.
class CutsOneAfterTheOther final : public EngineSubject {
 public:
  CutsOneAfterTheOther(const Environment& environment, const Params& params)
      : EngineSubject(environment, params), clock_(environment.clock) {}
  TakeError take(TakeNumber take, std::string_view name, std::span<const OriginIndex> origins,
                 StorageBacking& storage, std::optional<SectorCount> limit) override;
  Errc release(TakeNumber take, std::string_view name) override;
  BlockDevice& image(TakeNumber take, OriginIndex origin) override {
    return EngineSubject::image(take + origin * kSecond, origin);
  }
  std::optional<Errc> corrupted(TakeNumber take, OriginIndex origin) override {
    return EngineSubject::corrupted(take + origin * kSecond, origin);
  }
  std::uint64_t chunks_preserved(TakeNumber take, OriginIndex origin) override {
    return EngineSubject::chunks_preserved(take + origin * kSecond, origin);
  }
  void extents(TakeNumber, OriginIndex, std::vector<LiveExtent>&) override {}

 private:
  /// The engine would refuse a storage that it knows to be in use.
  class SameStorage final : public StorageBacking {
   public:
    explicit SameStorage(StorageBacking& storage) : storage_(storage) {}
    Geometry geometry() const override { return storage_.geometry(); }
    void submit(Bio& bio) override { storage_.submit(bio); }
    bool can_grow() const override { return storage_.can_grow(); }
    Errc grow(SectorCount capacity) override { return storage_.grow(capacity); }
    bool lies_on(const BlockDevice& origin) const override { return storage_.lies_on(origin); }

   private:
    StorageBacking& storage_;
  };
  static constexpr TakeNumber kSecond = 100;
  Clock& clock_;
  std::unique_ptr<SameStorage> second_storage_;
};

class SaysCorrupted : public LiesAboutImages<AlwaysEio> {
 public:
  using LiesAboutImages::LiesAboutImages;
  std::optional<Errc> corrupted(TakeNumber, OriginIndex) override { return Errc::io; }
};

class TellsNoEvents final : public EngineSubject {
 public:
  using EngineSubject::EngineSubject;
  std::optional<ReportedEvent> poll_event() override { return std::nullopt; }
};

class ForgetsItsCause final : public EngineSubject {
 public:
  using EngineSubject::EngineSubject;
  std::optional<Errc> corrupted(TakeNumber take, OriginIndex origin) override;

 private:
  int asked_ = 0;
};

class GivesExtentsTwice final : public EngineSubject {
 public:
  using EngineSubject::EngineSubject;
  void extents(TakeNumber take, OriginIndex origin, std::vector<LiveExtent>& out) override;
};

class RefusesToTake final : public EngineSubject {
 public:
  using EngineSubject::EngineSubject;
  TakeError take(TakeNumber, std::string_view, std::span<const OriginIndex>, StorageBacking&,
                 std::optional<SectorCount>) override {
    return Errc::io;
  }
};

class KeepsMemory final : public EngineSubject {
 public:
  KeepsMemory(const Environment& environment, const Params& params)
      : EngineSubject(environment, params) {
    static_cast<void>(environment.memory.allocate(64));
  }
};

}  // namespace cowbell::model::testing
