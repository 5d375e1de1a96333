// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/qemu.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <thread>

#include "tests/bench/fail.hpp"
#include "tests/bench/fio.hpp"
#include "tests/uring/places.hpp"

namespace cowbell::bench {
namespace {

/// A running daemon that exports one device; ended with this.
class StorageDaemon {
 public:
  StorageDaemon(const std::string& origin, const std::string& storage, bool copies) {
    const auto device = [](const std::string& name, const std::string& path) {
      return "driver=host_device,node-name=" + name + ",filename=" + path +
             ",cache.direct=on,aio=native";
    };
    std::vector<std::string> words{"qemu-storage-daemon",
                                   "--blockdev",
                                   device("origin", origin),
                                   "--blockdev",
                                   device("storage", storage),
                                   "--blockdev",
                                   copies ? "driver=copy-before-write,node-name=exported,"
                                            "file=origin,target=storage"
                                          : "driver=raw,node-name=exported,file=origin",
                                   "--nbd-server",
                                   "addr.type=unix,addr.path=" + socket(),
                                   "--export",
                                   "type=nbd,id=export,node-name=exported,name=bench,writable=on"};
    process_ = ::fork();
    if (process_ == 0) become(words);
    // It makes the socket when everything is open.
    for (int i = 0; i < 200 && !std::filesystem::exists(socket()); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    if (!std::filesystem::exists(socket())) {
      end();
      fail("qemu-storage-daemon does not export the device");
    }
  }
  ~StorageDaemon() { end(); }
  StorageDaemon(const StorageDaemon&) = delete;
  StorageDaemon& operator=(const StorageDaemon&) = delete;

  std::string address() const { return "nbd+unix:///bench?socket=" + socket(); }

 private:
  [[noreturn]] static void become(std::vector<std::string>& words) {
    std::vector<char*> pointers;
    for (std::string& word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    // It must not outlive a benchmark that fails, nor hold on to its output.
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    ::dup2(::open("/dev/null", O_RDWR | O_CLOEXEC), STDOUT_FILENO);
    ::execvp(pointers[0], pointers.data());
    ::_exit(127);
  }
  std::string socket() const { return directory_.path("nbd"); }
  void end() const {
    ::kill(process_, SIGTERM);
    ::waitpid(process_, nullptr, 0);
  }

  test::TemporaryDirectory directory_{std::filesystem::temp_directory_path()};
  pid_t process_ = -1;
};

}  // namespace

std::vector<Comparison> compare_qemu(BenchBed& bed, const BenchSize& size, std::string& why_not) {
  if (!test::output_of("qemu-storage-daemon --version")) {
    why_not = "qemu-storage-daemon is not installed";
    return {};
  }
  if (!test::output_of("fio --enghelp=nbd")) {
    why_not = "there is no fio with an nbd engine";
    return {};
  }
  const std::string storage = bed.storage_device().target().path;
  const auto measure = [&](bool copies) {
    const StorageDaemon daemon(bed.origin_path(), storage, copies);
    return run_fio({.path = daemon.address(),
                    .operation = Operation::write,
                    .size = kBlock,
                    .depth = 32,
                    .engine = "nbd",
                    .region = kChunk * size.chunks,
                    .gap = ByteCount{kChunk.value - kBlock.value}});
  };
  Comparison out{"qemu-storage-daemon through NBD, first writes with copy-before-write",
                 "the same without",
                 {},
                 {},
                 {},
                 {}};
  for (unsigned pair = 0; pair < std::min(size.pairs, 7u); ++pair) {
    out.ours.push_back(measure(true));
    out.reference.push_back(measure(false));
  }
  return {out};
}

}  // namespace cowbell::bench
