// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>

#include "tests/models/golden_copy_model.hpp"

namespace cowbell::model::testing {
namespace {

/// Choices from a seed: RapidCheck picks the seed.
class Choices {
 public:
  explicit Choices(std::uint64_t seed) : state_(seed) {}
  std::uint64_t below(std::uint64_t bound) {
    state_ += 0x9e37'79b9'7f4a'7c15;
    std::uint64_t x = state_;
    x = (x ^ (x >> 30)) * 0xbf58'476d'1ce4'e5b9;
    x = (x ^ (x >> 27)) * 0x94d0'49bb'1331'11eb;
    return (x ^ (x >> 31)) % bound;
  }
  bool one_in(std::uint64_t n) { return below(n) == 0; }

 private:
  std::uint64_t state_;
};

constexpr OriginIndex kOrigins = 2;
constexpr std::uint64_t kAllOrigins = 3;
constexpr BlockNumber kBlocks = 2;
constexpr std::size_t kTakes = 3;

/// Random requests to a few blocks and their images, each with a true moment of effect, played to
/// the golden copy and to the definition alike.
class Rehearsal : private WrongBlockSink {
 public:
  Rehearsal(std::uint64_t seed, Evidence evidence, std::uint64_t one_lie_in)
      : choices_(seed), evidence_(evidence), one_lie_in_(one_lie_in), history_(evidence) {
    const std::array<OriginSpec, kOrigins> specs{{{.name = "A", .size = {kBlocks}, .line = {}},
                                                  {.name = "B", .size = {kBlocks}, .line = {}}}};
    golden_.begin(specs, evidence, Stamps(seed, true));
    for (auto& blocks : medium_) blocks.fill(Content::byte(0));
  }

  /// Until something was wrong or `steps` have passed.
  void play(std::size_t steps) {
    for (std::size_t i = 0; i < steps && !ended_; ++i) step();
  }

  bool found_wrong() const { return ended_; }

 private:
  struct Open {
    std::unique_ptr<Request> request = std::make_unique<Request>();
    std::array<std::byte, kSectorSize> memory;
    Segment segment;
    std::size_t plain = 0;
    bool took_effect = false;
    bool lost = false;  ///< the device shrank away under it
  };
  struct Image {
    Cut* cut = nullptr;
    bool live = false;
    std::array<std::array<Content, kBlocks>, kOrigins> medium{
        {{Content::byte(0), Content::byte(0)}, {Content::byte(0), Content::byte(0)}}};
    std::array<std::array<bool, kBlocks>, kOrigins> written{};
    bool cut_made = false;
  };

  void wrong(const Request&, const WrongBlock&) override { golden_says_wrong_ = true; }
  bool doubts(const Request&) const override { return false; }
  bool doubts(const Request&, BlockNumber) override { return false; }

  void step() {
    if (evidence_ == Evidence::effects && choices_.one_in(16)) return shrink_and_grow();
    switch (choices_.below(8)) {
      case 0:
      case 1:
      case 2:
        return begin_request();
      case 3:
      case 4:
        return open_.empty() ? void() : take_effect(pick());
      case 5:
      case 6:
        return open_.empty() ? void() : answer(choices_.below(open_.size()));
      case 7:
        return advance_take();
    }
  }

  Open& pick() { return *open_[choices_.below(open_.size())]; }

  Content& medium(const Request& request) {
    if (request.cut == nullptr) return medium_[request.origin][request.range.first.value];
    return image_of(request).medium[request.origin][request.range.first.value];
  }
  Image& image_of(const Request& request) {
    for (Image& image : images_)
      if (image.cut == request.cut) return image;
    std::abort();
  }

