// SPDX-License-Identifier: Apache-2.0
// Every write of a run, numbered: when it was invoked and answered, and what it leaves behind.
//
// Time here is a counter of events, not a clock: no two events share a moment, so "before" and
// "after" are never in doubt.
#pragma once

#include <cstdint>
#include <vector>

#include "core/invariant.hpp"

namespace cowbell::model {

using Moment = std::uint32_t;
/// Later than every event: the moment of what has not happened.
inline constexpr Moment kNotYet = ~Moment{0};

/// The number of a write, from 1 over all devices of a run.
using Version = std::uint32_t;
/// What a block holds before any write: zeroes on an origin, the cut on an image.
inline constexpr Version kInitial = 0;

/// What a logical block holds, as far as two contents can be told apart. Equal contents are one
/// observation, whichever write they came from.
class Content {
 public:
  static constexpr Content stamp(Version version) { return Content(version); }
  static constexpr Content byte(std::uint8_t value) { return Content(kBytes | value); }
  /// Torn, mixed, or never written by this run; equal to the content of no write.
  static constexpr Content garbage() { return Content(kGarbage); }

  constexpr bool is_garbage() const { return key_ == kGarbage; }
  constexpr bool is_stamp() const { return key_ < kBytes; }
  constexpr Version version() const { return key_; }
  constexpr std::uint8_t value() const { return static_cast<std::uint8_t>(key_); }
  constexpr bool operator==(const Content&) const = default;

  static constexpr Version kVersionEnd = 0xffff'0000;

 private:
  static constexpr std::uint32_t kBytes = kVersionEnd;
  static constexpr std::uint32_t kGarbage = kVersionEnd | 0x100;
  constexpr explicit Content(std::uint32_t key) : key_(key) {}
  std::uint32_t key_;
};

enum class WriteState : std::uint8_t { pending, succeeded, failed };

struct Write {
  Moment invoked = 0;
  Moment answered = kNotYet;
  Content content = Content::byte(0);
  /// Into the program of the scenario; kNoStatement for what no statement wrote.
  std::uint32_t statement = kNoStatement;
  WriteState state = WriteState::pending;
  /// False for a DISCARD that may leave what was there, and so replaces nothing.
  bool replaces = true;
  /// What a device lost by another size, and the engine has had no request to see that by.
  bool unseen = false;

  static constexpr std::uint32_t kNoStatement = ~std::uint32_t{0};
};

class Writes {
 public:
  Writes() { clear(); }

  void clear() {
    writes_.clear();
    writes_.push_back({.invoked = 0, .answered = 0, .state = WriteState::succeeded});
  }

  /// Numbers a write. A stamped write's content is its own number: `content` is then left out.
  Version add(Moment invoked, std::uint32_t statement, bool replaces) {
    const Version version = static_cast<Version>(writes_.size());
    COWBELL_INVARIANT(S13, version < Content::kVersionEnd);
    writes_.push_back({.invoked = invoked,
                       .content = Content::stamp(version),
                       .statement = statement,
                       .replaces = replaces});
    return version;
  }

  Write& operator[](Version version) { return writes_[version]; }
  const Write& operator[](Version version) const { return writes_[version]; }
  Version end() const { return static_cast<Version>(writes_.size()); }

 private:
  std::vector<Write> writes_;
};

}  // namespace cowbell::model
