// SPDX-License-Identifier: Apache-2.0
#include "core/uring/device.hpp"

#include <new>

#include "core/invariant.hpp"

namespace cowbell::uring {

Opened<std::unique_ptr<Device>> Device::open(Reactor& reactor, const std::string& path,
                                             const TargetOptions& options) {
  Opened<Target> target = open_target(path, options);
  if (!target) return std::unexpected(target.error());
  return std::make_unique<Device>(reactor, std::move(*target));
}

Device::~Device() {
  COWBELL_INVARIANT(S11, busy_ == 0);
  idle_.clear();
}

DeviceRequest* Device::take_request() {
  if (idle_.empty()) {
    try {
      requests_.emplace_back(*this);
    } catch (const std::bad_alloc&) {
      return nullptr;
    }
    idle_.push_back(requests_.back());
  }
  ++busy_;
  // The last one given back is the one still in the cache.
  DeviceRequest& request = idle_.back();
  idle_.pop_back();
  return &request;
}

void Device::give_back(DeviceRequest& request) {
  --busy_;
  idle_.push_back(request);
}

void Device::submit(Bio& bio) {
  bio.status = check_request(bio, target_.geometry);
  bio.transferred = {};
  if (bio.status == Errc::none) {
    if (DeviceRequest* request = take_request()) return request->begin(bio);
    bio.status = Errc::no_memory;
  }
  reactor_.answer(bio);
}

}  // namespace cowbell::uring
