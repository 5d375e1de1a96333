// SPDX-License-Identifier: Apache-2.0
#include "replay/html_diagram.hpp"

#include <fmt/format.h>

#include <optional>

#include "replay/html_layout.hpp"
#include "replay/html_page.hpp"

namespace cowbell::replay {
namespace {

using Lane = Timeline::Lane;
using Row = Timeline::Row;
using Span = Timeline::Span;

constexpr int kVerticalLetter = 7;  // pixels down, in lanes too narrow for words

std::string_view lane_class(Lane::Kind kind) {
  switch (kind) {
    case Lane::Kind::client:
      return "client";
    case Lane::Kind::engine:
      return "engine";
    case Lane::Kind::origin:
      return "origin";
    case Lane::Kind::storage:
      return "storage";
  }
  return {};
}

class Diagram {
 public:
  /// Borrowed.
  explicit Diagram(const Timeline& timeline) : timeline_(timeline), layout_(timeline, kDrawnRows) {}

  HtmlDiagram write() {
    for (std::size_t i = 0; i < timeline_.spans.size(); ++i) draw(timeline_.spans[i], i);
    for (std::size_t i = 0; i < timeline_.requests.size(); ++i) draw(timeline_.requests[i], i);
    for (std::size_t i = 0; i < timeline_.notes.size(); ++i) draw(timeline_.notes[i], i);
    std::string out = "<div class=\"diagram\">\n";
    if (layout_.first() != 0 || timeline_.left_out != 0)
      out +=
          fmt::format("<p class=\"legend\">{} rows and {} events before these are left out.</p>\n",
                      layout_.first(), timeline_.left_out);
    out += headings();
    out += fmt::format("<div class=\"rows\" style=\"width:{}px;height:{}px\">\n", layout_.width(),
                       layout_.height());
    out += breach_;
    out += fmt::format("<svg width=\"{}\" height=\"{}\">\n{}{}</svg>\n", layout_.width(),
                       layout_.height(), lifelines(), arrows_);
    return {out + times() + bars_ + "</div>\n</div>\n", !breach_.empty()};
  }

 private:
  std::string headings() const {
    std::string out =
        fmt::format("<div class=\"lanes\"><div style=\"width:{}px\"></div>", kTimeWidth);
    for (std::size_t i = 0; i < timeline_.lanes.size(); ++i)
      out += fmt::format("<div class=\"{}\" style=\"width:{}px\">{}</div>",
                         lane_class(timeline_.lanes[i].kind), layout_.lane_width(i),
                         html_escaped(timeline_.lanes[i].name));
    return out + "</div>\n";
  }

  std::string lifelines() const {
    std::string out;
    for (std::size_t i = 0; i < timeline_.lanes.size(); ++i) {
      const int x = layout_.left(i, 0) + layout_.bar_width(i) / 2;
      out += fmt::format("<line class=\"life\" x1=\"{0}\" y1=\"0\" x2=\"{0}\" y2=\"{1}\"/>\n", x,
                         layout_.height());
    }
    return out;
  }

  std::string times() const {
    std::string out;
    for (Row row = layout_.first(); row < timeline_.rows.size(); ++row)
      if (row == layout_.first() || timeline_.rows[row] != timeline_.rows[row - 1])
        out += fmt::format("<div class=\"time\" style=\"top:{}px\">{}</div>\n", layout_.top(row),
                           moment_text(timeline_.rows[row]));
    return out;
  }

  struct Bar {
    std::string classes;
    int left, width;
    Row first, last;
    std::string text;     // escaped, may have marks of its own
    std::string outcome;  // empty for none
    std::string tip;
  };

  void put(const Bar& bar) {
    bars_ += fmt::format(
        "<div class=\"bar {}\" style=\"left:{}px;top:{}px;width:{}px;height:{}px\" "
        "title=\"{}\"><span>{}</span>{}</div>\n",
        bar.classes, bar.left, layout_.top(bar.first) + 1, bar.width,
        layout_.bar_height(bar.first, bar.last), html_escaped(bar.tip), bar.text,
        bar.outcome.empty() ? "" : fmt::format("<i>{}</i>", html_escaped(bar.outcome)));
  }

  /// Whole, or not at all: the tip has it.
  std::string wait_text(const Span& wait) const {
    const std::string_view text = wait_label(wait);
    const int height = layout_.bar_height(layout_.first_row(wait), wait.last_row);
    const bool fits =
        !layout_.narrow(wait) || static_cast<int>(text.size()) * kVerticalLetter <= height;
    return fits ? html_escaped(text) : "";
  }

  void mark_row(Row row) {
    if (row < layout_.first()) return;
    breach_ =
        fmt::format("<div class=\"breach\" id=\"breach\" style=\"top:{}px;height:{}px\"></div>\n",
                    layout_.top(row), layout_.row_height(row));
  }

  static std::string lasted(Time from, Time to) {
    return fmt::format("{} to {}", moment_text(from), moment_text(to));
  }

  void draw(const Span& span, std::size_t index) {
    if (!layout_.drawn(span.last_row) || span.obvious) return;
    const bool deed = span.kind == Span::Kind::deed;
    const bool wait = span.kind == Span::Kind::wait;
    std::string classes(deed ? "deed" : wait ? "wait" : "work");
    if (deed && (span.open || span.outcome != Errc::none)) classes += " failed";
    if (span.breaking) {
      classes += " breaking";
      mark_row(span.last_row);
    }
    const std::string outcome = deed ? outcome_text(span) : "";
    if (wait && layout_.narrow(span)) classes += " narrow";
    put({.classes = classes,
         .left = layout_.span_left(index) + (wait ? kWaitInset : 0),
         .width = layout_.span_width(span),
         .first = layout_.first_row(span),
         .last = span.last_row,
         .text = deed   ? html_escaped(span.text)
                 : wait ? wait_text(span)
                        : "",
         .outcome = outcome,
         .tip = fmt::format("{}\n{}{}{}", span.text, lasted(span.from, span.to), deed ? "\n" : "",
                            outcome)});
  }

