// SPDX-License-Identifier: Apache-2.0
#include "core/cut_marks.hpp"

#include "core/allocate.hpp"

namespace cowbell {

const CutMarks* MarkedCuts::find(Generation cut) const {
  for (const CutMarks& marks : cuts_)
    if (marks.cut == cut) return &marks;
  return nullptr;
}

CutMarks* MarkedCuts::need(Generation cut, std::uint64_t block_count) {
  for (CutMarks& marks : cuts_)
    if (marks.cut == cut) return &marks;
  if (lost_[cut]) return nullptr;
  const Errc error = try_allocate([&] {
    std::pmr::vector<std::uint64_t> bits((block_count + 63) / 64, cuts_.get_allocator().resource());
    cuts_.push_front({cut, std::move(bits)});
  });
  if (error == Errc::none) return &cuts_.front();
  lost_.set(cut);
  return nullptr;
}

}  // namespace cowbell
