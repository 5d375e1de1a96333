// SPDX-License-Identifier: Apache-2.0
#include "replay/param_arguments.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "replay/trace_lines.hpp"

namespace cowbell::replay {
namespace {

bool is_origin_name(std::string_view text) {
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  return !text.empty() && letter(text.front()) &&
         std::ranges::all_of(text, [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

}  // namespace

std::expected<Params, std::string> apply_param_arguments(
    Params params, const std::vector<std::string>& arguments) {
  for (const std::string& argument : arguments) {
    const auto equals = argument.find('=');
    if (equals == std::string::npos) {
      return std::unexpected(fmt::format("--param {}: expected NAME=VALUE", argument));
    }
    const ParamField* field = find_param(std::string_view(argument).substr(0, equals));
    if (field == nullptr) {
      std::string names;
      for (const ParamField& known : param_fields()) names += fmt::format(" {}", known.name);
      return std::unexpected(
          fmt::format("--param {}: expected the name of a parameter:{}", argument, names));
    }
    const auto value = parse_number<std::uint64_t>(std::string_view(argument).substr(equals + 1));
    if (!value || *value < field->lowest || *value > field->highest) {
      return std::unexpected(fmt::format("--param {}: expected a number from {} to {}", argument,
                                         field->lowest, field->highest));
    }
    params.*field->member = *value;
  }
  if (check_params(params) != Errc::none) {
    return std::unexpected("--param: the parameters contradict each other");
  }
  return params;
}

std::pair<std::string, std::string> split_origin_argument(const std::string& argument) {
  const auto equals = argument.find('=');
  if (equals == std::string::npos || !is_origin_name(argument.substr(0, equals))) {
    return {"", argument};
  }
  return {argument.substr(0, equals), argument.substr(equals + 1)};
}

}  // namespace cowbell::replay
