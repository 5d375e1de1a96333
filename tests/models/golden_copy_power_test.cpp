// SPDX-License-Identifier: Apache-2.0
// What the golden copy allows after power cuts, against the definition, which is evaluated over all
// that has happened since the last one.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <memory>
#include <set>
#include <vector>

#include "models/golden_copy.hpp"

namespace cowbell::model::testing {
namespace {

constexpr BlockNumber kBlocks = 3;

class Choices {
 public:
  explicit Choices(std::uint64_t seed) : state_(seed) {}
  std::uint64_t below(std::uint64_t bound) {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return (state_ >> 33) % bound;
  }

 private:
  std::uint64_t state_;
};

/// One origin, whose requests take effect block by block and are answered in any order.
class Rehearsal : private WrongBlockSink {
 public:
  explicit Rehearsal(std::uint64_t seed) : choices_(seed) {
    const std::array<OriginSpec, 1> specs{{{.name = "A", .size = {kBlocks}, .line = {}}}};
    golden_.begin(specs, Evidence::effects, Stamps(seed, true), true);
    for (Block& block : blocks_) block.left = {Content::byte(0)};
  }

  void play(std::size_t steps) {
    for (std::size_t i = 0; i < steps; ++i) {
      const std::uint64_t choice = choices_.below(8);
      if (choice < 3 && open_.size() < 4)
        begin();
      else if (choice < 6 && !open_.empty())
        take_effect(choices_.below(open_.size()));
      else if (!open_.empty())
        answer(choices_.below(open_.size()), choices_.below(5) == 0 ? Errc::io : Errc::none);
    }
  }

  void cut_power() {
    while (!open_.empty()) answer(0, Errc::no_device);
    golden_.power_restored();
    for (Block& block : blocks_) {
      block.left = left(block);
      block.effects.clear();
    }
    flushes_.clear();
  }

  std::set<std::uint64_t> by_definition(BlockNumber block) const {
    return keys(blocks_[block].left);
  }
  std::set<std::uint64_t> by_golden_copy(BlockNumber block) {
    Request read;
    read.operation = Operation::read;
    read.invoked = golden_.now();
    return keys(golden_.allowed(read, block));
  }

  /// Whether a read may return that content, by the golden copy.
  bool may_read(BlockNumber block, Content content) {
    Request request;
    request.operation = Operation::read;
    request.range = {{block}, {1}};
    std::array<std::byte, kSectorSize> memory;
    const Segment segment{memory.data(), memory.size()};
    request.segments = {&segment, 1};
    golden_.invoked(request);
    if (content.is_stamp())
      golden_.stamps().fill(request.segments, 0, {block}, content.version());
    else
      golden_.stamps().fill_byte(request.segments, content.value());
    wrong_ = false;
    golden_.answered(request, Errc::none, *this);
    return !wrong_;
  }

  /// Reads show, of some blocks, what is left of them: one of the contents, and no other.
  void read_back() {
    for (BlockNumber number = 0; number < kBlocks; ++number) {
      if (choices_.below(3) == 0) continue;
      Block& block = blocks_[number];
      const Content seen = block.left[choices_.below(block.left.size())];
      RC_ASSERT(may_read(number, seen));
      for (const Content other : block.left)
        if (other != seen) RC_ASSERT(!may_read(number, other));
      block.left = {seen};
    }
  }

 private:
  struct Past {
    Moment answered_ok = kNotYet;
    bool fua = false;
  };
  struct Effect {
    Content content;
    std::size_t write;
  };
  struct Block {
    std::vector<Content> left;  ///< by the last power cut
    std::vector<Effect> effects;
  };
  struct Open {
    std::unique_ptr<Request> request = std::make_unique<Request>();
    std::vector<std::byte> memory;
    Segment segment;
    std::size_t past = 0;
    BlockNumber next = 0;
  };

