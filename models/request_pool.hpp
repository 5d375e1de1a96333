// SPDX-License-Identifier: Apache-2.0
// The requests of all clients and their memory, kept for reuse from run to run.
#pragma once

#include <array>
#include <memory>
#include <span>
#include <vector>

#include "models/judge.hpp"

namespace cowbell::model {

class Play;
struct Client;

struct ClientRequest : Request {
  Play* play = nullptr;
  Client* client = nullptr;  ///< null for a read of the final check
  std::uint32_t phase = 0;
  bool background = false;
  std::vector<Segment> segment_list;
  std::byte* memory = nullptr;
  std::size_t memory_size = 0;
};

class RequestPool final : public RequestRegistry {
 public:
  RequestPool() = default;
  ~RequestPool() override;
  RequestPool(const RequestPool&) = delete;
  RequestPool& operator=(const RequestPool&) = delete;

  /// With everything as it was made, and memory of `size` bytes in `segments` pieces of unlike
  /// sizes; none for 0. Contents are whatever was left there.
  ClientRequest& take(std::size_t size, std::uint32_t segments);
  void give_back(ClientRequest& request);

  Request* find(const Bio& bio) override;
  const Request* oldest_of_an_origin() const override;

  /// `visit` gets each request that has been invoked and not answered, in no order that matters.
  template <class Visit>
  void for_each_open(Visit visit) const {
    for (const Slab& slab : slabs_)
      for (const Request& request : std::span(slab.requests.get(), slab.size))
        if (request.open) visit(request);
  }

 private:
  static constexpr unsigned kClasses = 64;
  struct Slab {
    std::unique_ptr<ClientRequest[]> requests;
    std::size_t size;
  };

  std::vector<Slab> slabs_;
  std::vector<ClientRequest*> free_;
  std::array<std::vector<std::byte*>, kClasses> free_memory_;  // by log2 of the size
};

}  // namespace cowbell::model
