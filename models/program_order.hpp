// SPDX-License-Identifier: Apache-2.0
// Which statement each client executes next, and when: barriers cut a program into phases, and no
// statement of a phase begins before all of the phases before have ended.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/scenario.hpp"

namespace cowbell::model {

class ProgramOrder {
 public:
  struct Step {
    std::uint32_t statement;
    std::uint32_t phase;
  };

  void begin(const std::vector<Statement>& program);

  std::size_t clients() const { return clients_.size(); }
  std::uint32_t client_number(std::size_t client) const { return clients_[client].number; }
  std::span<const Step> steps(std::size_t client) const {
    return std::span(steps_).subspan(clients_[client].first, clients_[client].count);
  }

  /// A statement of `phase` has ended. True if another phase is current now.
  bool ended(std::uint32_t phase);
  std::uint32_t current_phase() const { return current_; }
  bool all_ended() const { return current_ == open_.size(); }

 private:
  struct ClientSteps {
    std::uint32_t number;
    std::size_t first;
    std::size_t count;
  };
  void skip_empty_phases();

  std::vector<ClientSteps> clients_;
  std::vector<Step> steps_;
  std::vector<std::uint32_t> slot_of_client_;
  std::vector<std::uint64_t> open_;  // by phase: statements that have not ended
  std::uint32_t current_ = 0;
};

}  // namespace cowbell::model
