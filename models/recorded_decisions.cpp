// SPDX-License-Identifier: Apache-2.0
#include "models/recorded_decisions.hpp"

#include <charconv>
#include <optional>

namespace cowbell::model {
namespace {

constexpr std::array<std::string_view, kConcernCount> kConcernNames{
    "schedule", "latency", "effect", "fault", "workload", "power"};

constexpr std::string_view kNameExpected =
    "`schedule:`, `latency:`, `effect:`, `fault:` or `power:`, each at most once";
constexpr std::string_view kChoiceExpected = "a choice below 4294967296";
constexpr std::string_view kRepeatExpected =
    "a number of repeats above 0, and at most 1000000 choices in all";

std::size_t length_without_trailing_zeroes(const std::vector<std::uint32_t>& choices) {
  std::size_t length = choices.size();
  while (length > 0 && choices[length - 1] == 0) --length;
  return length;
}

class DecisionsReader {
 public:
  explicit DecisionsReader(std::string_view text) : text_(text) {}

  std::expected<RecordedDecisions, DecisionsError> read() {
    if (text_ == "-") return RecordedDecisions{};
    RecordedDecisions decisions;
    std::array<bool, kConcernCount> seen{};
    do {
      const auto concern = concern_at_position();
      if (!concern || seen[*concern]) return refused(kNameExpected);
      seen[*concern] = true;
      position_ += kConcernNames[*concern].size() + 1;
      if (auto error = read_stream(decisions.choices[*concern])) return std::unexpected(*error);
    } while (taken('/'));
    if (position_ != text_.size()) return refused("`,`, `*`, `/` or the end of the decisions");
    decisions.normalize();
    return decisions;
  }

 private:
  std::optional<unsigned> concern_at_position() const {
    const std::string_view rest = text_.substr(position_);
    for (unsigned i = 0; i < kConcernCount; ++i) {
      const std::string_view name = kConcernNames[i];
      if (static_cast<Concern>(i) != Concern::workload && rest.starts_with(name) &&
          rest.substr(name.size()).starts_with(':'))
        return i;
    }
    return std::nullopt;
  }

  std::optional<DecisionsError> read_stream(std::vector<std::uint32_t>& choices) {
    do {
      const std::optional<std::uint32_t> choice = number<std::uint32_t>();
      if (!choice) return DecisionsError{position_, std::string(kChoiceExpected)};
      std::uint64_t repeats = 1;
      const std::size_t before_repeats = position_;
      if (taken('*')) repeats = number<std::uint64_t>().value_or(0);
      if (repeats == 0 || repeats > kRecordedChoiceMaximum - total_)
        return DecisionsError{before_repeats, std::string(kRepeatExpected)};
      total_ += repeats;
      choices.insert(choices.end(), repeats, *choice);
    } while (taken(','));
    return std::nullopt;
  }

  template <class T>
  std::optional<T> number() {
    T value{};
    const char* const begin = text_.data() + position_;
    const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), value);
    if (error != std::errc{}) return std::nullopt;
    position_ += static_cast<std::size_t>(end - begin);
    return value;
  }

  bool taken(char wanted) {
    if (position_ == text_.size() || text_[position_] != wanted) return false;
    ++position_;
    return true;
  }

  std::unexpected<DecisionsError> refused(std::string_view expected) const {
    return std::unexpected(DecisionsError{position_, std::string(expected)});
  }

  std::string_view text_;
  std::size_t position_ = 0;
  std::size_t total_ = 0;
};

void print_stream(std::string& out, const std::vector<std::uint32_t>& choices, std::size_t length) {
  for (std::size_t i = 0; i < length;) {
    std::size_t end = i + 1;
    while (end < length && choices[end] == choices[i]) ++end;
    if (i > 0) out += ',';
    out += std::to_string(choices[i]);
    if (end - i > 1) out += '*' + std::to_string(end - i);
    i = end;
  }
}

}  // namespace

std::string_view concern_name(Concern concern) {
  return kConcernNames[static_cast<unsigned>(concern)];
}

void RecordedDecisions::normalize() {
  for (auto& stream : choices) stream.resize(length_without_trailing_zeroes(stream));
}

std::string to_string(const RecordedDecisions& decisions) {
  std::string out;
  for (unsigned i = 0; i < kConcernCount; ++i) {
    const auto& choices = decisions.choices[i];
    const std::size_t length = length_without_trailing_zeroes(choices);
    if (length == 0 || static_cast<Concern>(i) == Concern::workload) continue;
    if (!out.empty()) out += '/';
    out += kConcernNames[i];
    out += ':';
    print_stream(out, choices, length);
  }
  return out.empty() ? "-" : out;
}

std::expected<RecordedDecisions, DecisionsError> parse_decisions(std::string_view text) {
  return DecisionsReader(text).read();
}

}  // namespace cowbell::model
