// SPDX-License-Identifier: Apache-2.0
#include "core/error.hpp"

#include <array>
#include <cerrno>

namespace cowbell {
namespace {

struct Row {
  Errc error;
  int number;
  std::string_view name;
};

// In the order of the enumeration: the code is the index.
constexpr std::array<Row, kErrcCount> kRows{{
    {Errc::none, 0, "OK"},
    {Errc::io, EIO, "EIO"},
    {Errc::no_space, ENOSPC, "ENOSPC"},
    {Errc::no_memory, ENOMEM, "ENOMEM"},
    {Errc::again, EAGAIN, "EAGAIN"},
    {Errc::no_device, ENODEV, "ENODEV"},
    {Errc::exists, EEXIST, "EEXIST"},
    {Errc::not_found, ENOENT, "ENOENT"},
    {Errc::busy, EBUSY, "EBUSY"},
    {Errc::too_large, EFBIG, "EFBIG"},
    {Errc::invalid, EINVAL, "EINVAL"},
    {Errc::not_supported, EOPNOTSUPP, "EOPNOTSUPP"},
    {Errc::timed_out, ETIMEDOUT, "ETIMEDOUT"},
    {Errc::read_only, EROFS, "EROFS"},
}};

}  // namespace

std::string_view errno_name(Errc error) {
  return kRows[static_cast<unsigned>(error)].name;
}

int errno_number(Errc error) {
  return kRows[static_cast<unsigned>(error)].number;
}

std::optional<Errc> errc_from_name(std::string_view name) {
  for (const Row& row : kRows)
    if (row.error != Errc::none && row.name == name) return row.error;
  return std::nullopt;
}

Errc errc_from_errno(int number) {
  for (const Row& row : kRows)
    if (row.number == number) return row.error;
  return number == ENXIO ? Errc::no_device : Errc::io;
}

}  // namespace cowbell
