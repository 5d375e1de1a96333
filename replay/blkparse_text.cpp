// SPDX-License-Identifier: Apache-2.0
#include "replay/blkparse_text.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string>

#include "replay/blkparse_rwbs.hpp"
#include "replay/trace_lines.hpp"

namespace cowbell::replay {
namespace {

/// What stands in front of every event; `rest` is what follows RWBS.
struct EventHead {
  std::string_view device;
  Time time{};
  std::string_view action;
  std::string_view rwbs;
  std::string_view rest;
};

bool is_device(std::string_view word) {
  const auto comma = word.find(',');
  return comma != std::string_view::npos && parse_number<std::uint32_t>(word.substr(0, comma)) &&
         parse_number<std::uint32_t>(word.substr(comma + 1));
}

std::optional<Time> parse_time(std::string_view word) {
  const auto point = word.find('.');
  if (point == std::string_view::npos || word.size() - point != 10) return std::nullopt;
  const auto seconds = parse_number<std::uint64_t>(word.substr(0, point));
  const auto nanoseconds = parse_number<std::uint32_t>(word.substr(point + 1));
  constexpr std::uint64_t kSecondsMaximum = 9'000'000'000;  // 285 years: what Time can hold
  if (!seconds || !nanoseconds || *seconds > kSecondsMaximum) return std::nullopt;
  return std::chrono::seconds(*seconds) + std::chrono::nanoseconds(*nanoseconds);
}

bool is_action(std::string_view word) {
  return !word.empty() && word.size() <= 2 && std::ranges::all_of(word, [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  });
}

std::optional<EventHead> parse_head(std::string_view line) {
  EventHead head;
  head.rest = line;
  head.device = take_word(head.rest);
  const auto cpu = take_word(head.rest);
  const auto sequence = take_word(head.rest);
  const auto time = parse_time(take_word(head.rest));
  const auto process = take_word(head.rest);
  head.action = take_word(head.rest);
  head.rwbs = take_word(head.rest);
  if (!is_device(head.device) || !parse_number<std::uint32_t>(cpu) ||
      !parse_number<std::uint64_t>(sequence) || !time || !parse_number<std::uint32_t>(process) ||
      !is_action(head.action) || head.rwbs.empty()) {
    return std::nullopt;
  }
  head.time = *time;
  return head;
}

/// `SECTOR + COUNT` off the front of `rest`.
struct Sectors {
  std::uint64_t first;
  std::uint64_t count;
  auto operator<=>(const Sectors&) const = default;
};

std::optional<Sectors> take_sectors(std::string_view& rest) {
  std::string_view text = rest;
  const auto first = parse_number<std::uint64_t>(take_word(text));
  const auto plus = take_word(text);
  const auto count = parse_number<std::uint64_t>(take_word(text));
  if (!first || plus != "+" || !count) return std::nullopt;
  rest = text;
  return Sectors{*first, *count};
}

bool begins_summary(std::string_view line) {
  return line.starts_with("CPU") || line.starts_with("Total (") || line.starts_with("Throughput (");
}

bool belongs_to_summary(std::string_view line) {
  static constexpr std::array<std::string_view, 13> kFirstWords = {
      "CPU", "Total", "Reads",      "Read",   "Writes", "Write", "PC",
      "IO",  "Timer", "Throughput", "Events", "Skips:", "Drops"};
  const auto word = take_word(line);
  return word.empty() || word.starts_with("CPU") ||
         std::ranges::find(kFirstWords, word) != kFirstWords.end();
}

std::string_view skipped_action(std::string_view action) {
  static const std::map<std::string_view, std::string_view> kActions = {
      {"M", "M: merged at the back"},
      {"F", "F: merged at the front"},
      {"G", "G: request allocated"},
      {"S", "S: waited for a request"},
      {"R", "R: requeued"},
      {"D", "D: issued to the driver"},
      {"C", "C: completed"},
      {"P", "P: plugged"},
      {"U", "U: unplugged"},
      {"UT", "UT: unplugged by timer"},
      {"I", "I: inserted"},
      {"X", "X: split"},
      {"B", "B: bounced"},
      {"A", "A: remapped"},
      {"m", "m: message"},
  };
  const auto found = kActions.find(action);
  return found == kActions.end() ? "events of an unknown action" : found->second;
}

/// Requests with data between their issue and their answer.
class Depth {
 public:
  void issued(std::string_view device, Sectors sectors) {
    if (sectors.count == 0) return;
    ++open_[{std::string(device), sectors}];
    maximum_ = std::max(maximum_, ++depth_);
  }
  void completed(std::string_view device, Sectors sectors) {
    const auto found = open_.find({std::string(device), sectors});
    if (found == open_.end()) return;
    --depth_;
    if (--found->second == 0) open_.erase(found);
  }
  std::optional<std::uint64_t> maximum() const {
    return maximum_ == 0 ? std::nullopt : std::optional(maximum_);
  }

 private:
  std::map<std::pair<std::string, Sectors>, std::uint64_t> open_;
  std::uint64_t depth_ = 0;
  std::uint64_t maximum_ = 0;
};

using Line = std::expected<void, InputError>;

class Reader {
 public:
  Reader(std::string_view bytes, std::string_view name) : lines_(bytes, name) {
    trace_.format = TraceFormat::blkparse_text;
  }

