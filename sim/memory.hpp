// SPDX-License-Identifier: Apache-2.0
// The engine's memory in a simulated world: counted, and refused where the scenario says so.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <span>
#include <vector>

#include "models/effects.hpp"
#include "sim/event_log.hpp"

namespace cowbell::sim {

/// Size classes of powers of two over slabs that are kept from run to run. What comes back is
/// handed out again; `restart` takes everything back at once.
class Arena final : public std::pmr::memory_resource {
 public:
  void restart();

 private:
  static constexpr std::size_t kSlabSize = std::size_t{1} << 20;
  static constexpr unsigned kClassShiftMinimum = 4;
  static constexpr unsigned kClassShiftMaximum = 18;
  struct FreeBlock {
    FreeBlock* next;
  };
  struct FreeSlab {
    void operator()(std::byte* slab) const;
  };

  /// The class that serves an allocation; past the last for one that goes to the heap.
  static unsigned class_of(std::size_t size, std::size_t alignment);

  void* do_allocate(std::size_t size, std::size_t alignment) override;
  void do_deallocate(void* block, std::size_t size, std::size_t alignment) override;
  bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override {
    return this == &other;
  }

  std::array<FreeBlock*, kClassShiftMaximum + 1> free_{};
  std::vector<std::unique_ptr<std::byte, FreeSlab>> slabs_;
  std::size_t slabs_used_ = 0;
  std::size_t used_of_slab_ = kSlabSize;
};

class Memory final : public std::pmr::memory_resource {
 public:
  /// `log` is borrowed.
  explicit Memory(EventLog& log) : log_(log) {}

  /// Counts begin at 0; nothing may be held. `faults` and `listener` are borrowed until the next
  /// `restart`. With `for_real` each allocation goes to the heap, so that a sanitizer sees it;
  /// always so in builds with AddressSanitizer.
  void restart(std::span<const model::MemoryFault> faults, model::EffectListener& listener,
               bool for_real);

  /// No later allocation is refused.
  void heal() { faults_ = {}; }

  ByteCount in_use() const { return in_use_; }
  ByteCount peak() const { return peak_; }
  /// Allocations asked for, the refused ones too.
  std::uint64_t allocations() const { return allocations_; }

 private:
  bool refused() const;

  /// Throws std::bad_alloc where a fault of the scenario refuses.
  void* do_allocate(std::size_t size, std::size_t alignment) override;
  void do_deallocate(void* block, std::size_t size, std::size_t alignment) override;
  bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override {
    return this == &other;
  }

  EventLog& log_;
  Arena arena_;
  std::pmr::memory_resource* upstream_ = nullptr;
  std::span<const model::MemoryFault> faults_;
  model::EffectListener* listener_ = nullptr;
  ByteCount in_use_;
  ByteCount peak_;
  std::uint64_t allocations_ = 0;
};

}  // namespace cowbell::sim
