// "did you mean 'dense'?"
#ifndef INETC_FRONTEND_NEAREST_H
#define INETC_FRONTEND_NEAREST_H

#include <optional>
#include <string>
#include <vector>

namespace inetc {

/// The candidate with the fewest typing errors away from `name`, the first of equals; none where more than a third of
/// the letters would be wrong.
std::optional<std::string> nearest(const std::string &name, const std::vector<std::string> &candidates);

} // namespace inetc

#endif // INETC_FRONTEND_NEAREST_H
