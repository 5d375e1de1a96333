// SPDX-License-Identifier: Apache-2.0
#include "properties/generate_program.hpp"

#include <algorithm>
#include <string>

#include "properties/generate_families.hpp"
#include "properties/generate_range.hpp"
#include "properties/scenario_edit.hpp"
#include "properties/snapshot_names.hpp"

namespace cowbell::properties {
namespace {

using model::OriginIndex;
using model::Scenario;
using model::SnapshotIndex;
using model::Statement;
using model::StatementKind;
using namespace std::chrono_literals;

class ProgramGenerator {
 public:
  ProgramGenerator(Draw& draw, const Shape& shape, Scenario& scenario)
      : draw_(draw), shape_(shape), scenario_(scenario), ranges_(draw, scenario) {}

  void generate() {
    for (SnapshotIndex i = 0; i < kSnapshotNameCount; ++i)
      scenario_.snapshots.push_back("s" + std::to_string(i + 1));
    const std::size_t clients = 1 + draw_.weighted(std::array<std::uint32_t, 4>{2, 6, 4, 2});
    clients_ = std::min(static_cast<std::uint32_t>(clients), shape_.clients_maximum);
    families_ = choose_families(draw_, shape_, scenario_);
    // More short programs are worth more than few long ones: tests/mutants/README.md.
    std::uint64_t body =
        draw_.between(std::min(3u, shape_.statements_maximum), shape_.statements_maximum);
    if (draw_.one_in(32)) body *= 4;
    scenario_.program.reserve(2 * body + 16);
    begin();
    for (std::uint64_t i = 0; i < body; ++i) add_one();
    if (!draw_.one_in(4)) end();
    tidy(scenario_);
  }

 private:
  // Old contents, then the first take, with or without traffic around it.
  void begin() {
    const std::uint64_t writes = draw_.below(5);
    for (std::uint64_t i = 0; i < writes; ++i) add_change(StatementKind::write);
    if (draw_.one_in(2)) add_barrier();
    add_take();
    if (!draw_.one_in(4)) add_barrier();
  }

  // What was written last is asked for once more when all is quiet.
  void end() {
    add_barrier();
    const std::uint64_t reads = draw_.between(1, 3);
    for (std::uint64_t i = 0; i < reads; ++i) add_image_read();
  }

  void add_one() {
    switch (static_cast<Family>(draw_.weighted(families_.weights))) {
      case Family::origin_write:
        return add_change(StatementKind::write);
      case Family::image_read:
        return add_image_read();
      case Family::origin_read:
        return add_origin_read();
      case Family::image_write:
        return add_image_change();
      case Family::zero:
        return add_change(StatementKind::zero);
      case Family::discard:
        return add_change(StatementKind::discard);
      case Family::flush:
        return add_flush();
      case Family::take:
        return add_take();
      case Family::release:
        return add_release();
      case Family::barrier:
        return add_barrier();
      case Family::sleep:
        return add_sleep();
      case Family::wait:
        return add_of_client(StatementKind::wait);
      case Family::heal:
        return add_of_client(StatementKind::heal);
      case Family::past_the_end:
        return add_past_the_end();
      case Family::resize:
        return add_resize();
      case Family::dirty:
        return add_dirty();
      case Family::power_cut:
        return add_power_cut();
    }
  }

  std::uint32_t any_client() { return draw_.below(clients_); }
  OriginIndex any_origin() { return draw_.below(scenario_.origins.size()); }

  bool surely_after(const TextMoment& before, std::uint32_t client) const {
    return before.surely_before(client, epoch_);
  }

  Statement& append(StatementKind kind, std::uint32_t client) {
    Statement& statement = scenario_.program.emplace_back();
    statement.kind = kind;
    statement.client = client;
    return statement;
  }

  void add_of_client(StatementKind kind) {
    const std::uint32_t client = any_client();
    append(kind, client);
  }

  void add_barrier() {
    scenario_.program.emplace_back().kind = StatementKind::barrier;
    ++epoch_;
  }

  void add_sleep() {
    const std::uint32_t client = any_client();
    Statement& sleep = append(StatementKind::sleep, client);
    sleep.duration = draw_.any_of(std::array<Time, 4>{100us, 1ms, 10ms, 20us});
  }

