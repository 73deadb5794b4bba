/// What the language needs to know of an activation's parameters.
#ifndef INETC_COMPILER_FORMULAS_PARAMETER_H
#define INETC_COMPILER_FORMULAS_PARAMETER_H

#include <limits>

namespace inetc::formulas {

/// A parameter of an activation, in the order in which positional arguments are given.
struct ParameterInfo {
  const char *name;
  double defaultValue = 0; ///< used where `required` is false
  bool required = false;
  bool integer = false; ///< only integral values
  bool list = false;    ///< a list of one or more numbers instead of one number; always the only parameter
  double minimum = -std::numeric_limits<double>::max(); ///< of the value; of each element of a list
  double maximum = std::numeric_limits<double>::max();
};

} // namespace inetc::formulas

#endif // INETC_COMPILER_FORMULAS_PARAMETER_H
