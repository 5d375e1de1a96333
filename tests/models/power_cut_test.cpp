// SPDX-License-Identifier: Apache-2.0
// Power cuts as the runner plays them.
#include <gtest/gtest.h>

#include "models/engine_subject.hpp"
#include "tests/models/simulated.hpp"

namespace cowbell::model::testing {
namespace {

// Method: two clients cut the power at once, a third goes on behind a barrier.
TEST(PowerCut, ClientsGoOnOneAfterTheOther) {
  EXPECT_EQ(outcome(R"(
    origin A 64K
    write A 0 64K fua
    barrier
    1: power_cut
    1: write A 0 4K = 0x11
    2: power_cut
    2: write A 4K 4K = 0x12
    3: background take s ?
    3: power_cut
    3: wait
    barrier
    read A 0 64K
    take s
    read A@s 0 64K
  )"),
            "held");
}

// Method: memory is refused from some allocation on, first while an engine runs, then for the one
// that starts after the power cut. The program ends there, and everything is still read back.
TEST(PowerCut, AnEngineThatFindsNoMemoryIsStartedWhenTheWorldIsHealed) {
  for (int nth = 1; nth < 60; ++nth)
    EXPECT_EQ(outcome("origin A 64K\norigin B 64K\nfault memory nth " + std::to_string(nth) +
                      " sticky\nwrite A 0 4K fua\ntake s ?\nwrite A 0 8K\npower_cut\n"
                      "take s ?\nwrite A 0 4K = 0x11\nread A 0 4K = 0x11"),
              "held")
        << nth;
}

/// An origin that forgets, after a power cut, what it has shown.
class ChangesItsMind final : public EngineSubject {
 public:
  using EngineSubject::EngineSubject;
  BlockDevice& origin(OriginIndex origin) override {
    device_.honest = &EngineSubject::origin(origin);
    return device_;
  }
  void stop() override {
    EngineSubject::stop();
    device_.lies = true;
  }

 private:
  /// From the first power cut on, every second read of the first sector is all zeroes.
  class Device final : public BlockDevice {
   public:
    Geometry geometry() const override { return honest->geometry(); }
    void submit(Bio& bio) override {
      if (lies && bio.operation == Operation::read && ++reads_ % 2 == 0)
        (void)bio.push({&Device::answered, this});
      honest->submit(bio);
    }
    BlockDevice* honest = nullptr;
    bool lies = false;

   private:
    static void answered(Bio& bio, void*) noexcept {
      fill_zero(bio.segments, 0, kSectorSize);
      bio.complete();
    }
    int reads_ = 0;
  };
  Device device_;
};

// Method: the block may be zeroes or the write after the power cut, but not first the one and then
// the other.
TEST(PowerCut, ADeviceThatChangesItsMindIsCaught) {
  constexpr std::string_view kProgram = R"(
    origin A 4K
    schedule recorded -
    write A 0 512
    power_cut
    read A 0 512
    read A 0 512
  )";
  EXPECT_EQ(outcome(kProgram), "held");
  EXPECT_EQ(outcome(kProgram,
                    [](const Environment& environment, const Params& params) {
                      return std::make_unique<ChangesItsMind>(environment, params);
                    }),
            "S1");
}

/// Keeps a byte of the engine's memory over its end.
class LeaksWhenItStops final : public EngineSubject {
 public:
  LeaksWhenItStops(const Environment& environment, const Params& params)
      : EngineSubject(environment, params), memory_(environment.memory) {}
  ~LeaksWhenItStops() override {
    if (leaked_ != nullptr) memory_.deallocate(leaked_, 1);
  }
  void stop() override {
    EngineSubject::stop();
    if (leaked_ == nullptr) leaked_ = memory_.allocate(1);
  }

 private:
  std::pmr::memory_resource& memory_;
  void* leaked_ = nullptr;
};

// Method: memory that comes back only at the end of the run.
TEST(PowerCut, WhatTheEndedEngineKeepsIsCaught) {
  EXPECT_EQ(outcome("origin A 4K\npower_cut\n",
                    [](const Environment& environment, const Params& params) {
                      return std::make_unique<LeaksWhenItStops>(environment, params);
                    }),
            "S11");
}

}  // namespace
}  // namespace cowbell::model::testing
