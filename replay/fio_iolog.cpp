// SPDX-License-Identifier: Apache-2.0
#include "replay/fio_iolog.hpp"

#include <algorithm>
#include <string>

#include "replay/trace_lines.hpp"

namespace cowbell::replay {
namespace {

using Line = std::expected<void, InputError>;

class Reader {
 public:
  Reader(std::string_view bytes, std::string_view name) : lines_(bytes, name) {}

  std::expected<Trace, InputError> read() {
    if (auto header = read_header(); !header) return std::unexpected(header.error());
    for (;;) {
      const auto line = lines_.next();
      if (!line) return std::unexpected(line.error());
      if (!*line) break;
      if (auto read = read_line(**line); !read) return std::unexpected(read.error());
    }
    trace_.sort_by_time();
    return std::move(trace_);
  }

 private:
  Line fail(std::string_view what, std::string_view found) const {
    return std::unexpected(lines_.error(std::string(what) + ", found " + in_quotes(found)));
  }

  Line read_header() {
    const auto line = lines_.next();
    if (!line) return std::unexpected(line.error());
    if (*line == "fio version 2 iolog") {
      trace_.format = TraceFormat::fio_iolog_2;
      trace_.timed = false;
    } else if (*line == "fio version 3 iolog") {
      trace_.format = TraceFormat::fio_iolog_3;
    } else {
      return fail("expected 'fio version 2 iolog' or 'fio version 3 iolog'",
                  line->value_or(std::string_view{}));
    }
    return {};
  }

  Line read_line(std::string_view line) {
    std::string_view rest = line;
    if (trace_.format == TraceFormat::fio_iolog_3) {
      const auto word = take_word(rest);
      const auto microseconds = parse_number<std::uint64_t>(word);
      if (!microseconds) return fail("expected a time in microseconds", line);
      if (auto set = set_time(*microseconds, line); !set) return set;
    }
    const auto file = take_word(rest);
    const auto action = take_word(rest);
    if (file.empty() || action.empty()) return fail("expected a file and an action", line);
    if (action == "add" || action == "open" || action == "close") {
      if (!take_word(rest).empty()) return fail("expected nothing after the action", line);
      return open_or_close(file, action, line);
    }
    const auto offset = parse_number<std::uint64_t>(take_word(rest));
    const auto length = parse_number<std::uint64_t>(take_word(rest));
    if (!offset || !length) return fail("expected an action, an offset and a length", line);
    if (!take_word(rest).empty()) return fail("expected nothing after the length", line);
    return request(file, action, {*offset}, {*length}, line);
  }

  Line set_time(std::uint64_t microseconds, std::string_view line) {
    constexpr std::uint64_t kMaximum = static_cast<std::uint64_t>(Time::max().count()) / 1000;
    if (microseconds > kMaximum) return fail("expected a time below 292 years", line);
    now_ = std::chrono::microseconds(microseconds);
    return {};
  }

  Line open_or_close(std::string_view file, std::string_view action, std::string_view line) {
    if (action == "add") {
      if (trace_.device_index(file) >= kTraceDeviceMaximum) {
        return fail("expected at most 64 files", line);
      }
      return {};
    }
    if (!added(file)) return fail("expected a file that was added before", line);
    return {};
  }

  bool added(std::string_view file) const {
    return std::ranges::find(trace_.devices, file) != trace_.devices.end();
  }

  Line request(std::string_view file, std::string_view action, ByteCount offset, ByteCount length,
               std::string_view line) {
    if (!added(file)) return fail("expected a file that was added before", line);
    TraceRequest request{.time = now_, .offset = offset, .length = length};
    request.device = trace_.device_index(file);
    if (action == "wait") return wait(offset.value, line);
    if (action == "sync" || action == "datasync") {
      request.operation = Operation::flush;
      request.offset = request.length = {};
    } else if (action == "read") {
      request.operation = Operation::read;
    } else if (action == "write") {
      request.operation = Operation::write;
    } else if (action == "trim") {
      request.operation = Operation::discard;
    } else {
      return fail("expected one of add, open, close, read, write, sync, datasync, trim, wait",
                  line);
    }
    if (const auto wrong = check_trace_request(request); !wrong.empty()) return fail(wrong, line);
    if (request.operation != Operation::flush && request.length.value == 0) {
      trace_.skip("requests of length 0");
    } else {
      trace_.requests.push_back(request);
    }
    return {};
  }

  Line wait(std::uint64_t microseconds, std::string_view line) {
    if (trace_.format == TraceFormat::fio_iolog_3) {
      return fail("expected no 'wait' in version 3", line);
    }
    const auto before = static_cast<std::uint64_t>(now_.count()) / 1000;
    if (microseconds > ~std::uint64_t{0} - before) {
      return fail("expected a time below 292 years", line);
    }
    trace_.timed = true;
    return set_time(before + microseconds, line);
  }

  TraceLines lines_;
  Trace trace_;
  Time now_{};
};

}  // namespace

bool looks_like_fio_iolog(std::string_view bytes) {
  return bytes.starts_with("fio version ");
}

std::expected<Trace, InputError> read_fio_iolog(std::string_view bytes, std::string_view name) {
  return Reader(bytes, name).read();
}

}  // namespace cowbell::replay
