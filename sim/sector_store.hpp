// SPDX-License-Identifier: Apache-2.0
// What a simulated medium holds: sparse sectors, zeroes where nothing was written. Forgetting all
// of it costs as much as was written, not as much as it could hold.
//
// Of each sector only the first `stride` bytes are carried: a tag, or all 512.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

#include "core/bio.hpp"
#include "core/units.hpp"
#include "models/stamps.hpp"

namespace cowbell::sim {

/// Pages of equal size, kept for reuse. Contents are whatever was left in them.
class PagePool {
 public:
  explicit PagePool(std::size_t page_size) : page_size_(page_size) {}
  PagePool(const PagePool&) = delete;
  PagePool& operator=(const PagePool&) = delete;

  std::byte* take();
  void give_back(std::byte* page) { free_.push_back(page); }

 private:
  struct Free {
    void operator()(std::byte* slab) const;
  };
  std::size_t page_size_;
  std::vector<std::unique_ptr<std::byte, Free>> slabs_;
  std::vector<std::byte*> free_;
};

/// The pages of all stores of one world. They outlive the stores.
struct SectorPages {
  static constexpr std::size_t kSectorsPerPage = 16;
  PagePool tags{kSectorsPerPage * model::kTagSize};
  PagePool bodies{kSectorsPerPage * kSectorSize};
};

class SectorStore {
 public:
  /// `pages` is borrowed and outlives the store.
  explicit SectorStore(SectorPages& pages) : pages_(pages) {}
  ~SectorStore() { restart(whole_bodies_); }
  SectorStore(const SectorStore&) = delete;
  SectorStore& operator=(const SectorStore&) = delete;

  /// All zeroes again, with a stride of 512 bytes from now on if `whole_bodies`, else of a tag.
  void restart(bool whole_bodies);

  /// Copies between `range` and the memory of `segments` from `offset` bytes on, a whole number of
  /// sectors. Of each sector in memory only the first `stride` bytes are read or written.
  void write(SectorRange range, std::span<const Segment> segments, std::size_t offset);
  void read(SectorRange range, std::span<const Segment> segments, std::size_t offset) const;

  /// Costs no more than what was written before.
  void zero(SectorRange range);

  /// Bytes carried of each sector.
  std::size_t stride() const { return whole_bodies_ ? kSectorSize : model::kTagSize; }

 private:
  // Below this page number, pages are found in a flat table; the first 2 GiB of a device.
  static constexpr std::uint64_t kFlatPages = 262'144;

  std::byte* find(std::uint64_t page) const;
  std::byte* find_or_make(std::uint64_t page);
  PagePool& pool() { return whole_bodies_ ? pages_.bodies : pages_.tags; }
  void zero_in_page(std::uint64_t page, SectorRange range);

  SectorPages& pages_;
  bool whole_bodies_ = false;
  std::vector<std::byte*> flat_;
  std::unordered_map<std::uint64_t, std::byte*> beyond_;  // looked up, never iterated
  std::vector<std::uint64_t> touched_;                    // page numbers, to be undone
};

}  // namespace cowbell::sim
