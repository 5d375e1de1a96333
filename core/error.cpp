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
  std::string_view text;
};

// In the order of the enumeration: the code is the index.
constexpr std::array<Row, kErrcCount> kRows{{
    {Errc::none, 0, "OK", "no error"},
    {Errc::io, EIO, "EIO", "a device failed or came up short"},
    {Errc::no_space, ENOSPC, "ENOSPC", "there is no space"},
    {Errc::no_memory, ENOMEM, "ENOMEM", "an allocation was refused"},
    {Errc::again, EAGAIN, "EAGAIN", "the request would have had to wait"},
    {Errc::no_device, ENODEV, "ENODEV", "the device has gone"},
    {Errc::exists, EEXIST, "EEXIST", "the name is in use"},
    {Errc::not_found, ENOENT, "ENOENT", "there is no such name"},
    {Errc::busy, EBUSY, "EBUSY", "the device is in use"},
    {Errc::too_large, EFBIG, "EFBIG", "the device is too large"},
    {Errc::invalid, EINVAL, "EINVAL", "it is misaligned, past the end, or contradicts itself"},
    {Errc::not_supported, EOPNOTSUPP, "EOPNOTSUPP", "the device cannot do it"},
    {Errc::timed_out, ETIMEDOUT, "ETIMEDOUT", "the wait for the storage has passed"},
    {Errc::read_only, EROFS, "EROFS", "the device takes no writes"},
}};

}  // namespace

std::string_view errno_name(Errc error) {
  return kRows[static_cast<unsigned>(error)].name;
}

std::string_view errno_text(Errc error) {
  return kRows[static_cast<unsigned>(error)].text;
}

TakeError::TakeError(Errc code) : TakeError(code, errno_text(code)) {}

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
