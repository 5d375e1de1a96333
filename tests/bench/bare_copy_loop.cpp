// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/bare_copy_loop.hpp"

#include <array>
#include <cstring>

#include "tests/bench/fail.hpp"

namespace cowbell::bench {
namespace {

constexpr int kOrigin = 0;  // in the table of registered files
constexpr int kStorage = 1;
constexpr int kChunks = 0;  // in the table of registered buffers
constexpr int kBlocks = 1;
constexpr std::size_t kPage = uring::BufferMemory::kPage;

void expect(int result, ByteCount size) {
  if (result != static_cast<int>(size.value))
    fail("the bare copy loop got " + std::to_string(result) + " for " + std::to_string(size.value) +
         " bytes");
}

}  // namespace

BareCopyLoop::BareCopyLoop(const BareCopyOptions& options)
    : options_(options), blocks_(options.block * options.depth), places_(options.buffers) {
  const std::size_t size = (options.chunk * options.buffers).value;
  chunks_ = {static_cast<std::byte*>(memory_.allocate(size, kPage)), size};
  open_ring();
  for (unsigned i = 0; i < options.buffers; ++i) free_.push_back(i);
}

BareCopyLoop::~BareCopyLoop() {
  // The kernel takes a ring down later; registered files would stay open, and claimed, until then.
  io_uring_unregister_files(&ring_);
  io_uring_queue_exit(&ring_);
  memory_.deallocate(chunks_.data(), chunks_.size(), kPage);
}

void BareCopyLoop::open_ring() {
  constexpr std::array<unsigned, 2> kFlags{IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN,
                                           0};
  int result = -1;
  for (const unsigned flags : kFlags) {
    result = io_uring_queue_init(1024, &ring_, flags);
    if (result == 0) break;
  }
  if (result != 0) fail(std::string("io_uring: ") + std::strerror(-result));
  const std::array<int, 2> files{options_.origin, options_.storage};
  const std::array<iovec, 2> buffers{iovec{chunks_.data(), chunks_.size()},
                                     iovec{blocks_.bytes().data(), blocks_.bytes().size()}};
  result = io_uring_register_files(&ring_, files.data(), files.size());
  if (result == 0) result = io_uring_register_buffers(&ring_, buffers.data(), buffers.size());
  if (result != 0)
    fail(std::string("files or buffers cannot be registered: ") + std::strerror(-result));
  io_uring_register_ring_fd(&ring_);
}

void BareCopyLoop::run(std::span<const Sector> places) {
  stored_ = 0;
  while (true) {
    while (!places.empty() && writing_ < options_.depth && !free_.empty()) {
      begin(places.front());
      places = places.subspan(1);
    }
    if (writing_ == 0 && storing_ == 0) return;
    if (const int result = io_uring_submit_and_wait(&ring_, 1); result < 0)
      fail(std::string("io_uring_enter: ") + std::strerror(-result));
    reap();
  }
}

template <class Prepare>
void BareCopyLoop::add(unsigned buffer, Step step, Prepare prepare) {
  io_uring_sqe* entry = io_uring_get_sqe(&ring_);
  if (entry == nullptr) {
    io_uring_submit(&ring_);
    entry = io_uring_get_sqe(&ring_);
  }
  if (entry == nullptr) fail("the submission queue stays full");
  prepare(entry);
  entry->flags |= IOSQE_FIXED_FILE;
  io_uring_sqe_set_data64(entry, (std::uint64_t{buffer} << 2) | static_cast<unsigned>(step));
}

void BareCopyLoop::begin(Sector place) {
  const unsigned number = free_.back();
  free_.pop_back();
  places_[number] = place;
  ++writing_;
  const std::uint64_t size = options_.chunk.value;
  const std::uint64_t offset = byte_offset(place).value / size * size;
  add(number, Step::read, [&](io_uring_sqe* entry) {
    io_uring_prep_read_fixed(entry, kOrigin, buffer(number), static_cast<unsigned>(size), offset,
                             kChunks);
  });
}

void BareCopyLoop::loaded(unsigned number) {
  add(number, Step::write, [&](io_uring_sqe* entry) {
    const std::uint64_t size = options_.block.value;
    io_uring_prep_write_fixed(
        entry, kOrigin, blocks_.bytes().data() + number % options_.depth * size,
        static_cast<unsigned>(size), byte_offset(places_[number]).value, kBlocks);
  });
  add(number, Step::store, [&](io_uring_sqe* entry) {
    const std::uint64_t size = options_.chunk.value;
    io_uring_prep_write_fixed(entry, kStorage, buffer(number), static_cast<unsigned>(size),
                              stored_++ * size, kChunks);
  });
  ++storing_;
}

void BareCopyLoop::reap() {
  io_uring_cqe* answer = nullptr;
  unsigned head = 0;
  unsigned count = 0;
  io_uring_for_each_cqe(&ring_, head, answer) {
    ++count;
    const auto number = static_cast<unsigned>(answer->user_data >> 2);
    switch (static_cast<Step>(answer->user_data & 3)) {
      case Step::read:
        expect(answer->res, options_.chunk);
        loaded(number);
        break;
      case Step::write:
        expect(answer->res, options_.block);
        --writing_;
        break;
      case Step::store:
        expect(answer->res, options_.chunk);
        --storing_;
        free_.push_back(number);
        break;
    }
  }
  io_uring_cq_advance(&ring_, count);
}

}  // namespace cowbell::bench
