// SPDX-License-Identifier: Apache-2.0
#include "tests/determinism/toy_engine.hpp"

#include <cstring>
#include <new>

namespace cowbell::sim {

void ToyEngine::run() {
  storage_ = *world_.make_storage();
  {
    FiberGroup clients(environment_.stacks);
    for (std::uint64_t client = 0; client < kClients; ++client)
      clients.spawn("client", [this, client] { save_and_overwrite(client); });
    clients.join();
  }
  world_.drop_storage(*storage_);
}

void ToyEngine::save_and_overwrite(std::uint64_t client) {
  for (std::uint64_t i = 0; i < kPiecesOfAClient; ++i) {
    const Sector piece{(client + i * kClients) * kPieceSectors};
    std::byte* memory = nullptr;
    try {
      memory = static_cast<std::byte*>(environment_.memory.allocate(kPieceBytes));
    } catch (const std::bad_alloc&) {
      continue;
    }
    if (move(Operation::read, world_.origin(0), piece, memory) == Errc::none)
      if (const auto room = allocate()) (void)move(Operation::write, *storage_, *room, memory);
    std::memset(memory, static_cast<int>(client + 1), kPieceBytes);
    (void)move(Operation::write, world_.origin(0), piece, memory);
    environment_.memory.deallocate(memory, kPieceBytes);
  }
}

std::optional<Sector> ToyEngine::allocate() {
  lock_.lock();
  std::optional<Sector> room;
  const SectorCount needed{filled_.value + kPieceSectors};
  if (storage_->geometry().capacity < needed)
    (void)storage_->grow(storage_->geometry().capacity + SectorCount{kStorageSectors});
  if (storage_->geometry().capacity >= needed) {
    room = filled_;
    filled_ = Sector{needed.value};
  }
  lock_.unlock();
  return room;
}

Errc ToyEngine::move(Operation operation, BlockDevice& device, Sector first, std::byte* memory) {
  const Segment segment{memory, kPieceBytes};
  return transfer(device, operation, {first, {kPieceSectors}}, {&segment, 1});
}

}  // namespace cowbell::sim
