// SPDX-License-Identifier: Apache-2.0
// Makes a real device ready to be an origin of a scenario: everything is looked at before anything
// is touched, and what is not kept in the end is as it was.
//
//   refused? ──▶ check ──▶ reserve ──▶ open ──▶ erased by the world ──▶ keep
//                                └────────┴── not kept: a new file is removed, an old one gets its
//                                             length back
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "core/uring/device.hpp"
#include "models/scenario.hpp"

namespace cowbell::replay {

/// Where one origin is to be: a block device, a regular file, or a file still to be made. Each step
/// returns why it cannot be, as a sentence that names path and origin; nothing if it can.
class OriginPlace {
 public:
  /// `spec` is borrowed. `destroy`: what is at `path` may be overwritten.
  OriginPlace(const model::OriginSpec& spec, std::string path, bool destroy)
      : spec_(spec), path_(std::move(path)), destroy_(destroy) {}
  ~OriginPlace();
  OriginPlace(const OriginPlace&) = delete;
  OriginPlace& operator=(const OriginPlace&) = delete;

  /// By the look of the path alone: something is there that may not be overwritten, or that is
  /// neither a block device nor a regular file.
  std::optional<std::string> refused() const;

  /// Opens what is there, exclusively. Not if it is in use, too small, its logical blocks are too
  /// large, or without permission.
  std::optional<std::string> check();

  /// Makes the file if there is none, and reserves space for the origin. Not without space or
  /// permission.
  std::optional<std::string> reserve();

  /// After `reserve`, once.
  std::unique_ptr<uring::Device> open(uring::Reactor& reactor);

  /// From now on the place stays as it is.
  void keep() { kept_ = true; }

  const std::string& path() const { return path_; }
  /// The file has been made here, and reads as zeroes.
  bool made() const { return made_; }

 private:
  std::optional<std::string> measure(uring::FileDescriptor descriptor);
  std::optional<std::string> fits(const uring::Target& target) const;
  std::string sentence(const std::string& why) const;

  const model::OriginSpec& spec_;
  std::string path_;
  bool destroy_;
  bool made_ = false;
  bool kept_ = false;
  std::optional<off_t> old_length_;  ///< of a file that was there
  std::optional<uring::Target> target_;
};

}  // namespace cowbell::replay
