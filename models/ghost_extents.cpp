// SPDX-License-Identifier: Apache-2.0
#include "models/ghost_extents.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace cowbell::model {
namespace {

std::string describe(SectorRange range) {
  return fmt::format("{} to {}", byte_offset(range.first).value, byte_offset(range.end()).value);
}

}  // namespace

void GhostStorage::begin(const StorageSpec& spec) {
  spec_ = &spec;
  granted_ = spec.size;
  written_.clear();
  open_.clear();
  longest_ = {};
  lies_.clear();
}

SectorCount GhostStorage::room() const {
  return spec_->limit ? std::min(granted_, *spec_->limit) : granted_;
}

bool GhostStorage::submitted(const Bio& bio, Time now) {
  open_.push_back({&bio, now});
  if (bio.operation == Operation::write) add_written(bio.range);
  return bio.operation == Operation::flush || bio.range.end().value <= room().value;
}

void GhostStorage::ended(const Bio* bio, Time now) {
  const auto found =
      std::find_if(open_.begin(), open_.end(), [&](const Open& open) { return open.bio == bio; });
  if (found == open_.end()) return;
  longest_ = std::max(longest_, now - found->since);
  *found = open_.back();
  open_.pop_back();
}

Time GhostStorage::longest(Time now) const {
  Time longest = longest_;
  for (const Open& open : open_) longest = std::max(longest, now - open.since);
  return longest;
}

void GhostStorage::add_written(SectorRange range) {
  auto next = std::lower_bound(written_.begin(), written_.end(), range.first,
                               [](SectorRange known, Sector first) { return known.end() < first; });
  while (next != written_.end() && next->first <= range.end()) {
    const Sector first = std::min(range.first, next->first);
    range = {first, std::max(range.end(), next->end()) - first};
    next = written_.erase(next);
  }
  written_.insert(next, range);
}

SectorCount GhostStorage::filled() const {
  SectorCount filled;
  for (const SectorRange& range : written_) filled += range.count;
  return filled;
}

bool GhostStorage::lied_about(SectorRange range) const {
  return std::any_of(lies_.begin(), lies_.end(),
                     [&](SectorRange lie) { return lie.overlaps(range); });
}

std::optional<std::string> GhostStorage::check(std::vector<LiveExtent>& extents) const {
  if (spec_->limit && spec_->kind == StorageKind::file && granted_ > *spec_->limit &&
      granted_ > spec_->size)
    return fmt::format("storage of {} bytes was granted past its limit of {}",
                       to_bytes(granted_).value, to_bytes(*spec_->limit).value);
  std::sort(extents.begin(), extents.end(), [](const LiveExtent& a, const LiveExtent& b) {
    return a.storage.first < b.storage.first;
  });
  for (std::size_t i = 0; i < extents.size(); ++i) {
    if (extents[i].storage.end().value > room().value)
      return fmt::format("the extent {} of the storage reaches past the {} bytes there are",
                         describe(extents[i].storage), to_bytes(room()).value);
    if (i > 0 && extents[i - 1].storage.overlaps(extents[i].storage))
      return fmt::format("the extents {} and {} of the storage overlap",
                         describe(extents[i - 1].storage), describe(extents[i].storage));
  }
  return std::nullopt;
}

bool GhostStorage::could_overflow(SectorCount size, bool growth_failed) const {
  // What was written never shrinks, and what is granted does not either.
  const SectorCount wanted = filled() + size;
  if (spec_->limit && wanted > *spec_->limit) return true;
  return spec_->kind == StorageKind::file ? growth_failed : wanted > granted_;
}

}  // namespace cowbell::model