  void draw(const Timeline::Request& request, std::size_t index) {
    if (!layout_.drawn(request.last_row)) return;
    const std::string_view kind = lane_class(timeline_.lanes[request.device].kind);
    const bool failed = request.open || request.outcome != Errc::none || request.came_up_short;
    std::string classes(kind);
    if (failed) classes += " failed";
    if (!request.fault.empty()) classes += " fault";
    std::string text = html_escaped(request.text);
    if (!request.fault.empty()) text += fmt::format(" <b>{}</b>", html_escaped(request.fault));
    const std::string outcome = outcome_text(request);
    std::string tip = fmt::format("request {}: {}\n{}\n{}", request.number, request.text,
                                  lasted(request.from, request.to), outcome);
    for (const auto& effect : request.effects)
      tip += fmt::format("\n{}: {}", moment_text(effect.at), effect.text);
    const int x = layout_.request_left(index);
    put({.classes = classes,
         .left = x,
         .width = layout_.bar_width(request.device),
         .first = request.first_row,
         .last = request.last_row,
         .text = text,
         .outcome = outcome,
         .tip = tip});
    draw_effects(request, x + layout_.bar_width(request.device));
    if (const auto sender = sent_by(request); sender && request.first_row >= layout_.first())
      arrow("to", kind, right(*sender), x, layout_.middle(request.first_row), false);
    const auto taker = answered_to(request);
    if (taker && !request.open && request.last_row != request.first_row)
      arrow("from", kind, x, right(*taker), layout_.middle(request.last_row), failed);
  }

  /// On the right edge of its bar, away from words; one for all that takes effect in a row.
  void draw_effects(const Timeline::Request& request, int edge) {
    std::optional<Row> drawn;
    for (const auto& effect : request.effects) {
      if (effect.row < layout_.first() || drawn == effect.row) continue;
      drawn = effect.row;
      bars_ +=
          fmt::format("<div class=\"dot{}\" style=\"left:{}px;top:{}px\" title=\"{}: {}\"></div>\n",
                      request.changes ? "" : " look", edge - 4, layout_.middle(effect.row) - 4,
                      moment_text(effect.at), html_escaped(effect.text));
    }
  }

  int right(std::size_t span) const {
    return layout_.span_left(span) + layout_.bar_width(timeline_.spans[span].lane);
  }

  static bool covers(const Span& span, Row row) {
    return span.kind != Span::Kind::wait && span.first_row <= row && row <= span.last_row;
  }

  /// What the fiber was about that sent the request: of several, what began last.
  std::optional<std::size_t> sent_by(const Timeline::Request& request) const {
    std::optional<std::size_t> sender;
    for (std::size_t i = 0; i < timeline_.spans.size(); ++i)
      if (request.fiber != 0 && timeline_.spans[i].fiber == request.fiber &&
          covers(timeline_.spans[i], request.first_row))
        sender = i;
    return sender;
  }

  /// The statement that ends with the answer of the device, or else what sent the request if that
  /// still goes on.
  std::optional<std::size_t> answered_to(const Timeline::Request& request) const {
    for (std::size_t i = 0; i < timeline_.spans.size(); ++i)
      if (timeline_.spans[i].kind == Span::Kind::deed && !timeline_.spans[i].open &&
          timeline_.spans[i].last_row == request.last_row)
        return i;
    const auto sender = sent_by(request);
    return sender && covers(timeline_.spans[*sender], request.last_row) ? sender : std::nullopt;
  }

  void arrow(std::string_view direction, std::string_view kind, int from, int to, int y,
             bool failed) {
    const std::string colour = failed ? "red-arrow" : fmt::format("{}-arrow", kind);
    const int back = to > from ? -7 : 7;
    arrows_ += fmt::format(
        "<path class=\"{} {}\" d=\"M{} {}H{}\"/>"
        "<path class=\"head {}\" d=\"M{} {}l{} -4v8z\"/>\n",
        direction, colour, from, y, to + back, colour, to, y, back);
  }

  void draw(const Timeline::Note& note, std::size_t index) {
    if (note.row < layout_.first()) return;
    const bool world = note.lane == Timeline::kNoLane;
    if (note.breaking) mark_row(note.row);
    const int x = world ? kTimeWidth : layout_.note_left(index);
    bars_ += fmt::format(
        "<div class=\"note{}{}\" style=\"left:{}px;top:{}px;width:{}px\"><span>◆ {}</span></div>\n",
        note.fault ? " fault" : "", world ? " world" : "", x, layout_.top(note.row),
        world ? layout_.width() - kTimeWidth : layout_.bar_width(note.lane),
        html_escaped(note.text));
  }

  const Timeline& timeline_;
  const DiagramLayout layout_;
  std::string bars_;
  std::string arrows_;
  std::string breach_;
};

}  // namespace

HtmlDiagram html_diagram(const Timeline& timeline) {
  const Timeline folded = with_engine_folded(timeline);
  return Diagram(folded).write();
}

}  // namespace cowbell::replay
