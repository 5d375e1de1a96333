// SPDX-License-Identifier: Apache-2.0
#include "models/request_pool.hpp"

#include <gtest/gtest.h>

#include <set>

namespace cowbell::model {
namespace {

// Method: all numbers of segments of a request of 16 sectors; every sector is marked once.
TEST(RequestPool, CutsMemoryIntoSegmentsThatCoverItOnce) {
  RequestPool pool;
  for (std::uint32_t count = 1; count <= 16; ++count) {
    ClientRequest& request = pool.take(16 * kSectorSize, count);
    ASSERT_EQ(request.segments.size(), count);
    std::set<const std::byte*> sectors;
    for (const Segment& segment : request.segments) {
      EXPECT_GT(segment.size, 0u);
      EXPECT_EQ(segment.size % kSectorSize, 0u);
      for (std::size_t at = 0; at < segment.size; at += kSectorSize)
        sectors.insert(segment.data + at);
    }
    EXPECT_EQ(sectors.size(), 16u);
    EXPECT_EQ(*sectors.begin(), request.memory);
    pool.give_back(request);
  }
}

// Method: what follows a segment in memory is not what follows it in the request.
TEST(RequestPool, MakesRunningPastASegmentShow) {
  RequestPool pool;
  ClientRequest& request = pool.take(16 * kSectorSize, 4);
  for (std::size_t i = 0; i + 1 < 4; ++i) {
    EXPECT_NE(request.segments[i].data + request.segments[i].size, request.segments[i + 1].data);
    EXPECT_LT(request.segments[i].size, request.segments[i + 1].size);
  }
  pool.give_back(request);
}

TEST(RequestPool, GivesMemoryFitForDirectIo) {
  RequestPool pool;
  for (const std::size_t size : {512u, 4096u, 65'536u, 69'632u}) {
    ClientRequest& request = pool.take(size, 1);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(request.memory) % 4096, 0u);
    pool.give_back(request);
  }
}

// Method: far more at once than the first slab holds.
TEST(RequestPool, KnowsItsRequestsFromOthers) {
  RequestPool pool;
  std::vector<ClientRequest*> taken;
  for (int i = 0; i < 1000; ++i) taken.push_back(&pool.take(0, 1));
  for (ClientRequest* request : taken) EXPECT_EQ(pool.find(*request), request);
  Bio stranger;
  EXPECT_EQ(pool.find(stranger), nullptr);
  for (ClientRequest* request : taken) pool.give_back(*request);
}

TEST(RequestPool, UsesRequestsAndMemoryAgain) {
  RequestPool pool;
  ClientRequest& first = pool.take(4096, 1);
  std::byte* const memory = first.memory;
  pool.give_back(first);
  ClientRequest& second = pool.take(512, 1);
  EXPECT_EQ(&second, &first);
  EXPECT_EQ(second.memory, memory);
  pool.give_back(second);
}

}  // namespace
}  // namespace cowbell::model