  void begin() {
    Open& open = open_.emplace_back();
    Request& request = *open.request;
    using enum Operation;
    request.operation = std::array{write, write, write, write_zeroes, flush}[choices_.below(5)];
    const BlockNumber first = choices_.below(kBlocks);
    if (request.operation != flush)
      request.range = {{first}, {1 + choices_.below(kBlocks - first)}};
    request.flags.fua = request.operation != flush && choices_.below(3) == 0;
    request.flags.preflush = request.operation != flush && choices_.below(3) == 0;
    if (request.operation == write) {
      open.memory.resize(to_bytes(request.range.count).value);
      open.segment = {open.memory.data(), open.memory.size()};
      request.segments = {&open.segment, 1};
      if (choices_.below(4) == 0) request.fill = static_cast<std::uint8_t>(choices_.below(2));
    }
    golden_.invoked(request);
    open.past = past_.size();
    open.next = first;
    past_.push_back({.fua = request.flags.fua});
    preflushes_.push_back(request.flags.preflush);
    request.flags = {};  // whatever becomes of them on the way
  }

  void take_effect(std::size_t at) {
    Open& open = open_[at];
    Request& request = *open.request;
    if (open.next >= request.range.end().value) return;
    golden_.took_effect(request, {{open.next}, {1}});
    if (preflushes_[open.past]) flushes_.push_back(request.invoked);
    blocks_[open.next++].effects.push_back({golden_.writes()[request.version].content, open.past});
  }

  void answer(std::size_t at, Errc outcome) {
    Open& open = open_[at];
    Request& request = *open.request;
    while (outcome == Errc::none && open.next < request.range.end().value) take_effect(at);
    golden_.answered(request, outcome, *this);
    if (outcome == Errc::none) past_[open.past].answered_ok = golden_.now();
    if (outcome == Errc::none && request.operation == Operation::flush)
      flushes_.push_back(request.invoked);
    open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(at));
  }

  /// The last effect that is durable, and all after it; without one, what was left before as well.
  std::vector<Content> left(const Block& block) const {
    std::vector<Content> contents;
    for (std::size_t i = block.effects.size(); i-- > 0;) {
      contents.push_back(block.effects[i].content);
      const Past& write = past_[block.effects[i].write];
      const bool flushed = std::any_of(flushes_.begin(), flushes_.end(),
                                       [&](Moment invoked) { return write.answered_ok < invoked; });
      if (flushed || (write.fua && write.answered_ok != kNotYet)) return contents;
    }
    contents.insert(contents.end(), block.left.begin(), block.left.end());
    return contents;
  }

  static std::set<std::uint64_t> keys(const std::vector<Content>& contents) {
    std::set<std::uint64_t> keys;
    for (const Content content : contents)
      keys.insert(content.is_stamp() ? content.version() : 0x1'0000'0000 + content.value());
    return keys;
  }

  void wrong(const Request&, const WrongBlock&) override { wrong_ = true; }
  bool doubts(const Request&) const override { return false; }
  bool doubts(const Request&, BlockNumber) override { return false; }

  Choices choices_;
  GoldenCopy golden_;
  std::vector<Open> open_;
  std::vector<Past> past_;
  std::vector<bool> preflushes_;
  std::vector<Moment> flushes_;  ///< what was promised by a flush: when that one was invoked
  std::array<Block, kBlocks> blocks_;
  bool wrong_ = false;
};

// Method: random requests with random moments of effect; three power cuts, after each of which some
// blocks are read.
RC_GTEST_PROP(GoldenCopyPower, AllowsWhatTheDefinitionAllows, (std::uint64_t seed)) {
  Rehearsal rehearsal(seed);
  for (int cut = 0; cut < 3; ++cut) {
    rehearsal.play(24);
    rehearsal.cut_power();
    for (BlockNumber block = 0; block < kBlocks; ++block)
      RC_ASSERT(rehearsal.by_golden_copy(block) == rehearsal.by_definition(block));
    rehearsal.read_back();
  }
}

}  // namespace
}  // namespace cowbell::model::testing
