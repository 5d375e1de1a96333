// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/fio.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/bench/fail.hpp"
#include "tests/uring/places.hpp"

namespace cowbell::bench {

Sample run_fio(const FioJob& job) {
  const bool writes = job.operation == Operation::write;
  const std::string pattern =
      job.gap.value != 0
          ? fmt::format("--rw={}:{}", writes ? "write" : "read", job.gap.value)
          : fmt::format("--rw={} --norandommap --randrepeat=0 --runtime={}ms --time_based",
                        writes ? "randwrite" : "randread", static_cast<int>(job.seconds * 1000));
  // --gtod_reduce leaves out what fio would measure besides the number of requests.
  std::string command = fmt::format(
      "fio --name=reference --output-format=json --ioengine={} --direct=1 {} --bs={} "
      "--iodepth={} --gtod_reduce=1 --thread {}",
      job.engine, pattern, job.size.value, job.depth,
      job.engine == "nbd" ? "--uri='" + job.path + "'" : "--filename='" + job.path + "'");
  if (job.region.value != 0) command += fmt::format(" --size={}", job.region.value);
  const auto output = test::output_of(command);
  if (!output) fail("fio failed: " + command);
  // Some engines say something before it.
  const std::size_t begin = std::min(output->find('{'), output->size());
  const auto report = nlohmann::json::parse(output->substr(begin), nullptr, false);
  if (report.is_discarded() || !report.contains("jobs")) fail("fio said no JSON: " + *output);
  const auto& of_job = report["jobs"][0];
  const auto& figures = of_job[writes ? "write" : "read"];
  const double requests = figures["total_ios"];
  if (of_job["error"] != 0 || requests == 0) fail("fio made no requests: " + *output);
  const double runtime = figures["runtime"].get<double>() / 1000;
  const double busy = (of_job["usr_cpu"].get<double>() + of_job["sys_cpu"].get<double>()) / 100;
  return {figures["iops"], busy * runtime / requests};
}

}  // namespace cowbell::bench
