// SPDX-License-Identifier: Apache-2.0
#include "properties/run_report.hpp"

#include <algorithm>

namespace cowbell::properties {
namespace {

constexpr std::size_t kTextMaximum = 256 * 1024;
constexpr std::size_t kChoiceMaximum = 1'000'000;  // of one concern

}  // namespace

struct RunReport::Head {
  struct Text {
    std::uint32_t size;
    char data[kTextMaximum];

    void write(std::string_view text) {
      size = static_cast<std::uint32_t>(std::min(text.size(), kTextMaximum));
      std::copy_n(text.data(), size, data);
    }
    std::string read() const { return {data, size}; }
  };

  struct Choices {
    std::uint32_t size;
    std::uint32_t data[kChoiceMaximum];
  };

  bool written;
  bool broken;
  std::uint8_t rule;  // 0 for none
  std::uint32_t line;
  std::uint64_t event_hash;
  model::Counts counts;
  Marks marks;
  std::optional<Difference> difference;
  Text what;
  Text history;
  Text found;
  bool found_in_image;
  Choices choices[model::kConcernCount];
};

RunReport::RunReport() : memory_(sizeof(Head)) {
  new (memory_.data()) Head;
}

RunReport::Head& RunReport::head() const {
  return *std::launder(reinterpret_cast<Head*>(memory_.data()));
}

void RunReport::clear() {
  Head& to = head();
  to.written = false;
  for (auto& choices : to.choices) choices.size = 0;
}

void RunReport::write(const Outcome& outcome) {
  Head& to = head();
  to.broken = !outcome.held();
  to.event_hash = outcome.event_hash;
  to.counts = outcome.counts;
  to.marks = outcome.marks;
  to.difference = outcome.difference;
  if (outcome.breach) {
    to.rule = outcome.breach->rule ? static_cast<std::uint8_t>(*outcome.breach->rule) : 0;
    to.line = outcome.breach->line.number;
    to.what.write(outcome.breach->what);
    to.history.write(outcome.breach->history);
    to.found.write(outcome.breach->found);
    to.found_in_image = outcome.breach->found_in_image;
  }
  write_decisions(outcome.decisions);
  to.written = true;
}

void RunReport::write_decisions(const model::RecordedDecisions& decisions) noexcept {
  for (std::size_t i = 0; i < model::kConcernCount; ++i) {
    const auto& from = decisions.choices[i];
    auto& to = head().choices[i];
    to.size = static_cast<std::uint32_t>(std::min(from.size(), kChoiceMaximum));
    std::copy_n(from.data(), to.size, to.data);
  }
}

bool RunReport::written() const {
  return head().written;
}

Outcome RunReport::read() const {
  const Head& from = head();
  Outcome outcome;
  for (std::size_t i = 0; i < model::kConcernCount; ++i)
    outcome.decisions.choices[i].assign(from.choices[i].data,
                                        from.choices[i].data + from.choices[i].size);
  if (!from.written) return outcome;
  outcome.counts = from.counts;
  outcome.marks = from.marks;
  outcome.event_hash = from.event_hash;
  outcome.difference = from.difference;
  if (from.broken) {
    outcome.breach.emplace();
    if (from.rule != 0) outcome.breach->rule = static_cast<Rule>(from.rule);
    outcome.breach->what = from.what.read();
    outcome.breach->history = from.history.read();
    outcome.breach->found = from.found.read();
    outcome.breach->found_in_image = from.found_in_image;
    outcome.breach->line.number = from.line;
  }
  return outcome;
}

}  // namespace cowbell::properties
