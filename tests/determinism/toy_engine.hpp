// SPDX-License-Identifier: Apache-2.0
// The smallest thing that uses the simulator as the engine does: fibers, a lock, memory, origins
// and a storage that grows. It is frozen: its events move when the simulator does, and never
// because the engine does.
#pragma once

#include "core/fiber.hpp"
#include "sim/world.hpp"

namespace cowbell::sim {

class ToyEngine {
 public:
  static constexpr std::uint64_t kOriginSectors = 512;
  static constexpr std::uint64_t kStorageSectors = 64;

  /// `world` is borrowed, and open for a scenario with an origin of `kOriginSectors` and a file of
  /// `kStorageSectors` as storage.
  explicit ToyEngine(World& world) : world_(world), environment_(world.environment()) {}

  /// Three clients save pieces of the origin in the storage and overwrite them. What fails is left.
  void run();

 private:
  static constexpr std::uint64_t kClients = 3;
  static constexpr std::uint64_t kPiecesOfAClient = 6;
  static constexpr std::uint64_t kPieceSectors = 8;
  static constexpr std::size_t kPieceBytes = kPieceSectors * kSectorSize;

  void save_and_overwrite(std::uint64_t client);
  /// Room for one piece, granted first where there is none. Nothing if it is refused.
  std::optional<Sector> allocate();
  Errc move(Operation operation, BlockDevice& device, Sector first, std::byte* memory);

  World& world_;
  Environment environment_;
  StorageBacking* storage_ = nullptr;
  HandoverLock lock_{"the toy's storage"};
  Sector filled_{};
};

}  // namespace cowbell::sim
