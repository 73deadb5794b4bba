// What a command found out: the same figures as a table for people and as one JSON object for programs.
#ifndef INET_RUNTIME_REPORT_REPORT_H
#define INET_RUNTIME_REPORT_REPORT_H

#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace inet {

class Report {
public:
  using Json = nlohmann::ordered_json;

  /// A figure in the object. A number that is not finite is null there.
  void addFigure(const std::string &key, Json value);

  /// A line of the table. Every figure in it must also be in the object.
  void addText(const std::string &label, const std::string &text);

  /// Both.
  void add(const std::string &key, Json value, const std::string &label, const std::string &text) {
    addFigure(key, std::move(value));
    addText(label, text);
  }

  /// Time that `part` of the work took, `seconds.part` in JSON; the table has all parts in one last line.
  void addSeconds(const std::string &part, double seconds);

  /// Prints one object, or the table. Throws Error where the stream cannot be written.
  void print(FILE *stream, bool json) const;

private:
  struct Line {
    std::string label, text;
  };

  Json figures_ = Json::object();
  Json seconds_ = Json::object();
  std::vector<Line> lines_;
};

/// Seconds since its construction.
class Stopwatch {
public:
  double seconds() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }

private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point start_ = Clock::now();
};

/// "0.0123 s", "12.3 s", "3:25:07"
std::string formatSeconds(double seconds);

} // namespace inet

#endif
