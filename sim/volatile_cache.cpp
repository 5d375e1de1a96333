// SPDX-License-Identifier: Apache-2.0
#include "sim/volatile_cache.hpp"

namespace cowbell::sim {
namespace {

using model::BlockNumber;
using model::Concern;

/// What of the cache a power cut loses, in the order of the choice.
enum Way : std::uint32_t { nothing, everything, whole_writes, single_blocks };
constexpr std::uint32_t kWays = 4;

}  // namespace

void VolatileCache::restart(bool on, SectorCount block) {
  on_ = on;
  block_ = block;
  blocks_.clear();
  contents_.clear();
  requests_.clear();
  now_ = 0;
}

void VolatileCache::submitted() {
  requests_.push_back({.submitted = ++now_});
}

void VolatileCache::changes(std::uint64_t request, SectorRange blocks, const SectorStore& store) {
  const BlockNumber end = blocks.end().value / block_.value;
  for (BlockNumber number = blocks.first.value / block_.value; number < end; ++number) {
    const std::size_t at = contents_.size();
    contents_.resize(at + to_bytes(block_).value);
    const Segment replaced = content(at);
    store.read({{number * block_.value}, block_}, {&replaced, 1}, 0);
    blocks_.touch(number).changes.push_back({request, at});
  }
}

void VolatileCache::flush(std::uint64_t request) {
  const std::uint64_t since = requests_[request].submitted;
  blocks_.for_each([&](BlockNumber, Block& block) {
    for (std::size_t i = block.changes.size(); i-- > 0;)
      if (requests_[block.changes[i].request].answered < since) return drop_through(block, i);
  });
}

void VolatileCache::force(std::uint64_t request, SectorRange blocks) {
  const BlockNumber end = blocks.end().value / block_.value;
  for (BlockNumber number = blocks.first.value / block_.value; number < end; ++number) {
    Block* block = blocks_.find(number);
    if (block == nullptr) continue;
    for (std::size_t i = block->changes.size(); i-- > 0;)
      if (block->changes[i].request == request) {
        drop_through(*block, i);
        break;
      }
  }
}

void VolatileCache::settle(SectorRange blocks) {
  blocks_.for_each([&](BlockNumber number, Block& block) {
    if (blocks.contains({{number * block_.value}, block_})) block.changes.clear();
  });
}

std::uint64_t VolatileCache::lose_power(SectorStore& store, Decisions& decisions) {
  bool any = false;
  lost_.assign(requests_.size(), false);
  blocks_.for_each([&](BlockNumber, Block& block) {
    any |= !block.changes.empty();
    for (const Change& change : block.changes) lost_[change.request] = true;
  });
  std::uint64_t undone = 0;
  const std::uint32_t way = any ? decisions.draw(Concern::power, kWays) : Way::nothing;
  if (way == Way::whole_writes) draw_lost_writes(decisions);
  blocks_.for_each([&](BlockNumber number, Block& block) {
    const std::size_t left = changes_left(block, way, decisions);
    if (left < block.changes.size()) {
      const Segment replaced = content(block.changes[left].replaced);
      store.write({{number * block_.value}, block_}, {&replaced, 1}, 0);
      ++undone;
    }
    block.changes.clear();
  });
  contents_.clear();
  return undone;
}

/// Of the writes that are marked as lost, some are not.
void VolatileCache::draw_lost_writes(Decisions& decisions) {
  for (std::size_t request = 0; request < lost_.size(); ++request)
    if (lost_[request]) lost_[request] = decisions.draw(Concern::power, 2) != 0;
}

/// Up to how many of its changes a block has seen, once the power is lost.
std::size_t VolatileCache::changes_left(const Block& block, std::uint32_t way,
                                        Decisions& decisions) const {
  std::size_t left = block.changes.size();
  switch (way) {
    case Way::nothing:
      return left;
    case Way::everything:
      return 0;
    case Way::whole_writes:
      while (left != 0 && lost_[block.changes[left - 1].request]) --left;
      return left;
    default:
      return left - decisions.draw(Concern::power, static_cast<std::uint32_t>(left) + 1);
  }
}

}  // namespace cowbell::sim
