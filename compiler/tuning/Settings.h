// Which values of a network's parameters are tried: `-D` with several values.
#ifndef INETC_TUNING_SETTINGS_H
#define INETC_TUNING_SETTINGS_H

#include <string>
#include <utility>
#include <vector>

namespace inetc {

/// A parameter and the values that it is given, as `-D` takes them.
struct TunedParameter {
  std::string name;
  std::vector<std::string> values;
};

/// `NAME=V,V,...`, where each V is a value of the language (commas in brackets are its own), or `A..B:COUNT`, so many
/// numbers from A to B with equal distances, or `A..B:COUNT:log`, with equal ratios. Throws ::inet::Error.
TunedParameter parseTunedParameter(const std::string &text);

/// Decades `A..B` (from A, ten times as much each, up to B), or numbers above 0 with commas between them. `option` is
/// for messages. Throws ::inet::Error.
std::vector<double> parseDecades(const std::string &option, const std::string &text);

/// One value of each parameter, in their order.
using TunedSetting = std::vector<std::pair<std::string, std::string>>;

/// All combinations; the last parameter changes first. Of several parameters of one name the last holds. Throws
/// ::inet::Error where there are more than 100,000.
std::vector<TunedSetting> listSettings(std::vector<TunedParameter> parameters);

/// "depth=3 w_std=1.5"; "the defaults" of none.
std::string describe(const TunedSetting &setting);

} // namespace inetc

#endif // INETC_TUNING_SETTINGS_H
