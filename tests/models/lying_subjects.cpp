// SPDX-License-Identifier: Apache-2.0
#include "tests/models/lying_subjects.hpp"

#include "core/invariant.hpp"
#include "core/wait_queue.hpp"

namespace cowbell::model::testing {
namespace {

void must_push(Bio& bio, CompletionFrame frame) {
  const bool pushed = bio.push(frame);
  COWBELL_INVARIANT(S8, pushed);
}

}  // namespace

void MixesSectors::submit(Bio& bio) {
  if (bio.operation == Operation::read)
    must_push(bio, {[](Bio& answered, void*) noexcept {
                      std::vector<std::byte> half(kSectorSize);
                      copy_out(answered.segments, 0, half);
                      copy_in(answered.segments, kSectorSize, half);
                      answered.complete();
                    },
                    nullptr});
  honest_.submit(bio);
}

void ServesTheFirstVersion::submit(Bio& bio) {
  if (bio.operation == Operation::read) must_push(bio, {&ServesTheFirstVersion::answered, this});
  honest_.submit(bio);
}

void ServesTheFirstVersion::answered(Bio& bio, void* context) noexcept {
  auto& device = *static_cast<ServesTheFirstVersion*>(context);
  for (std::uint64_t i = 0; i < bio.range.count.value; ++i) {
    const std::size_t offset = i * kSectorSize;
    std::vector<std::byte>& first = device.first_seen_[bio.range.first.value + i];
    if (!first.empty()) {
      copy_in(bio.segments, offset, first);
    } else {
      first.resize(kSectorSize);
      copy_out(bio.segments, offset, first);
    }
  }
  bio.complete();
}

void AnswersBeforeTheDevice::submit(Bio& bio) {
  if (bio.operation != Operation::write) return honest_.submit(bio);
  Copy& copy = copies_.emplace_back();
  copy.memory.resize(to_bytes(bio.range.count).value);
  copy_out(bio.segments, 0, copy.memory);
  copy.segment = {copy.memory.data(), copy.memory.size()};
  copy.bio.operation = bio.operation;
  copy.bio.range = bio.range;
  copy.bio.segments = {&copy.segment, 1};
  must_push(copy.bio, {[](Bio&, void*) noexcept {}, nullptr});
  honest_.submit(copy.bio);
  bio.complete(Errc::none);
}

void SaysAgainAndWrites::submit(Bio& bio) {
  if (bio.flags.nowait && changes_data(bio.operation))
    must_push(bio,
              {[](Bio& answered, void*) noexcept { answered.complete(Errc::again); }, nullptr});
  honest_.submit(bio);
}

// ServesOlderVersions --------------------------------------------------------------------------

Errc ServesOlderVersions::track(BlockDevice& origin) {
  const Errc error = EngineSubject::track(origin);
  const auto index = static_cast<OriginIndex>(watches_.size());
  if (error == Errc::none)
    watches_.push_back(std::make_unique<Watch>(EngineSubject::origin(index)));
  return error;
}

BlockDevice& ServesOlderVersions::origin(OriginIndex origin) {
  return *watches_[origin];
}

BlockDevice& ServesOlderVersions::image(TakeNumber take, OriginIndex origin) {
  images_.push_back(std::make_unique<Image>(EngineSubject::image(take, origin), *watches_[origin]));
  return *images_.back();
}

void ServesOlderVersions::Watch::submit(Bio& bio) {
  if (bio.operation == Operation::write) {
    for (std::uint64_t i = 0; i < bio.range.count.value; ++i) {
      std::vector<std::byte> content(kSectorSize);
      copy_out(bio.segments, i * kSectorSize, content);
      versions[bio.range.first.value + i].push_back(std::move(content));
    }
  }
  tracker_.submit(bio);
}

void ServesOlderVersions::Image::submit(Bio& bio) {
  if (bio.operation == Operation::read) must_push(bio, {&Image::answered, this});
  honest_.submit(bio);
}

void ServesOlderVersions::Image::answered(Bio& bio, void* context) noexcept {
  Image& image = *static_cast<Image*>(context);
  for (std::uint64_t i = 0; i < bio.range.count.value; ++i) {
    const auto found = image.watch_.versions.find(bio.range.first.value + i);
    if (found == image.watch_.versions.end()) continue;
    copy_in(bio.segments, i * kSectorSize, found->second.front());
  }
  bio.complete();
}

// Takes ----------------------------------------------------------------------------------------

Errc LosesTheGate::track(BlockDevice& origin) {
  const Errc error = EngineSubject::track(origin);
  const auto index = static_cast<OriginIndex>(gates_.size());
  if (error == Errc::none)
    gates_.push_back(std::make_unique<Gate>(EngineSubject::origin(index), origin, taking_));
  return error;
}

TakeError LosesTheGate::take(TakeNumber take, std::string_view name,
                             std::span<const OriginIndex> origins, StorageBacking& storage,
                             std::optional<SectorCount> limit) {
  taking_ = true;
  const Errc error = EngineSubject::take(take, name, origins, storage, limit);
  taking_ = false;
  return error;
}

TakeError CutsOneAfterTheOther::take(TakeNumber take, std::string_view name,
                                     std::span<const OriginIndex> origins, StorageBacking& storage,
                                     std::optional<SectorCount> limit) {
  const TakeError error = EngineSubject::take(take, name, origins.first(1), storage, limit);
  WaitQueue pause("the second cut");
  pause.wait_until(clock_, clock_.now() + std::chrono::milliseconds(5));
  if (error != Errc::none) return error;
  second_storage_ = std::make_unique<SameStorage>(storage);
  return EngineSubject::take(take + kSecond, "second", origins.last(1), *second_storage_, limit);
}

Errc CutsOneAfterTheOther::release(TakeNumber take, std::string_view name) {
  const Errc error = EngineSubject::release(take + kSecond, "second");
  return error == Errc::none ? EngineSubject::release(take, name) : error;
}

// State ----------------------------------------------------------------------------------------

std::optional<Errc> ForgetsItsCause::corrupted(TakeNumber take, OriginIndex origin) {
  const std::optional<Errc> cause = EngineSubject::corrupted(take, origin);
  return cause && asked_++ > 0 ? Errc::no_space : cause;
}

void GivesExtentsTwice::extents(TakeNumber take, OriginIndex origin, std::vector<LiveExtent>& out) {
  EngineSubject::extents(take, origin, out);
  if (!out.empty()) out.push_back(out.back());
}

}  // namespace cowbell::model::testing
