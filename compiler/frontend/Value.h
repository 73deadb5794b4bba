// What an expression of the language evaluates to.
#ifndef INETC_FRONTEND_VALUE_H
#define INETC_FRONTEND_VALUE_H

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace inetc {

struct Value;

/// The value of an expression that was wrong. The error has been reported; whatever uses the value stays silent.
struct Poison {};

/// A word that some parameter takes: `same`, `ntk`.
struct Symbol {
  std::string name;
};

/// begin..end, without end; both are integers.
struct Range {
  int64_t begin = 0;
  int64_t end = 0;
};

struct List {
  std::vector<Value> elements;
  unsigned depth = 1; ///< of lists in lists; bounded, for a list is freed recursively
};

/// A value that flows through the network: a handle whose meaning only the LayerBuilder knows.
struct Signal {
  unsigned index = 0;
};

/// Numbers are doubles; one that is integral counts as an integer. Lists are shared, for they never change.
struct Value {
  std::variant<Poison, double, bool, Symbol, Range, std::shared_ptr<const List>, Signal> is;

  bool isPoison() const { return std::holds_alternative<Poison>(is); }
  const double *number() const { return std::get_if<double>(&is); }
  const bool *boolean() const { return std::get_if<bool>(&is); }
  const Symbol *symbol() const { return std::get_if<Symbol>(&is); }
  const Range *range() const { return std::get_if<Range>(&is); }
  const Signal *signal() const { return std::get_if<Signal>(&is); }
  const List *list() const {
    auto *shared = std::get_if<std::shared_ptr<const List>>(&is);
    return shared ? shared->get() : nullptr;
  }
};

/// Largest magnitude up to which every integer is a double.
inline constexpr double largestInteger = 9007199254740992.0; // 2^53

/// Whether a number counts as an integer.
bool isIntegral(double number);

/// The shortest text that reads back as the same number: 3, 0.1, 1e-12.
std::string formatNumber(double number);

/// The kind of a value: "a number", "a boolean", "a symbol", "a range", "a list", "a value of the network".
std::string kindOf(const Value &value);

/// A value as a message says what it found: "2.5", "true", "'same'", "a list".
std::string describe(const Value &value);

} // namespace inetc

#endif // INETC_FRONTEND_VALUE_H
