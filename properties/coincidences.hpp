// SPDX-License-Identifier: Apache-2.0
// Marks for what takes two things at once: a growth during a take, a write on its way at a take …
// Told by the world, the subject and the runner what begins and ends; it keeps as little as that
// needs, because it is told of every request.
#pragma once

#include <array>
#include <vector>

#include "models/effects.hpp"
#include "models/request_pool.hpp"
#include "models/subject.hpp"
#include "properties/marks.hpp"

namespace cowbell::properties {

class Coincidences {
 public:
  /// `marks` is borrowed.
  explicit Coincidences(Marks& marks) : marks_(marks) {}

  /// Nothing is on its way.
  void restart();

  // By the runner, of requests of the program. `submitted` knows the address alone: the request may
  // have been answered meanwhile.

  void submitting(const model::ClientRequest& request);
  void submitted(const Bio* request);
  void answered(const Bio* request, Errc outcome);

  // By the world.

  void reached_device(model::DeviceId device, const Bio& bio);
  void answered_by_device(model::DeviceId device, const Bio& bio);
  void growth_began(model::DeviceId storage);
  void growth_ended() { --growths_; }
  void growth_refused(model::DeviceId storage) { refused_growth_ = storage.index; }
  void granted(model::DeviceId storage);

  // By the subject.

  void take_began(model::TakeNumber take);
  void take_ended(model::Subject& subject, model::TakeNumber take, Errc outcome);
  /// `take` may be one that never was: a release of an unknown name.
  void release_began(model::TakeNumber take);
  /// Its snapshots are gone.
  void subject_ended() { alive_.clear(); }

 private:
  /// A change of an origin between its submission and its answer.
  struct Change {
    const Bio* bio;
    bool reached = false;    ///< the device
    bool postponed = false;  ///< its submission returned before that
    bool by_take = false;    ///< and a take was under way
  };
  /// A read of an image that was intact when it began.
  struct ImageRead {
    const Bio* bio;
    model::TakeNumber take;
    model::OriginIndex origin;
  };
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};

  Change* find(const Bio* bio);
  bool alive(model::TakeNumber take) const;
  void store_began(std::uint32_t storage);

  Marks& marks_;
  std::vector<Change> changes_;
  std::vector<ImageRead> reads_;
  std::vector<model::TakeNumber> taking_;
  std::vector<model::Subject*> alive_;  // by take; null for one that is not
  std::vector<std::uint32_t> stores_;   // on their way, by storage
  std::uint32_t growths_ = 0;
  std::uint32_t refused_growth_ = kNone;
};

}  // namespace cowbell::properties
