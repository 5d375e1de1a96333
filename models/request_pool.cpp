// SPDX-License-Identifier: Apache-2.0
#include "models/request_pool.hpp"

#include <bit>
#include <functional>
#include <new>

namespace cowbell::model {
namespace {

// What direct I/O may ask for.
constexpr std::align_val_t kAlignment{4096};

unsigned memory_class(std::size_t size) {
  return static_cast<unsigned>(std::bit_width(std::max<std::size_t>(size, 4096) - 1));
}

/// Cuts `memory` into pieces that grow in size, the first piece last in memory, so that whoever
/// goes on past the end of a piece is in the wrong one.
void lay_out(std::byte* memory, std::size_t size, std::uint32_t count,
             std::vector<Segment>& segments) {
  segments.clear();
  const std::uint64_t spare = size / kSectorSize - count;
  const std::uint64_t weights = std::uint64_t{count} * (count + 1) / 2;
  std::uint64_t begin = 0;
  for (std::uint64_t i = 1; i <= count; ++i) {
    const std::uint64_t weight = i * (i + 1) / 2;
    const auto share =
        static_cast<std::uint64_t>(static_cast<unsigned __int128>(spare) * weight / weights);
    const std::uint64_t end = (i + share) * kSectorSize;
    segments.push_back({memory + size - end, static_cast<std::size_t>(end - begin)});
    begin = end;
  }
}

}  // namespace

RequestPool::~RequestPool() {
  for (unsigned i = 0; i < kClasses; ++i)
    for (std::byte* memory : free_memory_[i]) ::operator delete(memory, kAlignment);
}

ClientRequest& RequestPool::take(std::size_t size, std::uint32_t segments) {
  if (free_.empty()) {
    const std::size_t count = slabs_.empty() ? 64 : slabs_.back().size * 2;
    slabs_.push_back({std::make_unique<ClientRequest[]>(count), count});
    free_.reserve(count * 2);
    for (std::size_t i = count; i-- > 0;) free_.push_back(&slabs_.back().requests[i]);
  }
  ClientRequest& request = *free_.back();
  free_.pop_back();
  request.reset();
  request.memory_size = size;
  request.segments = {};
  if (size == 0) return request;
  const unsigned of_class = memory_class(size);
  std::vector<std::byte*>& free_memory = free_memory_[of_class];
  if (free_memory.empty()) {
    request.memory =
        static_cast<std::byte*>(::operator new (std::size_t{1} << of_class, kAlignment));
  } else {
    request.memory = free_memory.back();
    free_memory.pop_back();
  }
  lay_out(request.memory, size, segments, request.segment_list);
  request.segments = request.segment_list;
  return request;
}

void RequestPool::give_back(ClientRequest& request) {
  if (request.memory_size != 0)
    free_memory_[memory_class(request.memory_size)].push_back(request.memory);
  request.memory = nullptr;
  free_.push_back(&request);
}

Request* RequestPool::find(const Bio& bio) {
  const auto address = reinterpret_cast<std::uintptr_t>(&bio);
  for (const Slab& slab : slabs_) {
    const auto begin = reinterpret_cast<std::uintptr_t>(slab.requests.get());
    if (address >= begin && address - begin < slab.size * sizeof(ClientRequest))
      return static_cast<ClientRequest*>(const_cast<Bio*>(&bio));
  }
  return nullptr;
}

const Request* RequestPool::oldest_of_an_origin() const {
  const Request* oldest = nullptr;
  for_each_open([&](const Request& request) {
    if (request.cut == nullptr && (oldest == nullptr || request.began < oldest->began))
      oldest = &request;
  });
  return oldest;
}

}  // namespace cowbell::model
