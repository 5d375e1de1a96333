// SPDX-License-Identifier: Apache-2.0
#include "replay/html_page.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "replay/html_diagram.hpp"
#include "replay/html_style.hpp"
#include "replay/text.hpp"

namespace cowbell::replay {
namespace {

constexpr std::string_view kAllowed = "; allowed: ";
constexpr std::string_view kReturned = " returned ";

constexpr std::string_view kToLine = " · <a href=\"#line\">to the line</a>";
constexpr std::string_view kToMoment = " · <a href=\"#breach\">to the moment</a>";

std::string heading(const PageContent& content) {
  if (content.breach == nullptr) return "<h1><span class=\"held\">held</span></h1>\n";
  if (!content.breach->rule)
    return "<h1><span class=\"broke\">broke</span> an expectation of the scenario</h1>\n";
  return fmt::format("<h1><span class=\"broke\">{} broken</span> {}</h1>\n",
                     rule_name(*content.breach->rule), rule_title(*content.breach->rule));
}

/// Escaped, and what stands between backquotes as code.
std::string words(std::string_view text) {
  std::string out;
  bool code = false;
  for (const char letter : html_escaped(text)) {
    if (letter != '`') {
      out += letter;
      continue;
    }
    out += code ? "</code>" : "<code>";
    code = !code;
  }
  return code ? html_escaped(text) : out;
}

/// The judge says of a read: `STATEMENT` returned X at byte N; allowed: Y.
std::string finding(const model::Breach& breach) {
  const std::string_view what = breach.what;
  const std::size_t allowed = what.rfind(kAllowed);
  const std::size_t returned = what.find(kReturned);
  if (allowed == what.npos || returned == what.npos || returned > allowed)
    return fmt::format("<p class=\"what\">{}</p>\n", words(what));
  const std::size_t read = returned + kReturned.size();
  return fmt::format(
      "<dl class=\"what\"><dt>statement</dt><dd>{}</dd><dt>returned</dt><dd class=\"bad\">{}</dd>"
      "<dt>allowed</dt><dd class=\"good\">{}</dd></dl>\n",
      words(what.substr(0, returned)), words(what.substr(read, allowed - read)),
      words(what.substr(allowed + kAllowed.size())));
}

bool shows_line(const PageContent& content) {
  if (content.breach == nullptr) return false;
  const auto lines = std::ranges::count(content.scenario_text, '\n') +
                     (content.scenario_text.ends_with('\n') ? 0 : 1);
  return content.breach->line.number != 0 && content.breach->line.number <= lines;
}

std::string scenario(const PageContent& content) {
  std::string out = "<section><h2>Scenario</h2>\n<ol class=\"scenario\">\n";
  std::string_view rest = content.scenario_text;
  for (std::uint32_t number = 1; !rest.empty(); ++number) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string line = html_escaped(rest.substr(0, end));
    const bool breaks = content.breach != nullptr && content.breach->line.number == number;
    out += fmt::format("<li{}>{}</li>\n",
                       breaks                  ? " class=\"breaks\" id=\"line\""
                       : line.starts_with('#') ? " class=\"comment\""
                                               : "",
                       line);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return out + "</ol></section>\n";
}

std::string history(const model::Breach* breach) {
  if (breach == nullptr || breach->history.empty()) return {};
  return "<section><h2>History of that block</h2>\n<pre class=\"history\">" +
         html_escaped(breach->history) + "</pre></section>\n";
}

std::string legend() {
  return "<p class=\"legend\"><span class=\"key deed\">statement</span>"
         "<span class=\"key work\">engine at work</span>"
         "<span class=\"key wait\">waits for …</span>"
         "<span class=\"key origin\">request at an origin</span>"
         "<span class=\"key storage\">at a storage</span>"
         "<span><span class=\"dot\"></span> a change takes effect</span>"
         "<span><span class=\"dot look\"></span> a read does</span>"
         "<span class=\"key fault\">injected fault</span>"
         "<span class=\"key breaking\">what broke</span>"
         "Time runs down and is not to scale: each row is one event.</p>\n";
}

}  // namespace

std::string to_html(const Timeline& timeline, const PageContent& content) {
  const HtmlDiagram diagram = html_diagram(timeline);
  std::string page =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width\">\n";
  page += fmt::format("<title>{} – Cowbell</title>\n<style>\n{}</style>\n</head>\n<body>\n",
                      html_escaped(content.file), kPageStyle);
  page += fmt::format("<header>\n<p class=\"file\">{}</p>\n", html_escaped(content.file));
  page += heading(content);
  if (content.breach != nullptr) page += finding(*content.breach);
  page += fmt::format("<p class=\"again\">Run it again: <code>{}</code>{}{}</p>\n</header>\n",
                      html_escaped(content.command), shows_line(content) ? kToLine : "",
                      diagram.shows_breach ? kToMoment : "");
  page += "<main>\n<div class=\"texts\">\n" + scenario(content) + history(content.breach) +
          "</div>\n<section>\n<h2>What happened</h2>\n" + legend();
  return page + diagram.html + "</section>\n</main>\n</body>\n</html>\n";
}

std::string_view rule_title(Rule rule) {
  switch (rule) {
    case Rule::S1:
      return "the origin is left alone";
    case Rule::S2:
      return "one cut";
    case Rule::S3:
      return "frozen means frozen";
    case Rule::S4:
      return "image writes stay in the image";
    case Rule::S5:
      return "an error rather than wrong data";
    case Rule::S6:
      return "a fault costs no more than it must";
    case Rule::S7:
      return "the snapshot's troubles are not the origin's";
    case Rule::S8:
      return "everything is answered";
    case Rule::S9:
      return "bounded memory";
    case Rule::S10:
      return "extents";
    case Rule::S11:
      return "release";
    case Rule::S12:
      return "events";
    case Rule::S13:
      return "determinism";
    case Rule::S14:
      return "changed blocks";
  }
  return {};
}

std::string html_escaped(std::string_view text) {
  std::string out;
  for (const char byte : text) {
    switch (byte) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\n':
      case '\t':
        out += byte;
        break;
      default:
        if (static_cast<unsigned char>(byte) >= 0x20 && byte != 0x7f) out += byte;
    }
  }
  return out;
}

}  // namespace cowbell::replay
