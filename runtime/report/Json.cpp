#include "runtime/report/Json.h"

#include <cmath>

namespace inet {

Json timeJson(double time) { return std::isfinite(time) ? Json(time) : Json("inf"); }

Json numberJson(std::optional<double> number) { return number ? Json(*number) : Json(); }

Json secondsJson(const std::vector<std::pair<const char *, double>> &parts) {
  Json object = Json::object();
  for (const auto &[part, seconds] : parts)
    object[part] = seconds;
  return object;
}

std::string formatJson(const Json &object) { return object.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }

} // namespace inet
