// SPDX-License-Identifier: Apache-2.0
// A request of a client, with what the judge keeps of it from invocation to answer. Devices pass
// the very bio down, so an effect on the medium leads back to the request.
#pragma once

#include <boost/intrusive/list.hpp>

#include "core/bio.hpp"
#include "core/clock.hpp"
#include "models/scenario.hpp"
#include "models/writes.hpp"

namespace cowbell::model {

class Cut;

/// A read in flight, linked in the order of invocation.
struct OpenRead : boost::intrusive::list_base_hook<boost::intrusive::tag<OpenRead>> {
  Moment invoked = 0;
};

/// The reads in flight on one device.
class OpenReads {
 public:
  void add(OpenRead& read) { reads_.push_back(read); }
  void remove(OpenRead& read) { reads_.erase(reads_.iterator_to(read)); }
  /// The invocation of the oldest; kNotYet if there is none.
  Moment oldest() const { return reads_.empty() ? kNotYet : reads_.front().invoked; }

 private:
  boost::intrusive::list<OpenRead, boost::intrusive::constant_time_size<false>,
                         boost::intrusive::base_hook<
                             boost::intrusive::list_base_hook<boost::intrusive::tag<OpenRead>>>>
      reads_;
};

/// The operation, range, flags and memory are those of the bio.
struct Request : Bio, OpenRead {
  OriginIndex origin = 0;
  /// The cut whose image the request goes to; null for the origin itself.
  Cut* cut = nullptr;
  std::uint32_t statement = Write::kNoStatement;
  /// False for one that no device can take: it must be refused, without effect.
  bool valid = true;
  bool open = false;
  /// Of a request that changes data.
  Version version = kInitial;
  /// The flags at invocation, whatever becomes of those of the bio on its way.
  BioFlags asked;
  /// `= BYTE` of the statement.
  std::optional<std::uint8_t> fill;
  Time began{};

  /// @name What the world announced of it; only for requests to origins.
  /// @{
  std::uint64_t sectors_in_effect = 0;
  bool answered_by_device = false;
  bool fault_injected = false;
  /// @}
};

}  // namespace cowbell::model
