// A preprocessing as one JSON object and some arrays, and back.
#ifndef INET_RUNTIME_REPORT_PREPROCESSINGJSON_H
#define INET_RUNTIME_REPORT_PREPROCESSINGJSON_H

#include "runtime/data/Preprocessing.h"
#include "runtime/report/Json.h"

#include <functional>

namespace inet {

/// What is not in its arrays: {"features": 3072, "scaling": true, "zca": 0.1, "steps": ["divided by 255", ...]};
/// "scaling" is false and "zca" null where there is none.
Json toJson(const Preprocessing &preprocessing, int64_t features);

/// "scaling_mean" and "scaling_deviation" [features], "whitening_mean" [features], "whitening_matrix" [features,
/// features], as far as they exist, in f8. They lie in `preprocessing`, which must outlive them.
std::vector<NamedArray> arraysOf(const Preprocessing &preprocessing);

/// What both came from, to the last bit. `readArray`: the numbers of the array of that name. Throws Error where keys
/// are missing or wrong, or an array has another size.
Preprocessing preprocessingOf(const Json &json,
                              const std::function<std::vector<double>(const std::string &name)> &readArray);

} // namespace inet

#endif
