// SPDX-License-Identifier: Apache-2.0
#include "models/durable_blocks.hpp"

namespace cowbell::model {

void DurableBlocks::flushed(Moment invoked, const Writes& writes) {
  blocks_.for_each([&](BlockNumber, Block& block) {
    for (std::size_t i = block.versions.size(); i-- > block.left;) {
      const Write& write = writes[block.versions[i]];
      if (write.state == WriteState::succeeded && write.answered < invoked)
        return block.make_durable(i);
    }
  });
}

void DurableBlocks::forced(BlockNumber first, BlockNumber end, Version version) {
  for (BlockNumber number = first; number < end; ++number) {
    Block* block = blocks_.find(number);
    if (block == nullptr) continue;
    for (std::size_t i = block->versions.size(); i-- > block->left;)
      if (block->versions[i] == version) {
        block->make_durable(i);
        break;
      }
  }
}

void DurableBlocks::settle(BlockNumber number, Version version) {
  Block& block = blocks_.touch(number);
  block.versions.assign(1, version);
  block.left = 1;
}

}  // namespace cowbell::model
