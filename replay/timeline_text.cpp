// SPDX-License-Identifier: Apache-2.0
#include "replay/timeline_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "replay/wrapped_text.hpp"

namespace cowbell::replay {
namespace {

using Lane = Timeline::Lane;
using Span = Timeline::Span;

constexpr std::size_t kTimeWidth = 14;
constexpr std::size_t kColumnMinimum = 12;
constexpr std::size_t kColumnMaximum = 40;

constexpr std::string_view kTo = "→";  // what is sent where, behind what sends it

constexpr std::string_view kRed = "\x1b[1;31m";
constexpr std::string_view kBold = "\x1b[1m";
constexpr std::string_view kDim = "\x1b[2m";
constexpr std::string_view kPlain = "\x1b[0m";

/// For each of so many columns, beside the time.
std::size_t column_room(std::size_t width, std::size_t columns) {
  return (width > kTimeWidth ? width - kTimeWidth : 0) / std::max<std::size_t>(columns, 1);
}

std::string_view kind_name(Lane::Kind kind) {
  switch (kind) {
    case Lane::Kind::client:
      return "clients";
    case Lane::Kind::engine:
      return "engine";
    case Lane::Kind::origin:
      return "origins";
    case Lane::Kind::storage:
      return "storages";
  }
  return {};
}

/// "1" of "client 1"; nothing for who is told by what it says.
std::string_view short_name(const Lane& lane) {
  if (lane.kind == Lane::Kind::engine) return lane.name;
  for (const std::string_view kind : {"client ", "origin ", "storage of "})
    if (lane.name.starts_with(kind)) return std::string_view(lane.name).substr(kind.size());
  return {};
}

/// Which lanes share a column.
enum class Sharing : std::uint8_t { none, of_a_kind };

struct Column {
  std::string name;
  std::vector<std::string> texts;  // of the row that is being made
  std::size_t open = 0;            // that go on through the row
  bool red = false;
};

class Columns {
 public:
  Columns(Timeline timeline, const TextLook& look, Sharing sharing)
      : timeline_(std::move(timeline)), look_(look) {
    fit(sharing);
    events_.resize(timeline_.rows.size());
    for (const Span& span : timeline_.spans) add(span);
    for (const auto& request : timeline_.requests) add(request);
    for (const auto& note : timeline_.notes) say(note);
  }

  std::string write() {
    if (timeline_.left_out != 0)
      out_ += fmt::format("{} earlier events are left out\n\n", timeline_.left_out);
    heading();
    for (Timeline::Row row = 0; row < timeline_.rows.size(); ++row) write_row(row);
    return std::move(out_);
  }

 private:
  struct Said {
    std::size_t column;  // past the last for the whole width
    std::string_view prefix;
    std::string text;
    bool red;
    int open;  // how many more, or fewer, go on from here
  };

  void fit(Sharing sharing) {
    for (const Lane& lane : timeline_.lanes) {
      const auto of_its_kind = std::ranges::count(timeline_.lanes, lane.kind, &Lane::kind);
      const bool shares = sharing == Sharing::of_a_kind && of_its_kind > 1;
      const std::string name(shares ? kind_name(lane.kind) : lane.name);
      auto column = std::ranges::find(columns_, name, &Column::name);
      if (column == columns_.end()) column = columns_.insert(column, {name, {}});
      std::string prefix(shares ? short_name(lane) : "");
      if (!prefix.empty()) prefix += ": ";
      places_.push_back({static_cast<std::size_t>(column - columns_.begin()), std::move(prefix)});
    }
    width_ =
        std::clamp(column_room(look_.width, columns_.size()), kColumnMinimum, kColumnMaximum) - 1;
  }

  void say(Timeline::Row row, Timeline::LaneIndex lane, std::string text, bool red, int open = 0) {
    if (lane == Timeline::kNoLane) {
      events_[row].push_back({columns_.size(), {}, std::move(text), red, open});
      return;
    }
    const auto& [column, prefix] = places_[lane];
    events_[row].push_back({column, prefix, std::move(text), red, open});
  }

  void say(const Timeline::Note& note) {
    say(note.row, note.lane, "* " + note.text + (note.breaking ? " ← breaks" : ""), note.fault);
  }

  void add(const Span& span) {
    if (span.obvious) return;
    const bool deed = span.kind == Span::Kind::deed;
    const std::string begin = span.kind == Span::Kind::work ? "┌" : span.text;
    std::string end = span.kind == Span::Kind::work ? "└" : deed ? outcome_text(span) : "";
    if (deed && span.aside) end += ": " + span.text;
    if (span.breaking) end += " ← breaks";
    const bool red = span.breaking || (span.open && deed);
    if (span.first_row == span.last_row && !span.open) {
      if (deed) say(span.first_row, span.lane, begin + ": " + end, red);
      return;
    }
    say(span.first_row, span.lane, begin, false, 1);
    say(span.last_row, span.lane, end, red, -1);
  }