  void begin_request() {
    if (open_.size() >= 4) return;
    auto open = std::make_unique<Open>();
    Request& request = *open->request;
    PlainRequest plain;
    request.origin = plain.origin = static_cast<OriginIndex>(choices_.below(kOrigins));
    plain.block = choices_.below(kBlocks);
    request.range = {{plain.block}, {1}};
    const std::size_t target = choices_.below(2 * kTakes);
    if (target < images_.size() && images_[target].live) {
      request.cut = images_[target].cut;
      plain.take = target;
    }
    open->segment = {open->memory.data(), open->memory.size()};
    switch (choices_.below(8)) {
      case 0:
        request.operation = Operation::write_zeroes;
        break;
      case 1:
        request.operation = Operation::discard;
        break;
      case 2:
      case 3:
        request.operation = Operation::write;
        break;
      default:
        request.operation = Operation::read;
        break;
    }
    if (carries_data(request.operation)) request.segments = {&open->segment, 1};
    // Few values, so that unlike writes have like contents.
    if (request.operation == Operation::write && choices_.one_in(3))
      request.fill = static_cast<std::uint8_t>(choices_.below(2));
    golden_.invoked(request);
    plain.is_write = changes_data(request.operation);
    plain.replaces = request.operation != Operation::discard || request.cut != nullptr ||
                     evidence_ == Evidence::effects;
    plain.invoked = request.invoked;
    if (plain.is_write) plain.content = golden_.writes()[request.version].content;
    open->plain = history_.requests.size();
    history_.requests.push_back(plain);
    open_.push_back(std::move(open));
  }

  /// Some blocks of an origin are lost, and zeroes stand in their place. An image may have lost
  /// them too, unless a request came in between.
  void shrink_and_grow() {
    const auto origin = static_cast<OriginIndex>(choices_.below(kOrigins));
    const BlockNumber from = choices_.below(kBlocks + 1);
    golden_.resized(origin, {from});
    const Moment at = golden_.now();
    const bool seen = choices_.one_in(2);
    if (seen) flush(origin);
    golden_.resized(origin, {kBlocks});
    if (!seen) history_.losses.push_back({origin, from, at});
    for (const auto& open : open_)
      open->lost |= open->request->cut == nullptr && open->request->origin == origin &&
                    open->request->range.first.value >= from;
    for (BlockNumber block = from; block < kBlocks; ++block) {
      medium_[origin][block] = Content::byte(0);
      history_.requests.push_back({.origin = origin,
                                   .take = {},
                                   .block = block,
                                   .is_write = true,
                                   .invoked = at,
                                   .effect = at,
                                   .answered = at,
                                   .succeeded = true});
      // An image that had not preserved it yet has lost it too.
      for (Image& image : images_)
        if (!seen && image.cut_made && !image.written[origin][block] && choices_.one_in(2))
          image.medium[origin][block] = Content::byte(0);
    }
  }

  void flush(OriginIndex origin) {
    Request request;
    request.operation = Operation::flush;
    request.origin = origin;
    golden_.invoked(request);
    golden_.answered(request, Errc::none, *this);
  }

  void take_effect(Open& open) {
    if (open.took_effect || open.lost) return;
    Request& request = *open.request;
    PlainRequest& plain = history_.requests[open.plain];
    open.took_effect = true;
    if (!plain.is_write) {
      plain.content = medium(request);  // the moment at which it is sampled
      return;
    }
    if (request.operation == Operation::discard && request.cut == nullptr && choices_.one_in(2))
      return;  // the device keeps what was there
    medium(request) = plain.content;
    if (request.cut != nullptr)
      image_of(request).written[request.origin][request.range.first.value] = true;
    if (request.cut == nullptr && evidence_ == Evidence::effects) {
      golden_.took_effect(request, request.range);
      plain.effect = golden_.now();
    }
  }

  void answer(std::size_t index) {
    Open& open = *open_[index];
    Request& request = *open.request;
    PlainRequest& plain = history_.requests[open.plain];
    Errc outcome = Errc::none;
    if (open.lost || choices_.one_in(8)) outcome = Errc::io;
    if (!open.lost && !open.took_effect && choices_.one_in(8)) outcome = Errc::again;
    if (outcome == Errc::none && !open.took_effect) take_effect(open);
    if (plain.is_write)
      golden_says_wrong_ = false;
    else if (outcome == Errc::none)
      present(request, plain);
    golden_.answered(request, outcome, *this);
    plain.withdrawn = plain.is_write && outcome == Errc::again;
    const bool is_read = !plain.is_write;
    if (is_read && outcome == Errc::none) judge(plain);
    plain.answered = golden_.now();
    plain.succeeded = outcome == Errc::none;
    open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(index));
  }

