#include "compiler/frontend/Value.h"

#include <charconv>
#include <cmath>

namespace inetc {

bool isIntegral(double number) { return std::abs(number) <= largestInteger && number == std::floor(number); }

std::string formatNumber(double number) {
  char buffer[32];
  auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, number);
  return std::string(buffer, end);
}

std::string kindOf(const Value &value) {
  if (auto *list = value.list(); list && list->elements.empty())
    return "an empty list";
  static const char *const kinds[] = {
      "nothing", "a number", "a boolean", "a symbol", "a range", "a list", "a value of the network"};
  return kinds[value.is.index()];
}

std::string describe(const Value &value) {
  if (auto *number = value.number())
    return formatNumber(*number);
  if (auto *boolean = value.boolean())
    return *boolean ? "true" : "false";
  if (auto *symbol = value.symbol())
    return "'" + symbol->name + "'";
  return kindOf(value);
}

} // namespace inetc