  void add(const Timeline::Request& request) {
    std::string begin = fmt::format("#{} {}", request.number, request.text);
    if (!request.fault.empty()) begin += " (injected: " + request.fault + ")";
    const std::string end = fmt::format("#{} {}", request.number, outcome_text(request));
    if (request.sender != Timeline::kNoLane)
      say(request.first_row, request.sender,
          std::string(kTo) + ' ' + timeline_.lanes[request.device].name, false);
    say(request.first_row, request.device, begin, !request.fault.empty(), 1);
    for (const auto& effect : request.effects)
      if (effect.row != request.first_row && effect.row != request.last_row)
        say(effect.row, request.device, fmt::format("#{} {}", request.number, effect.text), false);
    say(request.last_row, request.device, end, request.open || request.outcome != Errc::none, -1);
  }

  void paint(std::string_view text, std::string_view colour) {
    if (look_.colour) out_ += colour;
    out_ += text;
    if (look_.colour) out_ += kPlain;
  }

  void put_cell(std::string_view text, std::string_view colour, bool last) {
    colour.empty() ? void(out_ += text) : paint(text, colour);
    if (last) return;
    out_.append(width_ + 1 - std::min(width_, width_of(text)), ' ');
  }

  /// Cells of one row beside each other, as many lines as the tallest needs.
  void put_lines(std::string_view time, const std::vector<std::vector<std::string>>& cells,
                 const std::vector<std::string_view>& colours) {
    std::size_t height = 1;
    for (const auto& cell : cells) height = std::max(height, cell.size());
    for (std::size_t line = 0; line < height; ++line) {
      const std::string_view left = line == 0 ? time : std::string_view();
      out_.append(kTimeWidth - 2 - std::min(kTimeWidth - 2, width_of(left)), ' ');
      paint(left, kDim);
      out_ += "  ";
      for (std::size_t i = 0; i < cells.size(); ++i) {
        const bool text = line < cells[i].size();
        const std::string_view going_on = columns_[i].open != 0 ? "│" : "";
        put_cell(text ? std::string_view(cells[i][line]) : going_on, text ? colours[i] : kDim,
                 i + 1 == cells.size());
      }
      while (out_.back() == ' ') out_.pop_back();
      out_ += '\n';
    }
  }

  void heading() {
    std::vector<std::vector<std::string>> names;
    for (const Column& column : columns_) names.push_back(wrapped(column.name, width_));
    put_lines("", names, std::vector<std::string_view>(columns_.size(), kBold));
    out_ += '\n';
  }

  void write_row(Timeline::Row row) {
    for (Column& column : columns_) column.texts.clear(), column.red = false;
    std::string aside;
    for (const Said& said : events_[row]) {
      if (said.column == columns_.size()) {
        aside += (aside.empty() ? "" : ", ") + said.text;
        continue;
      }
      Column& column = columns_[said.column];
      if (said.text.starts_with(kTo) && !column.texts.empty() &&
          column.texts.back().starts_with(said.prefix))
        column.texts.back() += ' ' + said.text;
      else if (!said.text.empty())
        column.texts.push_back(
            (said.text.starts_with(said.prefix) ? "" : std::string(said.prefix)) + said.text);
      column.red |= said.red;
      column.open = static_cast<std::size_t>(static_cast<int>(column.open) + said.open);
    }
    std::vector<std::vector<std::string>> cells;
    std::vector<std::string_view> colours;
    for (const Column& column : columns_) {
      std::vector<std::string> lines;
      for (const std::string& text : column.texts)
        for (std::string& line : wrapped(text, width_)) lines.push_back(std::move(line));
      const bool going_on = lines.empty() && column.open != 0;
      if (going_on) lines.push_back("│");
      colours.push_back(column.red ? kRed : going_on ? kDim : std::string_view());
      cells.push_back(std::move(lines));
    }
    const bool same_time = row != 0 && timeline_.rows[row - 1] == timeline_.rows[row];
    put_lines(same_time ? "" : moment_text(timeline_.rows[row]), cells, colours);
    if (!aside.empty()) out_ += std::string(kTimeWidth, ' ') + aside + '\n';
  }

  const Timeline timeline_;
  const TextLook look_;
  struct Place {
    std::size_t column;
    std::string prefix;  // of what it says, where others share the column
  };

  std::vector<Column> columns_;
  std::vector<Place> places_;              // of lanes
  std::size_t width_ = 0;                  // of a column, without the blank behind it
  std::vector<std::vector<Said>> events_;  // by row
  std::string out_;
};

}  // namespace

std::string to_columns(const Timeline& timeline, const TextLook& look) {
  const auto fits = [&](const Timeline& shown) {
    return column_room(look.width, shown.lanes.size()) >= kColumnMinimum;
  };
  if (fits(timeline)) return Columns(timeline, look, Sharing::none).write();
  Timeline folded = with_engine_folded(timeline);
  const Sharing sharing = fits(folded) ? Sharing::none : Sharing::of_a_kind;
  return Columns(std::move(folded), look, sharing).write();
}

}  // namespace cowbell::replay
