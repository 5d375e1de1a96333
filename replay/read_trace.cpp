// SPDX-License-Identifier: Apache-2.0
#include "replay/read_trace.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "core/uring/file_descriptor.hpp"
#include "replay/blkparse_text.hpp"
#include "replay/fio_iolog.hpp"

namespace cowbell::replay {
namespace {

/// blktrace's magic, 0x656174 and the version, in either byte order.
bool looks_like_binary_blktrace(std::string_view bytes) {
  if (bytes.size() < 4) return false;
  return bytes.substr(1, 3) == "\x74\x61\x65" || bytes.substr(0, 3) == "\x65\x61\x74";
}

}  // namespace

std::expected<Trace, InputError> read_trace(std::string_view bytes, std::string_view name) {
  if (bytes.empty()) {
    return std::unexpected(input_error(name, "expected a trace, found an empty file"));
  }
  if (looks_like_fio_iolog(bytes)) return read_fio_iolog(bytes, name);
  if (looks_like_blkparse_text(bytes)) return read_blkparse_text(bytes, name);
  if (looks_like_binary_blktrace(bytes)) {
    return std::unexpected(input_error(
        name, "expected text, found a binary blktrace: 'blkparse -i - < FILE' prints it as text"));
  }
  return std::unexpected(
      input_error(name, 1,
                  "expected a fio iolog ('fio version 2 iolog', 'fio version 3 iolog') or "
                  "blkparse's default text, found " +
                      in_quotes(bytes.substr(0, bytes.find('\n')))));
}

std::expected<std::string, InputError> read_input_file(const std::string& path,
                                                       std::uint64_t maximum) {
  const auto fail = [&](std::string_view what) { return std::unexpected(input_error(path, what)); };
  const uring::FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.open()) return fail(fmt::format("cannot be opened: {}", std::strerror(errno)));
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return fail(std::strerror(errno));
  if (S_ISDIR(status.st_mode)) return fail("expected a file, found a directory");
  if (S_ISBLK(status.st_mode)) return fail("expected a file, found a block device");

  std::string contents;
  std::array<char, 65'536> buffer;
  for (;;) {
    const ssize_t got = ::read(file.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(fmt::format("cannot be read: {}", std::strerror(errno)));
    if (got == 0) return contents;
    if (contents.size() + static_cast<std::size_t>(got) > maximum) {
      return fail(fmt::format("expected at most {} bytes", maximum));
    }
    contents.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

std::expected<Trace, InputError> read_trace_file(const std::string& path) {
  const auto contents = read_input_file(path);
  if (!contents) return std::unexpected(contents.error());
  return read_trace(*contents, path);
}

}  // namespace cowbell::replay