  void decorate(Statement& request) {
    if (families_.segments && carries_data(request) && draw_.one_in(3))
      request.segments = static_cast<std::uint32_t>(std::min<std::uint64_t>(
          draw_.between(2, draw_.one_in(3) ? 20 : 5), request.range.count.value));
    if (families_.flags) {
      const bool changes =
          request.kind != StatementKind::read && request.kind != StatementKind::flush;
      if (changes && draw_.one_in(families_.durability ? 4 : 12)) request.flags.fua = true;
      if (changes && draw_.one_in(families_.durability ? 6 : 16)) request.flags.preflush = true;
      if (request.kind != StatementKind::flush && draw_.one_in(12)) request.flags.nowait = true;
    }
    if (families_.background && draw_.one_in(4)) request.background = true;
    if (families_.fills && request.kind == StatementKind::write && draw_.one_in(2))
      request.fill = static_cast<std::uint8_t>(draw_.below(256));
  }

  static bool carries_data(const Statement& request) {
    return request.kind == StatementKind::read || request.kind == StatementKind::write;
  }

  void add_change(StatementKind kind) {
    const std::uint32_t client = any_client();
    Statement& change = append(kind, client);
    change.device.origin = any_origin();
    change.range = ranges_.on(change.device.origin);
    decorate(change);
  }

  void add_origin_read() {
    const std::uint32_t client = any_client();
    Statement& read = append(StatementKind::read, client);
    read.device.origin = any_origin();
    read.range = ranges_.on(read.device.origin);
    decorate(read);
  }

  void add_flush() {
    const std::uint32_t client = any_client();
    Statement& flush = append(StatementKind::flush, client);
    flush.device.origin = any_origin();
    decorate(flush);
  }

  void add_past_the_end() {
    const std::uint32_t client = any_client();
    const OriginIndex origin = any_origin();
    const bool write = draw_.one_in(2);
    Statement& request = append(write ? StatementKind::write : StatementKind::read, client);
    const SectorCount block = to_sectors(scenario_.origins[origin].logical_block);
    request.device.origin = origin;
    request.range = {.first = {scenario_.origins[origin].size.value - block.value},
                     .count = {2 * block.value}};
    if (families_.has(Family::resize))
      request.demand.kind = model::Demand::Kind::may_fail;  // where the end is, is not sure
    else
      request.demand = {.kind = model::Demand::Kind::fail, .error = Errc::invalid};
  }

  void add_dirty() {
    const std::uint32_t client = any_client();
    if (shape_.image_writes && draw_.one_in(2))
      return add_image_request(StatementKind::dirty, client);
    Statement& dirty = append(StatementKind::dirty, client);
    dirty.device.origin = any_origin();
    dirty.range = ranges_.on(dirty.device.origin);
  }

  void add_resize() {
    const std::uint32_t client = any_client();
    Statement& resize = append(StatementKind::resize, client);
    resize.device.origin = any_origin();
    // An origin that loses what it held is at fault.
    const bool shrinks = shape_.origin_faults && draw_.one_in(4);
    resize.range.count = ranges_.resized(resize.device.origin, shrinks);
  }

  Statement& add_write(std::uint32_t client, OriginIndex origin, SectorRange range) {
    Statement& write = append(StatementKind::write, client);
    write.device.origin = origin;
    write.range = range;
    return write;
  }

  // Mostly behind something that one client has made durable, and perhaps written again. All
  // snapshots are lost.
  void add_power_cut() {
    const std::uint32_t client = any_client();
    const OriginIndex origin = any_origin();
    const SectorRange range = draw_.one_in(2) ? ranges_.at_hot_place(origin) : ranges_.on(origin);
    const std::size_t way = draw_.weighted(std::array<std::uint32_t, 4>{2, 3, 3, 2});
    if (way != 0) add_write(client, origin, range).flags.fua = way == 1;
    if (way == 2) append(StatementKind::flush, client).device.origin = origin;
    if (way == 3) add_write(client, origin, ranges_.on(origin)).flags.preflush = true;
    if (draw_.one_in(3)) add_write(client, origin, range);
    append(StatementKind::power_cut, client);
    for (SnapshotIndex i = 0; i < kSnapshotNameCount; ++i) {
      if (!names_[i].in_use) continue;
      names_[i].in_use = false;
      names_[i].released = {client, epoch_, false};
    }
    if (draw_.one_in(2)) return;
    Statement& read = append(StatementKind::read, client);
    read.device.origin = origin;
    read.range = range;
  }