  /// Puts what the read returns into its memory: what it sampled, or now and then a lie.
  void present(Request& request, PlainRequest& plain) {
    if (one_lie_in_ != 0 && choices_.one_in(one_lie_in_)) {
      const auto lie = static_cast<Version>(choices_.below(golden_.writes().end()));
      plain.content = golden_.writes()[lie].content;
    }
    if (plain.content.is_stamp())
      golden_.stamps().fill(request.segments, 0, request.range.first, plain.content.version());
    else
      golden_.stamps().fill_byte(request.segments, plain.content.value());
    golden_says_wrong_ = false;
  }

  /// The golden copy and the definition must agree.
  void judge(PlainRequest& read) {
    if (!read.take) {
      const bool wrong = !history_.origin_allows(read, read.content);
      RC_ASSERT(golden_says_wrong_ == wrong);
      ended_ = wrong;
      return;
    }
    const PlainHistory::ImageVerdict verdict =
        history_.image_verdict(read, read.content, golden_.now());
    RC_ASSERT(golden_says_wrong_ == verdict.wrong());
    ended_ = verdict.wrong();
    read.could_be_cut = verdict.could_be_cut;
    const auto pinned = [&](const PlainPin& pin) {
      return pin.take == *read.take && pin.origin == read.origin && pin.block == read.block;
    };
    if (verdict.pins && std::none_of(history_.pins.begin(), history_.pins.end(), pinned))
      history_.pins.push_back({*read.take, read.origin, read.block, read.content, golden_.now()});
  }

  /// A take is invoked, the cut is made at one instant, and it is answered; later it is released.
  void advance_take() {
    if (!images_.empty() && !images_.back().live && images_.back().cut->open()) {
      Image& image = images_.back();
      if (!image.cut_made) {
        image.medium = medium_;
        image.cut_made = true;
        if (choices_.one_in(2)) return;
      }
      golden_.take_answered(*image.cut, true);
      history_.takes.back().answered = golden_.now();
      image.live = true;
      return;
    }
    if (images_.size() == kTakes) return;
    Image image;
    image.cut = &golden_.take_invoked(kAllOrigins);
    history_.takes.push_back({golden_.now(), kNotYet});
    images_.push_back(image);
  }

  Choices choices_;
  Evidence evidence_;
  std::uint64_t one_lie_in_;
  PlainHistory history_;
  std::array<std::array<Content, kBlocks>, kOrigins> medium_{
      {{Content::byte(0), Content::byte(0)}, {Content::byte(0), Content::byte(0)}}};
  std::vector<Image> images_;
  std::vector<std::unique_ptr<Open>> open_;
  GoldenCopy golden_;  // ends before the requests that are linked into it
  bool golden_says_wrong_ = false;
  bool ended_ = false;
};

constexpr std::size_t kSteps = 200;

// Method: requests with true moments of effect are legal by construction; nothing may be wrong.
RC_GTEST_PROP(GoldenCopy, FindsNothingInALegalHistoryByIntervals, (std::uint64_t seed)) {
  Rehearsal rehearsal(seed, Evidence::intervals, 0);
  rehearsal.play(kSteps);
  RC_ASSERT(!rehearsal.found_wrong());
}

RC_GTEST_PROP(GoldenCopy, FindsNothingInALegalHistoryByEffects, (std::uint64_t seed)) {
  Rehearsal rehearsal(seed, Evidence::effects, 0);
  rehearsal.play(kSteps);
  RC_ASSERT(!rehearsal.found_wrong());
}

// Method: some reads return the content of any write; the sets kept incrementally must say of each
// read what the definition says over the whole history.
RC_GTEST_PROP(GoldenCopy, AgreesWithTheDefinitionByIntervals, (std::uint64_t seed)) {
  Rehearsal rehearsal(seed, Evidence::intervals, 6);
  rehearsal.play(kSteps);
  RC_CLASSIFY(rehearsal.found_wrong(), "something wrong");
}

RC_GTEST_PROP(GoldenCopy, AgreesWithTheDefinitionByEffects, (std::uint64_t seed)) {
  Rehearsal rehearsal(seed, Evidence::effects, 6);
  rehearsal.play(kSteps);
  RC_CLASSIFY(rehearsal.found_wrong(), "something wrong");
}

}  // namespace
}  // namespace cowbell::model::testing