  std::expected<Trace, InputError> read() {
    for (;;) {
      const auto line = lines_.next();
      if (!line) return std::unexpected(line.error());
      if (!*line) break;
      if (auto read = read_line(**line); !read) return std::unexpected(read.error());
    }
    trace_.sort_by_time();
    measure_depth();
    return std::move(trace_);
  }

 private:
  struct Passage {
    Time time;
    bool issue;
    std::string_view device;
    Sectors sectors;
  };

  Line fail(std::string_view what, std::string_view found) const {
    return std::unexpected(lines_.error(std::string(what) + ", found " + in_quotes(found)));
  }

  Line read_line(std::string_view line) {
    const auto head = parse_head(line);
    if (!head) {
      summary_ = summary_ || begins_summary(line);
      if (summary_ ? belongs_to_summary(line)
                   : std::string_view(line).find_first_not_of(" \t") == std::string_view::npos) {
        return {};
      }
      return fail(summary_ ? "expected a line of blkparse's summary"
                           : "expected an event 'MAJOR,MINOR CPU SEQUENCE TIME PID ACTION RWBS …'",
                  line);
    }
    if (summary_) return fail("expected nothing after the summary", line);
    if (head->action == "Q") return read_queued(*head, line);
    trace_.skip(skipped_action(head->action));
    if (head->action == "D" || head->action == "C") note_passage(*head);
    return {};
  }

  void note_passage(const EventHead& head) {
    std::string_view rest = head.rest;
    if (const auto sectors = take_sectors(rest)) {
      passages_.push_back({head.time, head.action == "D", head.device, *sectors});
    }
  }

  void measure_depth() {
    std::ranges::stable_sort(passages_, {}, &Passage::time);
    Depth depth;
    for (const Passage& passage : passages_) {
      if (passage.issue) {
        depth.issued(passage.device, passage.sectors);
      } else {
        depth.completed(passage.device, passage.sectors);
      }
    }
    trace_.depth_maximum = depth.maximum();
  }

  Line read_queued(const EventHead& head, std::string_view line) {
    const auto rwbs = parse_rwbs(head.rwbs);
    if (!rwbs) return fail("expected RWBS letters such as WS or FWFSM", line);
    if (!line.ends_with(']')) return fail("expected the line to end in '[COMMAND]'", line);
    std::string_view rest = head.rest;
    const auto sectors = take_sectors(rest);
    const auto next = take_word(rest);
    if (!sectors && parse_number<std::uint64_t>(next) && take_word(rest).starts_with('(')) {
      trace_.skip("pass-through commands");
      return {};
    }
    if (!next.starts_with('[')) return fail("expected 'SECTOR + COUNT [COMMAND]'", line);
    return request(head, *rwbs, sectors.value_or(Sectors{0, 0}), line);
  }

  Line request(const EventHead& head, const Rwbs& rwbs, Sectors sectors, std::string_view line) {
    constexpr std::uint64_t kSectorMaximum = kTraceOffsetMaximum >> kSectorShift;
    if (sectors.first > kSectorMaximum || sectors.count > kSectorMaximum) {
      return fail("expected sectors below 2^54", line);
    }
    const std::optional<Operation> operation = operation_of(rwbs, sectors);
    if (!operation) return {};
    TraceRequest request{.time = head.time, .operation = *operation};
    if (changes_data(*operation)) request.flags = {.fua = rwbs.fua, .preflush = rwbs.preflush};
    if (*operation != Operation::flush) {
      request.offset = byte_offset({sectors.first});
      request.length = to_bytes({sectors.count});
    }
    if (const auto wrong = check_trace_request(request); !wrong.empty()) return fail(wrong, line);
    request.device = trace_.device_index(head.device);
    if (request.device >= kTraceDeviceMaximum) return fail("expected at most 64 devices", line);
    trace_.requests.push_back(request);
    return {};
  }

  /// What to play; nothing, and counted, for what is no request of a block device's own.
  std::optional<Operation> operation_of(const Rwbs& rwbs, Sectors sectors) {
    if (sectors.count == 0) {
      if (rwbs.preflush) return Operation::flush;
      trace_.skip("requests without sectors");
      return std::nullopt;
    }
    switch (rwbs.kind) {
      case Rwbs::Kind::read:
        return Operation::read;
      case Rwbs::Kind::write:
        return Operation::write;
      case Rwbs::Kind::write_zeroes:
        return Operation::write_zeroes;
      case Rwbs::Kind::discard:
        return Operation::discard;
      case Rwbs::Kind::secure_erase:
        trace_.skip("secure erases");
        return std::nullopt;
      case Rwbs::Kind::none:
        trace_.skip("pass-through commands");
        return std::nullopt;
    }
    return std::nullopt;
  }

  TraceLines lines_;
  Trace trace_;
  std::vector<Passage> passages_;
  bool summary_ = false;
};

}  // namespace

bool looks_like_blkparse_text(std::string_view bytes) {
  bytes = bytes.substr(0, kTraceLineMaximum);
  const auto begin = bytes.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return false;
  bytes.remove_prefix(begin);
  std::string_view line = bytes.substr(0, bytes.find('\n'));
  return is_device(take_word(line)) && parse_number<std::uint32_t>(take_word(line));
}

std::expected<Trace, InputError> read_blkparse_text(std::string_view bytes, std::string_view name) {
  return Reader(bytes, name).read();
}

}  // namespace cowbell::replay