  // Asks the image of a snapshot that is there, or was until a release that may be under way.
  // Does nothing if there is none.
  void add_image_request(StatementKind kind, std::uint32_t client) {
    const auto there = names_.that([&](const SnapshotName& name) {
      return name.in_use || (name.ever_taken && !surely_after(name.released, client));
    });
    if (there.count == 0) return;
    const SnapshotIndex snapshot = there.names[draw_.below(there.count)];
    const SnapshotName& name = names_[snapshot];
    std::array<OriginIndex, model::kOriginMaximum> held{};
    std::size_t origins = 0;
    for (OriginIndex i = 0; i < scenario_.origins.size(); ++i)
      if (name.origins >> i & 1) held[origins++] = i;
    Statement& request = append(kind, client);
    request.device = {.origin = held[draw_.below(origins)], .snapshot = snapshot};
    if (kind != StatementKind::flush)
      request.range = draw_.one_in(2) ? ranges_.at_hot_place(request.device.origin)
                                      : ranges_.on(request.device.origin);
    if (kind == StatementKind::dirty) return;
    decorate(request);
    if (!name.in_use || !surely_after(name.taken, client))
      request.demand.kind = model::Demand::Kind::may_fail;
  }

  void add_image_read() {
    const std::uint32_t client = any_client();
    add_image_request(StatementKind::read, client);
  }

  void add_image_change() {
    const std::uint32_t client = any_client();
    using enum StatementKind;
    add_image_request(draw_.any_of(std::array{write, write, write, write, zero, discard, flush}),
                      client);
  }

  void add_take() {
    const std::uint32_t client = any_client();
    const auto unused = names_.that([](const SnapshotName& name) { return !name.in_use; });
    if (unused.count == 0) return;
    // The first one mostly, so that names are used again.
    const SnapshotIndex snapshot = unused.names[draw_.one_in(3) ? draw_.below(unused.count) : 0];
    Statement& take = append(StatementKind::take, client);
    take.snapshot = snapshot;
    if (scenario_.origins.size() > 1 && draw_.one_in(2))
      take.taken_origins = 1 + draw_.below((std::uint64_t{1} << scenario_.origins.size()) - 1);
    if (families_.background && draw_.one_in(6)) take.background = true;
    SnapshotName& name = names_[snapshot];
    if (name.ever_taken && !surely_after(name.released, client))
      take.demand.kind = model::Demand::Kind::may_fail;
    name.in_use = true;
    name.ever_taken = true;
    name.origins = origins_of_take(scenario_, take);
    name.taken = {client, epoch_, take.background};
  }

  void add_release() {
    const std::uint32_t client = any_client();
    const auto used = names_.that([](const SnapshotName& name) { return name.in_use; });
    if (used.count == 0) return;
    const SnapshotIndex snapshot = used.names[draw_.below(used.count)];
    Statement& release = append(StatementKind::release, client);
    release.snapshot = snapshot;
    if (families_.background && draw_.one_in(6)) release.background = true;
    SnapshotName& name = names_[snapshot];
    if (!surely_after(name.taken, client)) release.demand.kind = model::Demand::Kind::may_fail;
    name.in_use = false;
    name.released = {client, epoch_, release.background};
  }

  Draw& draw_;
  const Shape& shape_;
  Scenario& scenario_;
  RangeGenerator ranges_;
  std::uint32_t clients_ = 1;
  Families families_{};
  std::uint32_t epoch_ = 1;
  SnapshotNames names_;
};

}  // namespace

void generate_program(Draw& draw, const Shape& shape, Scenario& scenario) {
  ProgramGenerator(draw, shape, scenario).generate();
}

}  // namespace cowbell::properties
