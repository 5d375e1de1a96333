// SPDX-License-Identifier: Apache-2.0
// The writes that a read of one logical block may return, held in place while they are few.
//
// Nearly every block has one or two: the last write, and what it replaced, for as long as a read
// that began before is on its way.
#pragma once

#include <algorithm>
#include <memory>

#include "models/writes.hpp"

namespace cowbell::model {

struct Candidate {
  Version version;
  /// From when a read may return it: its invocation, or its effect where effects are announced.
  Moment since;
  /// When it was replaced: a read that began later may not return it.
  Moment dropped = kNotYet;

  bool live() const { return dropped == kNotYet; }
  bool operator==(const Candidate&) const = default;
};

class CandidateSet {
 public:
  CandidateSet() : place_{} {}
  explicit CandidateSet(Candidate only) : place_{}, size_(1) { place_.few[0] = only; }
  ~CandidateSet() { free_heap(); }
  CandidateSet(const CandidateSet&) = delete;
  CandidateSet& operator=(const CandidateSet&) = delete;

  Candidate* begin() { return on_heap_ ? place_.many.data : place_.few; }
  Candidate* end() { return begin() + size_; }
  const Candidate* begin() const { return on_heap_ ? place_.many.data : place_.few; }
  const Candidate* end() const { return begin() + size_; }
  std::uint32_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  /// Makes `only` the whole of the set.
  void assign(Candidate only) {
    size_ = 1;
    *begin() = only;
  }

  void add(Candidate candidate) {
    if (size_ == (on_heap_ ? place_.many.capacity : kInPlace)) grow();
    begin()[size_++] = candidate;
  }

  template <class Predicate>
  void erase_if(Predicate predicate) {
    size_ = static_cast<std::uint32_t>(std::remove_if(begin(), end(), predicate) - begin());
  }

  /// Empty, and without memory of its own.
  void clear() {
    free_heap();
    on_heap_ = false;
    size_ = 0;
  }

 private:
  static constexpr std::uint32_t kInPlace = 2;
  struct Many {
    Candidate* data;
    std::uint32_t capacity;
  };

  void grow() {
    const std::uint32_t capacity = on_heap_ ? place_.many.capacity * 2 : kInPlace * 4;
    Candidate* data = new Candidate[capacity];
    std::copy(begin(), end(), data);
    free_heap();
    place_.many = {data, capacity};
    on_heap_ = true;
  }
  void free_heap() {
    if (on_heap_) delete[] place_.many.data;
  }

  union Place {
    Place() : few{} {}
    Candidate few[kInPlace];
    Many many;
  } place_;
  std::uint32_t size_ = 0;
  bool on_heap_ = false;
};

}  // namespace cowbell::model
