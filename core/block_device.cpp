// SPDX-License-Identifier: Apache-2.0
#include "core/block_device.hpp"

#include "core/invariant.hpp"
#include "core/wait_queue.hpp"

namespace cowbell {

Errc check_request(const Bio& bio, const Geometry& geometry) {
  if (bio.operation == Operation::flush)
    return bio.range.empty() && bio.segments.empty() ? Errc::none : Errc::invalid;
  const std::uint64_t block = geometry.logical_block.value >> kSectorShift;
  const auto [first, count] = bio.range;
  if (count.value == 0 || first.value % block != 0 || count.value % block != 0)
    return Errc::invalid;
  // Subtracting, because first + count may pass 2^64.
  if (first.value > geometry.capacity.value || count.value > geometry.capacity.value - first.value)
    return Errc::invalid;
  std::uint64_t size = 0;
  for (const Segment& segment : bio.segments) {
    if (segment.size == 0 || segment.size % kSectorSize != 0) return Errc::invalid;
    size += segment.size;
  }
  return size == (carries_data(bio.operation) ? to_bytes(count).value : 0) ? Errc::none
                                                                           : Errc::invalid;
}

Errc submit_and_wait(BlockDevice& device, Bio& bio) {
  struct Answer {
    WaitQueue arrival{"the answer of a device"};
    bool arrived = false;
  } answer;
  const bool pushed = bio.push({[](Bio&, void* context) noexcept {
                                  Answer& to = *static_cast<Answer*>(context);
                                  to.arrived = true;
                                  to.arrival.wake_one();
                                },
                                &answer});
  COWBELL_INVARIANT(S8, pushed);
  device.submit(bio);
  if (!answer.arrived) answer.arrival.wait();
  return bio.outcome();
}

Errc transfer(BlockDevice& device, Operation operation, SectorRange range,
              std::span<const Segment> segments) {
  Bio bio;
  bio.operation = operation;
  bio.range = range;
  bio.segments = segments;
  return submit_and_wait(device, bio);
}

}  // namespace cowbell
