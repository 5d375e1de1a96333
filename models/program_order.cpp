// SPDX-License-Identifier: Apache-2.0
#include "models/program_order.hpp"

namespace cowbell::model {
namespace {

constexpr std::uint32_t kNoSlot = ~std::uint32_t{0};

}  // namespace

void ProgramOrder::begin(const std::vector<Statement>& program) {
  for (const ClientSteps& client : clients_) slot_of_client_[client.number] = kNoSlot;
  clients_.clear();
  open_.assign(1, 0);
  current_ = 0;
  for (const Statement& statement : program) {
    if (statement.kind == StatementKind::barrier) {
      open_.push_back(0);
      continue;
    }
    if (statement.client >= slot_of_client_.size())
      slot_of_client_.resize(statement.client + 1, kNoSlot);
    std::uint32_t& slot = slot_of_client_[statement.client];
    if (slot == kNoSlot) {
      slot = static_cast<std::uint32_t>(clients_.size());
      clients_.push_back({statement.client, 0, 0});
    }
    ++clients_[slot].count;
    ++open_.back();
  }

  std::size_t first = 0;
  for (ClientSteps& client : clients_) {
    client.first = first;
    first += client.count;
    client.count = 0;
  }
  steps_.resize(first);
  std::uint32_t phase = 0;
  for (std::uint32_t i = 0; i < program.size(); ++i) {
    if (program[i].kind == StatementKind::barrier) {
      ++phase;
      continue;
    }
    ClientSteps& client = clients_[slot_of_client_[program[i].client]];
    steps_[client.first + client.count++] = {i, phase};
  }
  skip_empty_phases();
}

bool ProgramOrder::ended(std::uint32_t phase) {
  --open_[phase];
  const std::uint32_t before = current_;
  skip_empty_phases();
  return current_ != before;
}

void ProgramOrder::skip_empty_phases() {
  while (current_ < open_.size() && open_[current_] == 0) ++current_;
}

}  // namespace cowbell::model
