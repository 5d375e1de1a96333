// SPDX-License-Identifier: Apache-2.0
// The world's failures are values. Each code is one errno of the field and prints as its name.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>

namespace cowbell {

enum class Errc : std::uint8_t {
  none,           ///< no error
  io,             ///< EIO: a device failed or came up short, or the area is corrupted (S5)
  no_space,       ///< ENOSPC: the difference storage is at its limit, or past it
  no_memory,      ///< ENOMEM: an allocation was refused
  again,          ///< EAGAIN: a NOWAIT request would have waited; nothing was done
  no_device,      ///< ENODEV: the device or the snapshot has gone
  exists,         ///< EEXIST: the name is in use
  not_found,      ///< ENOENT: no such name
  busy,           ///< EBUSY: a device is in use: mounted, as storage, or below a storage
  too_large,      ///< EFBIG: no chunk size fits the device
  invalid,        ///< EINVAL: misaligned, past the end, or parameters that contradict each other
  not_supported,  ///< EOPNOTSUPP
  timed_out,      ///< ETIMEDOUT: the storage has not answered in the time that it has (S8)
  read_only,      ///< EROFS
};
inline constexpr unsigned kErrcCount = 14;

template <class T>
using Result = std::expected<T, Errc>;

/// Why a take failed: a code for programs, words for people. Passes for its code.
struct TakeError {
  Errc error = Errc::none;
  std::string_view text;  ///< no full stop at its end; static storage

  constexpr TakeError(Errc code, std::string_view reason) : error(code), text(reason) {}
  TakeError(Errc code);  ///< with the `errno_text` of the code
  constexpr operator Errc() const { return error; }
};

/// The errno name, such as "EIO"; "OK" for `none`. Never fails; static storage.
std::string_view errno_name(Errc error);

/// What the code says, in words: "an allocation was refused". Never fails; static storage.
std::string_view errno_text(Errc error);

/// The errno number of this platform; 0 for `none`.
int errno_number(Errc error);

/// The code whose errno_name is `name`; nothing for any other text ("OK" included).
std::optional<Errc> errc_from_name(std::string_view name);

/// The code that stands for an errno of the kernel; `io` for one that has no code of its own.
Errc errc_from_errno(int number);

}  // namespace cowbell
