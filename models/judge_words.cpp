// SPDX-License-Identifier: Apache-2.0
// How the judge says what it found.
#include <fmt/format.h>

#include "models/judge.hpp"
#include "models/scenario_text.hpp"

namespace cowbell::model {

std::string Judge::name(const Request& request) const {
  if (request.statement != Write::kNoStatement)
    return "`" + statement_text(*scenario_, request.statement) + "`";
  return fmt::format("the final check of {}{}", request.cut == nullptr ? "" : "an image of ",
                     scenario_->origins[request.origin].name);
}

std::string Judge::describe(Content content) const {
  if (content.is_garbage()) return "what no write left";
  if (!content.is_stamp()) {
    if (content.value() == 0) return "zeroes";
    return fmt::format("0x{:02x}", content.value());
  }
  const Version version = content.version();
  if (version >= golden_.writes().end()) return fmt::format("version {}", version);
  return fmt::format("version {} (`{}`)", version,
                     statement_text(*scenario_, golden_.writes()[version].statement));
}

std::string Judge::describe_sight(const Request& request, const WrongBlock& block) const {
  const BlockUnit unit = golden_.unit(request.origin);
  const Sector sector = unit.sector(block.block);
  const Content first = golden_.stamps().content(block.data, sector);
  if (!first.is_garbage())
    return describe(first) + (block.torn ? " mixed with something else" : "");
  const Stamps::Sight sight = golden_.stamps().look(block.data);
  switch (sight.kind) {
    case Stamps::Sight::Kind::unread:
      return "memory that was never read into";
    case Stamps::Sight::Kind::torn_stamp:
      return fmt::format("a torn sector of version {}", sight.version);
    case Stamps::Sight::Kind::stamp:
      return fmt::format("version {} as written to byte {} of {}{}", sight.version,
                         byte_offset(sight.sector).value, sight.device >> 8 ? "an image of " : "",
                         (sight.device & 0xff) < scenario_->origins.size()
                             ? scenario_->origins[sight.device & 0xff].name
                             : "another device");
    case Stamps::Sight::Kind::byte:
      return fmt::format("0x{:02x}", sight.value);
    case Stamps::Sight::Kind::other:
      return "what no write left";
  }
  return {};
}

void Judge::note(HistoryEvent::Kind kind, const Request& request, SectorRange range, Errc outcome) {
  history_.add({.kind = kind,
                .at = golden_.now(),
                .operation = request.operation,
                .origin = request.origin,
                .cut = request.cut == nullptr ? 0 : request.cut->number(),
                .range = range,
                .version = request.version,
                .statement = request.statement,
                .outcome = outcome,
                .flushes = request.operation == Operation::flush || request.asked.preflush});
}

void Judge::note(HistoryEvent::Kind kind, const Cut& cut, std::uint32_t statement, Errc outcome) {
  std::uint64_t origins = 0;
  for (OriginIndex i = 0; i < scenario_->origins.size(); ++i)
    if (cut.holds(i)) origins |= std::uint64_t{1} << i;
  history_.add({.kind = kind,
                .at = golden_.now(),
                .origins = origins,
                .cut = cut.number(),
                .range = {},
                .statement = statement,
                .outcome = outcome});
}

}  // namespace cowbell::model
