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

Json filesJson(const std::vector<FileFacts> &files) {
  Json list = Json::array();
  for (const FileFacts &file : files) {
    Json object = {{"file", file.file}};
    for (const auto &[what, value] : file.facts)
      object[what] = object.contains(what) ? object[what].get<std::string>() + "; " + value : value;
    list.push_back(object);
  }
  return list;
}

std::string formatJson(const Json &object) { return object.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }

} // namespace inet
