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

/// Calls come on the thread of the world. They do not suspend. Statements of whom nobody was asked,
/// such as a read of an image that was never taken, are not told.
class ProgramListener {
 public:
  virtual ~ProgramListener() = default;
  virtual void began(const Deed& deed) = 0;
  /// Once for each that began, if the run comes so far. `breached`: a rule is broken by now.
  virtual void ended(const Deed& deed, Errc outcome, bool breached) = 0;
};

}  // namespace cowbell::model
