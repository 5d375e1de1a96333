// SPDX-License-Identifier: Apache-2.0
#include "properties/enumerate_programs.hpp"

#include <algorithm>
#include <array>

#include "core/invariant.hpp"
#include "sim/exhaustive_source.hpp"

namespace cowbell::properties {
namespace {

using model::Scenario;
using model::Statement;
using model::StatementKind;

constexpr std::uint64_t kBlocks = 4;
constexpr std::uint64_t kBlocksPerChunk = 2;
constexpr unsigned kOperationsMaximum = 3;

struct Blocks {
  std::uint64_t first;
  std::uint64_t count;

  bool reaches_into_both_chunks() const {
    return first / kBlocksPerChunk != (first + count - 1) / kBlocksPerChunk;
  }
  Blocks mirrored() const { return {kBlocks - first - count, count}; }
  auto operator<=>(const Blocks&) const = default;
};

constexpr std::array<Blocks, 8> kRanges{
    {{0, 1}, {1, 1}, {2, 1}, {3, 1}, {1, 2}, {0, 2}, {2, 2}, {0, 4}}};

enum class Kind : std::uint8_t { origin_write, image_write, image_read };

struct SmallOperation {
  Kind kind;
  Blocks blocks;
  auto operator<=>(const SmallOperation&) const = default;
};

using Operations = std::vector<SmallOperation>;  // sorted

/// False for one of two mirror images.
bool is_kept(const Operations& operations) {
  Operations mirrored;
  for (const SmallOperation& operation : operations) {
    if (operation.blocks.reaches_into_both_chunks()) return true;
    mirrored.push_back({operation.kind, operation.blocks.mirrored()});
  }
  std::sort(mirrored.begin(), mirrored.end());
  return operations <= mirrored;
}

std::vector<SmallOperation> all_operations() {
  std::vector<SmallOperation> all;
  for (const Kind kind : {Kind::origin_write, Kind::image_write, Kind::image_read})
    for (const Blocks& blocks : kRanges) all.push_back({kind, blocks});
  std::sort(all.begin(), all.end());
  return all;
}

bool has(const Operations& operations, Kind kind) {
  return std::ranges::any_of(operations, [&](const auto& one) { return one.kind == kind; });
}

/// A form that shows nothing of its own with these operations is left out.
bool makes_sense(Form form, const Operations& operations) {
  switch (form) {
    case Form::behind_take:
    case Form::beside_release:
      return true;
    case Form::without_room:
      return has(operations, Kind::origin_write) || has(operations, Kind::image_write);
    case Form::beside_take:
    case Form::beside_both:
      return has(operations, Kind::origin_write);
    case Form::beside_second_take:
      return has(operations, Kind::origin_write) && operations.size() < kOperationsMaximum;
  }
  return false;
}

class Writer {
 public:
  explicit Writer(Form form) {
    Params& params = scenario_.params;
    params.chunk_minimum_shift = 10;
    params.tracking_block_minimum_shift = 9;
    params.copy_fibers_maximum = 2;
    params.chunk_maximum_in_queue = 0;  // so that chunks are stored at once
    scenario_.origins.push_back({.name = "A", .size = {kBlocks}, .line = {}});
    scenario_.storage.kind = model::StorageKind::device;
    scenario_.storage.size = {form == Form::without_room ? 0 : 2 * kBlocks};
    scenario_.latencies = sim::ExhaustiveSource::latencies();
  }

  void take(const std::string& name, std::uint32_t client) {
    scenario_.snapshots.push_back(name);
    add(StatementKind::take, client).snapshot = newest();
  }
  void release(std::uint32_t client) { add(StatementKind::release, client).snapshot = newest(); }
  void barrier() { scenario_.program.push_back({}); }
  void perform(const SmallOperation& operation, std::uint32_t client, bool background) {
    Statement& statement = add(
        operation.kind == Kind::image_read ? StatementKind::read : StatementKind::write, client);
    statement.background = background;
    statement.range = {{operation.blocks.first}, {operation.blocks.count}};
    if (operation.kind != Kind::origin_write) statement.device.snapshot = newest();
  }
  Scenario done() { return std::move(scenario_); }

 private:
  model::SnapshotIndex newest() const {
    return static_cast<model::SnapshotIndex>(scenario_.snapshots.size() - 1);
  }
  Statement& add(StatementKind kind, std::uint32_t client) {
    Statement& statement = scenario_.program.emplace_back();
    statement.kind = kind;
    statement.client = client;
    return statement;
  }

  Scenario scenario_;
};

// Behind a barrier, the client that came last goes on at once and the others wait for their turn.
// That is the one of the preparation, which therefore has nothing more to do.

SmallProgram behind_take(Form form, const Operations& operations) {
  Writer writer(form);
  writer.take("s", 0);
  writer.barrier();
  std::uint32_t client = 0;
  for (const SmallOperation& operation : operations) writer.perform(operation, ++client, false);
  if (form == Form::beside_release) writer.release(++client);
  return {form, writer.done(), 1, static_cast<std::uint32_t>(operations.size())};
}

SmallProgram beside_take(Form form, const Operations& operations) {
  Writer writer(form);
  const bool prepared = form == Form::beside_second_take;
  if (prepared) {
    writer.take("r", 0);
    writer.barrier();
  }
  const auto writes = static_cast<std::uint32_t>(
      std::ranges::count(operations, Kind::origin_write, &SmallOperation::kind));
  const std::uint32_t taker = prepared ? writes + 1 : 0;
  writer.take("s", taker);
  std::uint32_t client = 0;
  for (const SmallOperation& operation : operations) {
    const bool of_origin = operation.kind == Kind::origin_write;
    writer.perform(operation, of_origin ? ++client : taker, !of_origin);
  }
  if (form == Form::beside_both) writer.release(taker);
  return {form, writer.done(), prepared ? 1U : 0U, static_cast<std::uint32_t>(operations.size())};
}

void add_forms(const Operations& operations, std::vector<SmallProgram>& programs) {
  for (std::size_t i = 0; i < kFormCount; ++i) {
    const Form form{static_cast<std::uint8_t>(i)};
    if (!makes_sense(form, operations)) continue;
    programs.push_back(form < Form::beside_take ? behind_take(form, operations)
                                                : beside_take(form, operations));
  }
}

/// Adds `count` more operations to those that are chosen, none before `from`.
void choose(const std::vector<SmallOperation>& all, std::size_t from, unsigned count,
            Operations& chosen, std::vector<SmallProgram>& programs) {
  if (count == 0) {
    if (is_kept(chosen)) add_forms(chosen, programs);
    return;
  }
  for (std::size_t i = from; i < all.size(); ++i) {
    chosen.push_back(all[i]);
    choose(all, i, count - 1, chosen, programs);
    chosen.pop_back();
  }
}

}  // namespace

bool SmallProgram::overtakings_count() const {
  return operations + (form == Form::beside_second_take ? 1 : 0) >= kOperationsMaximum;
}

std::vector<SmallProgram> small_programs(unsigned operations_maximum) {
  COWBELL_INVARIANT(S13, operations_maximum <= kOperationsMaximum);
  const std::vector<SmallOperation> all = all_operations();
  std::vector<SmallProgram> programs;
  Operations chosen;
  for (unsigned count = 1; count <= operations_maximum; ++count)
    choose(all, 0, count, chosen, programs);
  return programs;
}

}  // namespace cowbell::properties
