// SPDX-License-Identifier: Apache-2.0
// The frozen state of one or more origins at one instant: an area for each origin, and one
// difference storage for all of them.
#pragma once

#include <boost/intrusive/list_hook.hpp>

#include "core/diff_area.hpp"
#include "core/diff_storage.hpp"
#include "core/tracker.hpp"

namespace cowbell {

class Snapshot : public boost::intrusive::list_base_hook<> {
 public:
  std::string_view name() const;
  /// Given by the engine, from 1, never again.
  std::uint64_t number() const;
  /// The area of an origin; null if the snapshot does not hold it.
  DiffArea* area(const Tracker& origin);
  const DiffStorage& storage() const;
};

/// What a checker wants to know of an area (the rest of DiffArea is the engine's own):
///   std::optional<Errc> DiffArea::corrupted() const;   // the first cause; nothing while intact
///   SectorCount DiffArea::chunk_size() const;
///   std::uint64_t DiffArea::chunks_preserved() const;
///   template<class Visit> void DiffArea::for_each_extent(Visit) const;  // (ChunkNumber, SectorRange in storage)
///   SectorCount DiffStorage::filled() const, capacity() const;

}  // namespace cowbell
