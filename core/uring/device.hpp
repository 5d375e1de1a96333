// SPDX-License-Identifier: Apache-2.0
// A block device of the real world: a block device or a regular file of the kernel, by io_uring.
#pragma once

#include <boost/intrusive/list.hpp>
#include <deque>
#include <memory>
#include <string>

#include "core/block_device.hpp"
#include "core/uring/device_request.hpp"
#include "core/uring/reactor.hpp"
#include "core/uring/target.hpp"

namespace cowbell::uring {

/// What it does with the requests, besides what `BlockDevice` says:
/// - A short transfer is continued where it stopped. One that comes to nothing (past the end of a
///   file that became shorter) is answered as short: status `none`, `transferred` below the length.
/// - FUA is RWF_DSYNC, or for zeroes a flush after them; PREFLUSH is a flush before anything else,
///   and a failure of it fails the request; FLUSH is `fdatasync`.
/// - WRITE_ZEROES is `fallocate(ZERO_RANGE)`, or written zeroes where that is not supported.
/// - DISCARD is `fallocate(PUNCH_HOLE)`, after which the range reads as zeroes; where that is not
///   supported nothing is done, and the old bytes stay. Both are answers that a discard may have.
/// - NOWAIT is RWF_NOWAIT where the target knows it, and otherwise not looked at; EAGAIN is
/// answered
///   only if nothing has been transferred.
/// - Memory that O_DIRECT would refuse (starts within its alignment, or segments that are not whole
///   logical blocks) goes through an aligned buffer of the device; ENOMEM if there is none.
class Device final : public BlockDevice {
 public:
  /// `reactor` is borrowed and outlives the device.
  static Opened<std::unique_ptr<Device>> open(Reactor& reactor, const std::string& path,
                                              const TargetOptions& options = {});

  Device(Reactor& reactor, Target target) : reactor_(reactor), target_(std::move(target)) {}

  /// No request is on its way.
  ~Device() override;

  /// As of the opening, or the last call of `set_capacity`.
  Geometry geometry() const override { return target_.geometry; }

  void submit(Bio& bio) override;

  /// For a file that has been made longer.
  void set_capacity(SectorCount capacity) { target_.geometry.capacity = capacity; }

  Reactor& reactor() { return reactor_; }
  const Target& target() const { return target_; }
  int descriptor() const { return target_.descriptor.get(); }

 private:
  friend class DeviceRequest;
  /// What the target turned out not to know; found at the first request that asks for it.
  struct Lacks {
    bool zero_range = false;
    bool nowait = false;
  };

  DeviceRequest* take_request();
  void give_back(DeviceRequest& request);

  Reactor& reactor_;
  Target target_;
  Lacks lacks_;
  std::deque<DeviceRequest> requests_;  ///< as many as ever were on their way at once
  boost::intrusive::list<DeviceRequest> idle_;
  std::size_t busy_ = 0;
};

}  // namespace cowbell::uring
