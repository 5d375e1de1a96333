// SPDX-License-Identifier: Apache-2.0
#include "models/golden_copy.hpp"

namespace cowbell::model {
namespace {

/// Calls `visit(number, content, data)` for each logical block in the memory of a read.
template <class Visit>
void for_each_block_read(const Request& request, BlockUnit unit, const Stamps& stamps,
                         Visit visit) {
  SectorCursor cursor(request.segments);
  const BlockNumber end = unit.end(request.range);
  for (BlockNumber number = unit.first(request.range); number < end; ++number) {
    SectorCursor at = cursor;
    const Content seen = next_block(stamps, cursor, unit.sector(number), unit.sectors);
    visit(number, seen, at);
  }
}

const std::byte* first_sector(SectorCursor at) {
  return at.next();
}

bool holds(const CandidateSet& set, const Candidates& rules, Content seen) {
  return std::any_of(set.begin(), set.end(), [&](const Candidate& candidate) {
    return candidate.live() && rules.content(candidate) == seen;
  });
}

}  // namespace

void GoldenCopy::begin(std::span<const OriginSpec> specs, Evidence evidence, Stamps stamps,
                       bool power_cuts) {
  for (std::uint32_t i = 0; i < cut_count_; ++i) cuts_[i]->clear();
  cut_count_ = 0;
  for (std::size_t i = 0; i < origin_count_; ++i) {
    origins_[i]->blocks.clear();
    origins_[i]->durable.clear();
  }
  keeps_durable_ = power_cuts;
  writes_.clear();
  now_ = 0;
  stamps_ = stamps;
  while (origins_.size() < specs.size())
    origins_.push_back(std::make_unique<Origin>(writes_, evidence));
  origin_count_ = specs.size();
  for (std::size_t i = 0; i < specs.size(); ++i) {
    Origin& origin = *origins_[i];
    origin.candidates = Candidates(writes_, evidence);
    origin.unit = {specs[i].logical_block.value >> kSectorShift};
    origin.cuts.clear();
    origin.newest_cut = 0;
    origin.open_takes = 0;
    origin.end = specs[i].size.value / origin.unit.sectors;
    origin.resized = 0;
    origin.lost_unseen_from = CutOrigin::kNothingLost;
    origin.lost_unseen.clear();
  }
}

// Requests -------------------------------------------------------------------------------------

void GoldenCopy::invoked(Request& request) {
  request.invoked = tick();
  request.asked = request.flags;
  CutOrigin* image = request.cut == nullptr ? nullptr : &request.cut->at(request.origin);
  Origin& origin = *origins_[request.origin];
  if (image == nullptr || request.cut->release_invoked == kNotYet) size_seen(request.origin);
  if (image != nullptr) ++image->open;
  if (request.operation == Operation::read) {
    stamps_.spoil(request.segments);
    (image == nullptr ? origin.reads : image->image.reads).add(request);
    return;
  }
  if (!changes_data(request.operation)) return;

  // A DISCARD of an origin may leave what was there, and then has no effect to announce; on an
  // image it writes zeroes.
  const bool replaces = request.operation != Operation::discard || image != nullptr ||
                        origin.candidates.evidence() == Evidence::effects;
  request.version = writes_.add(now_, request.statement, replaces);
  if (request.operation != Operation::write) {
    writes_[request.version].content = Content::byte(0);
  } else if (request.fill) {
    writes_[request.version].content = Content::byte(*request.fill);
    stamps_.fill_byte(request.segments, *request.fill);
  } else {
    const std::uint32_t cut = request.cut == nullptr ? 0 : request.cut->number();
    stamps_.fill(request.segments, stamp_device(request.origin, cut), request.range.first,
                 request.version);
  }

  const BlockNumber end = origin.unit.end(request.range);
  for (BlockNumber number = origin.unit.first(request.range); number < end; ++number) {
    if (image != nullptr) {
      RegisterBlock& block = image->image.blocks.touch(number);
      image->image.tidy(block);
      image->image.candidates.add(block.candidates, request.version, now_);
    } else if (origin.candidates.evidence() == Evidence::intervals) {
      origin_add(request.origin, number, request.version, now_);
    }
  }
}

void GoldenCopy::took_effect(Request& request, SectorRange blocks) {
  tick();
  const BlockUnit unit = origins_[request.origin]->unit;
  const BlockNumber end = unit.end(blocks);
  for (BlockNumber number = unit.first(blocks); number < end; ++number)
    origin_add(request.origin, number, request.version, now_);
  if (!keeps_durable_) return;
  DurableBlocks& durable = origins_[request.origin]->durable;
  if (request.asked.preflush) durable.flushed(request.invoked, writes_);
  for (BlockNumber number = unit.first(blocks); number < end; ++number)
    durable.took_effect(number, request.version);
}

void GoldenCopy::answered(Request& request, Errc outcome, WrongBlockSink& sink) {
  tick();
  Origin& origin = *origins_[request.origin];
  CutOrigin* image = request.cut == nullptr ? nullptr : &request.cut->at(request.origin);
  if (request.operation == Operation::read) {
    (image == nullptr ? origin.reads : image->image.reads).remove(request);
    if (outcome == Errc::none) {
      if (image == nullptr)
        origin_read_answered(request, sink);
      else
        image_read_answered(request, sink);
    }
  } else if (changes_data(request.operation)) {
    Write& write = writes_[request.version];
    write.answered = now_;
    write.state = outcome == Errc::none ? WriteState::succeeded : WriteState::failed;
    if (image != nullptr)
      image_write_answered(request, outcome);
    else if (origin.candidates.evidence() == Evidence::intervals)
      origin_write_answered(request, outcome);
  }
  if (image == nullptr) {
    if (keeps_durable_ && outcome == Errc::none) promised(request);
    return;
  }
  --image->open;
  if (request.invoked < request.cut->release_invoked && request.cut->release_invoked != kNotYet)
    --image->open_before_release;
  forget(*request.cut);
}

// Origins --------------------------------------------------------------------------------------

void GoldenCopy::save_for_cuts(OriginIndex index, BlockNumber number, RegisterBlock& block) {
  Origin& origin = *origins_[index];
  if (block.saved_through >= origin.newest_cut) return;
  for (Cut* cut : origin.cuts)
    if (cut->number() > block.saved_through) cut->save(index, number, block.candidates);
  block.saved_through = origin.newest_cut;
}

void GoldenCopy::origin_add(OriginIndex index, BlockNumber number, Version version, Moment now) {
  Origin& origin = *origins_[index];
  RegisterBlock& block = origin.blocks.touch(number);
  save_for_cuts(index, number, block);
  if (origin.candidates.evidence() == Evidence::effects && origin.reads.oldest() == kNotYet) {
    block.candidates.assign({version, now});  // what it replaces, nobody can still be reading
  } else {
    origin.tidy(block);
    origin.candidates.add(block.candidates, version, now);
  }
  if (origin.open_takes == 0) return;
  for (Cut* cut : origin.cuts)
    if (cut->open()) cut->at(index).frozen.find(number)->candidates.add({version, now});
}

void GoldenCopy::origin_write_answered(Request& request, Errc outcome) {
  Origin& origin = *origins_[request.origin];
  const bool replaced = outcome == Errc::none && writes_[request.version].replaces;
  if (!replaced && outcome != Errc::again) return;
  const BlockNumber end = origin.unit.end(request.range);
  for (BlockNumber number = origin.unit.first(request.range); number < end; ++number) {
    RegisterBlock& block = *origin.blocks.find(number);
    if (replaced) {
      save_for_cuts(request.origin, number, block);
      origin.candidates.succeeded(block.candidates, request.version, now_);
      continue;
    }
    Candidates::withdraw(block.candidates, request.version);
    for (Cut* cut : origin.cuts)
      if (FrozenBlock* frozen = cut->at(request.origin).frozen.find(number))
        Candidates::withdraw(frozen->candidates, request.version);
  }
}

void GoldenCopy::origin_read_answered(Request& request, WrongBlockSink& sink) {
  Origin& origin = *origins_[request.origin];
  for_each_block_read(
      request, origin.unit, stamps_, [&](BlockNumber number, Content seen, SectorCursor at) {
        RegisterBlock* block = origin.blocks.find(number);
        const bool allowed =
            block == nullptr ? seen == Content::byte(0)
                             : origin.candidates.allows(block->candidates, seen, request.invoked);
        if (!allowed) {
          sink.wrong(request, {Rule::S1, number, first_sector(at), seen.is_garbage()});
        } else if (block != nullptr &&
                   origin.candidates.narrows(block->candidates, seen, request.invoked)) {
          observed(request.origin, number, *block, seen, request.invoked);
        }
      });
}

void GoldenCopy::resized(OriginIndex index, SectorCount capacity) {
  tick();
  Origin& origin = *origins_[index];
  const BlockNumber end = capacity.value / origin.unit.sectors;
  if (end < origin.end) {
    origin.lost_unseen_from = std::min(origin.lost_unseen_from, end);
  } else if (end > origin.end) {
    for (Cut* cut : origin.cuts) {
      BlockNumber& lost_from = cut->at(index).lost_from;
      lost_from = std::min(lost_from, origin.lost_unseen_from);
    }
    // Nobody can see it any more.
    origin.lost_unseen_from = CutOrigin::kNothingLost;
    origin.lost_unseen.clear();
  }
  std::vector<BlockNumber> lost;
  origin.blocks.for_each([&](BlockNumber number, RegisterBlock&) {
    if (number >= end && number < origin.end) lost.push_back(number);
  });
  origin.end = end;
  origin.resized = now_;
  if (lost.empty()) return;
  const Version zeroes = writes_.add(now_, Write::kNoStatement, true);
  Write& write = writes_[zeroes];
  write.content = Content::byte(0);
  write.answered = now_;
  write.state = WriteState::succeeded;
  write.unseen = true;
  origin.lost_unseen.push_back(zeroes);
  for (const BlockNumber number : lost) {
    origin_add(index, number, zeroes, now_);
    if (keeps_durable_) origin.durable.settle(number, zeroes);
  }
}

/// The engine sees the size that the origin has now.
void GoldenCopy::size_seen(OriginIndex index) {
  Origin& origin = *origins_[index];
  origin.lost_unseen_from = CutOrigin::kNothingLost;
  for (const Version version : origin.lost_unseen) writes_[version].unseen = false;
  origin.lost_unseen.clear();
}

// Images ---------------------------------------------------------------------------------------

void GoldenCopy::image_write_answered(Request& request, Errc outcome) {
  Register& image = request.cut->at(request.origin).image;
  const BlockUnit unit = origins_[request.origin]->unit;
  const BlockNumber end = unit.end(request.range);
  for (BlockNumber number = unit.first(request.range); number < end; ++number) {
    RegisterBlock* block = image.blocks.find(number);
    if (block == nullptr) continue;
    if (outcome == Errc::none)
      image.candidates.succeeded(block->candidates, request.version, now_);
    else if (outcome == Errc::again)
      Candidates::withdraw(block->candidates, request.version);
  }
}

void GoldenCopy::image_read_answered(Request& request, WrongBlockSink& sink) {
  const bool doubts = sink.doubts(request);
  for_each_block_read(request, origins_[request.origin]->unit, stamps_,
                      [&](BlockNumber number, Content seen, SectorCursor at) {
                        if (doubts && sink.doubts(request, number)) return;
                        if (auto wrong = image_block_read(request, number, seen)) {
                          wrong->data = first_sector(at);
                          sink.wrong(request, *wrong);
                        }
                      });
}

std::optional<WrongBlock> GoldenCopy::image_block_read(Request& request, BlockNumber number,
                                                       Content seen) {
  Cut& cut = *request.cut;
  CutOrigin& origin = cut.at(request.origin);
  RegisterBlock* written = origin.image.blocks.find(number);
  if (written == nullptr && is_settled(cut, request.origin, number, seen)) return std::nullopt;
  bool may_be_cut = written == nullptr;
  bool may_be_write = false;
  if (written != nullptr) {
    for (const Candidate& candidate : written->candidates) {
      if (candidate.dropped <= request.invoked) continue;
      if (candidate.version == kInitial)
        may_be_cut = true;
      else
        may_be_write |= origin.image.candidates.content(candidate) == seen;
    }
  }
  // What the origin has lost, no engine can give back: it may read zeroes, whatever was seen
  // before.
  const bool lost = number >= origin.lost_from && seen == Content::byte(0);
  may_be_cut = may_be_cut && (lost || cut_allows(cut, request.origin, number, seen));
  if (!may_be_cut && !may_be_write) {
    const FrozenBlock* frozen = origin.frozen.find(number);
    const Rule rule = seen.is_garbage()                     ? Rule::S5
                      : written != nullptr                  ? Rule::S4
                      : frozen != nullptr && frozen->pinned ? Rule::S3
                                                            : Rule::S2;
    return WrongBlock{rule, number, nullptr, seen.is_garbage()};
  }
  if (written != nullptr)
    origin.image.candidates.drop_unless(
        written->candidates, request.invoked, now_, [&](const Candidate& candidate) {
          return candidate.version == kInitial ? may_be_cut
                                               : origin.image.candidates.content(candidate) == seen;
        });
  if (may_be_cut && !lost && !may_be_write && !pin(cut, request.origin, number, seen))
    return WrongBlock{Rule::S2, number, nullptr, false, true};
  return std::nullopt;
}

/// The short way: the cut holds one content, and that was read.
bool GoldenCopy::is_settled(Cut& cut, OriginIndex index, BlockNumber number, Content seen) {
  const Origin& origin = *origins_[index];
  FrozenBlock* frozen = cut.at(index).frozen.find(number);
  if (frozen != nullptr) {
    if (frozen->candidates.size() != 1 ||
        origin.candidates.content(*frozen->candidates.begin()) != seen)
      return false;
    frozen->pinned = true;
    return true;
  }
  const RegisterBlock* block = origins_[index]->blocks.find(number);
  if (block == nullptr) return seen == Content::byte(0);
  return block->candidates.size() == 1 &&
         origin.candidates.content(*block->candidates.begin()) == seen;
}

bool GoldenCopy::cut_allows(const Cut& cut, OriginIndex index, BlockNumber number, Content seen) {
  const Candidates& rules = origins_[index]->candidates;
  if (const FrozenBlock* frozen = const_cast<Cut&>(cut).at(index).frozen.find(number))
    return holds(frozen->candidates, rules, seen);
  const RegisterBlock* block = origins_[index]->blocks.find(number);
  return block == nullptr ? seen == Content::byte(0) : holds(block->candidates, rules, seen);
}

bool GoldenCopy::pin(Cut& cut, OriginIndex index, BlockNumber number, Content seen) {
  Origin& origin = *origins_[index];
  FrozenBlock* frozen = cut.at(index).frozen.find(number);
  if (frozen == nullptr) {
    RegisterBlock* block = origin.blocks.find(number);
    if (block == nullptr) return true;
    if (origin.candidates.evidence() == Evidence::effects &&
        origin.candidates.narrows(block->candidates, seen, cut.take_invoked))
      observed(index, number, *block, seen, cut.take_invoked);
    Candidates::purge(block->candidates, origin.reads.oldest());
    if (block->candidates.size() == 1) return true;
    save_for_cuts(index, number, *block);
    frozen = cut.at(index).frozen.find(number);
    if (frozen == nullptr) return true;
  }
  if (frozen->pinned) return true;
  const bool fits = cut.pin(index, number, *frozen, origin.candidates, seen);
  RegisterBlock* block = origin.blocks.find(number);
  if (block != nullptr && origin.candidates.narrows(block->candidates, seen, cut.take_invoked))
    observed(index, number, *block, seen, cut.take_invoked);
  return fits;
}

// Snapshots ------------------------------------------------------------------------------------

Cut& GoldenCopy::take_invoked(std::uint64_t origins) {
  tick();
  if (cut_count_ == cuts_.size()) cuts_.push_back(std::make_unique<Cut>());
  Cut& cut = *cuts_[cut_count_++];
  cut.begin(writes_, cut_count_, origins, origin_count_, now_);
  for (OriginIndex i = 0; i < origin_count_; ++i) {
    if (!cut.holds(i)) continue;
    origins_[i]->cuts.push_back(&cut);
    origins_[i]->newest_cut = cut.number();
    ++origins_[i]->open_takes;
  }
  return cut;
}

void GoldenCopy::take_answered(Cut& cut, bool succeeded) {
  cut.take_answered = tick();
  cut.state = succeeded ? Cut::State::live : Cut::State::failed;
  for (OriginIndex i = 0; i < origin_count_; ++i) {
    if (!cut.holds(i)) continue;
    --origins_[i]->open_takes;
    if (succeeded && cut.take_invoked > origins_[i]->resized) size_seen(i);
  }
  if (!succeeded) {
    cut.release_invoked = cut.release_answered = now_;
    forget(cut);
  }
}

void GoldenCopy::release_invoked(Cut& cut) {
  cut.release_invoked = tick();
  cut.state = Cut::State::releasing;
  for (OriginIndex i = 0; i < origin_count_; ++i)
    if (cut.holds(i)) cut.at(i).open_before_release = cut.at(i).open;
}

void GoldenCopy::release_answered(Cut& cut) {
  cut.release_answered = tick();
  cut.state = Cut::State::released;
  forget(cut);
}

void GoldenCopy::forget(Cut& cut) {
  if (cut.release_answered == kNotYet) return;
  for (OriginIndex i = 0; i < origin_count_; ++i) {
    if (!cut.holds(i)) continue;
    std::erase(origins_[i]->cuts, &cut);
    if (cut.at(i).open != 0) return;
  }
  cut.forget_frozen();
}

std::vector<Content> GoldenCopy::allowed(const Request& request, BlockNumber number) {
  std::vector<Content> contents;
  const auto add = [&](Content content) {
    if (std::find(contents.begin(), contents.end(), content) == contents.end())
      contents.push_back(content);
  };
  Origin& origin = *origins_[request.origin];
  RegisterBlock* block = origin.blocks.find(number);
  if (request.cut == nullptr) {
    if (block == nullptr) return {Content::byte(0)};
    for (const Candidate& candidate : block->candidates)
      if (candidate.dropped > request.invoked) add(origin.candidates.content(candidate));
    return contents;
  }
  CutOrigin& image = request.cut->at(request.origin);
  bool may_be_cut = true;
  if (RegisterBlock* written = image.image.blocks.find(number)) {
    may_be_cut = false;
    for (const Candidate& candidate : written->candidates) {
      if (candidate.dropped <= request.invoked) continue;
      if (candidate.version == kInitial)
        may_be_cut = true;
      else
        add(image.image.candidates.content(candidate));
    }
  }
  if (!may_be_cut) return contents;
  if (number >= image.lost_from) add(Content::byte(0));
  if (const FrozenBlock* frozen = image.frozen.find(number)) {
    for (const Candidate& candidate : frozen->candidates) add(origin.candidates.content(candidate));
  } else if (block == nullptr) {
    add(Content::byte(0));
  } else {
    for (const Candidate& candidate : block->candidates)
      if (candidate.live()) add(origin.candidates.content(candidate));
  }
  return contents;
}

}  // namespace cowbell::model
