// SPDX-License-Identifier: Apache-2.0
// A sparse array over the logical blocks of a device: what was never touched costs nothing, and
// clearing costs what was touched.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <memory>
#include <vector>

namespace cowbell::model {

using BlockNumber = std::uint64_t;

/// `Block` has `start()`, which makes a block that is touched for the first time, and `stop()`,
/// which gives back what it holds.
template <class Block>
class BlockTable {
 public:
  BlockTable() = default;
  BlockTable(BlockTable&&) noexcept = default;
  BlockTable& operator=(BlockTable&&) noexcept = default;

  /// Null for a block that was not touched.
  Block* find(BlockNumber number) {
    Page* page = find_page(number / kPageBlocks);
    if (page == nullptr || (page->touched >> (number % kPageBlocks) & 1) == 0) return nullptr;
    return &page->blocks[number % kPageBlocks];
  }

  Block& touch(BlockNumber number) {
    Page* page = find_page(number / kPageBlocks);
    if (page == nullptr) page = &add_page(number / kPageBlocks);
    Block& block = page->blocks[number % kPageBlocks];
    const std::uint64_t bit = std::uint64_t{1} << (number % kPageBlocks);
    if ((page->touched & bit) == 0) {
      page->touched |= bit;
      block.start();
    }
    return block;
  }

  /// Calls `visit(number, block)` for every touched block, in ascending order.
  template <class Visit>
  void for_each(Visit visit) {
    std::sort(used_.begin(), used_.end());
    for (const std::uint64_t page_number : used_) {
      Page& page = *find_page(page_number);
      for (std::uint64_t bits = page.touched; bits != 0; bits &= bits - 1) {
        const unsigned at = static_cast<unsigned>(std::countr_zero(bits));
        visit(page_number * kPageBlocks + at, page.blocks[at]);
      }
    }
  }

  bool empty() const { return used_.empty(); }

  void clear() {
    for (const std::uint64_t number : used_) {
      Page*& entry = (*directories_[number / kDirectoryPages])[number % kDirectoryPages];
      for (std::uint64_t bits = entry->touched; bits != 0; bits &= bits - 1)
        entry->blocks[std::countr_zero(bits)].stop();
      entry->touched = 0;
      free_.push_back(entry);
      entry = nullptr;
    }
    used_.clear();
    last_number_ = kNone;
  }

 private:
  static constexpr std::uint64_t kPageBlocks = 64;
  static constexpr std::uint64_t kDirectoryPages = 512;
  static constexpr std::uint64_t kNone = ~std::uint64_t{0};
  struct Page {
    std::uint64_t touched = 0;
    std::array<Block, kPageBlocks> blocks;
  };
  using Directory = std::array<Page*, kDirectoryPages>;

  Page* find_page(std::uint64_t number) {
    if (number == last_number_) return last_page_;  // requests go from block to block
    const std::uint64_t directory = number / kDirectoryPages;
    if (directory >= directories_.size() || directories_[directory] == nullptr) return nullptr;
    Page* page = (*directories_[directory])[number % kDirectoryPages];
    if (page != nullptr) {
      last_number_ = number;
      last_page_ = page;
    }
    return page;
  }

  Page& add_page(std::uint64_t number) {
    const std::uint64_t directory = number / kDirectoryPages;
    if (directory >= directories_.size()) directories_.resize(directory + 1);
    if (directories_[directory] == nullptr)
      directories_[directory] = std::make_unique<Directory>();  // zeroed
    if (free_.empty()) {
      pages_.push_back(std::make_unique<Page>());
      free_.push_back(pages_.back().get());
    }
    Page& page = *free_.back();
    free_.pop_back();
    (*directories_[directory])[number % kDirectoryPages] = &page;
    used_.push_back(number);
    return page;
  }

  std::vector<std::unique_ptr<Directory>> directories_;
  std::vector<std::unique_ptr<Page>> pages_;
  std::vector<Page*> free_;
  std::vector<std::uint64_t> used_;
  std::uint64_t last_number_ = kNone;
  Page* last_page_ = nullptr;
};

}  // namespace cowbell::model
