// SPDX-License-Identifier: Apache-2.0
// Any text is parsed or refused; what is parsed prints as a text that parses to the same value.
#include "models/scenario_text.hpp"

#include "fuzz/target.hpp"

using namespace cowbell;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto scenario = model::parse_scenario({reinterpret_cast<const char*>(data), size});
  if (!scenario) {
    if (scenario.error().expected.empty()) fuzz::stop("a refusal that does not say why");
    return 0;
  }
  const std::string printed = model::to_string(*scenario);
  const auto again = model::parse_scenario(printed);
  if (!again) fuzz::stop("refused what was printed:\n" + format_error("printed", again.error()));
  if (*again != *scenario) fuzz::stop("parsed to another value:\n" + printed);
  if (model::to_string(*again) != printed) fuzz::stop("printed another text:\n" + printed);
  return 0;
}
