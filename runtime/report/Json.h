// An outcome as one JSON object for programs. A number that is not finite is null there.
#ifndef INET_RUNTIME_REPORT_JSON_H
#define INET_RUNTIME_REPORT_JSON_H

#include "runtime/data/Array.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace inet {

using Json = nlohmann::ordered_json;

/// A training time: "inf" or the number; JSON has no infinity.
Json timeJson(double time);
/// The number, or null.
Json numberJson(std::optional<double> number);
/// An object of parts of the work and their seconds.
Json secondsJson(const std::vector<std::pair<const char *, double>> &parts);

/// A list of objects: `file`, and each fact under its name; several of one name are joined by "; ".
Json filesJson(const std::vector<FileFacts> &files);

/// Indented, with a newline at the end. A file name need not be UTF-8; what is not becomes U+FFFD.
std::string formatJson(const Json &object);

} // namespace inet

#endif
