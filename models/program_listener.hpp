// SPDX-License-Identifier: Apache-2.0
// Told what the clients of a scenario do, so that a run can be explained.
#pragma once

#include "models/scenario.hpp"

namespace cowbell::model {

/// Something that a client does, or the runner itself at the end of the program.
struct Deed {
  std::uint32_t statement;  ///< into the program; `Write::kNoStatement` for the runner's own
  StatementKind kind;
  /// @name Of the runner's own, which are reads and releases.
  /// @{
  DeviceRef device{};          ///< read
  SectorRange range{};         ///< read
  SnapshotIndex snapshot = 0;  ///< release
  /// @}
};

/// Calls come on the thread of the world. They do not suspend. A statement that has nobody to ask,
/// such as a read of an image that was never taken, begins and ends at once.
class ProgramListener {
 public:
  virtual ~ProgramListener() = default;
  virtual void began(const Deed& deed) = 0;
  /// Once for each that began, if the run comes so far.
  virtual void ended(const Deed& deed, Errc outcome) = 0;
  /// The first rule or expectation that did not hold has just been found, in what the deed came to
  /// whose end is told next, if nothing else is told in between.
  virtual void broke() = 0;
};

}  // namespace cowbell::model
