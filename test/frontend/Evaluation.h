// Evaluates network files that are written in a test, with a builder that writes down what it is asked for.
#ifndef INETC_TEST_FRONTEND_EVALUATION_H
#define INETC_TEST_FRONTEND_EVALUATION_H

#include "compiler/frontend/LayerBuilder.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace inetc {

/// What came of evaluating the network of a file.
struct Evaluation {
  bool good = false;
  std::vector<std::string> layers; ///< "%1 = dense %0 width=512", "return %1"
  std::vector<std::string> errors; ///< "main.inet:3:7: message", notes indented after their error
};

/// The layers of the RecordingBuilder: dense, concat, relu, exp, layer_norm, monomial, polynomial; `conv` unsupported.
std::vector<LayerSignature> recordedLayers();

/// Evaluates the first network of `text`, the file main.inet; `files` are what it can import. A definition is parsed as
/// the value of a -D.
Evaluation evaluateFile(const std::string &text,
                        const std::vector<std::pair<std::string, std::string>> &definitions = {},
                        const std::map<std::string, std::string> &files = {});

/// The number that an expression evaluates to, after `statements`, as text; or "error: message" for the first error.
std::string numberOf(const std::string &expression, const std::string &statements = "");

/// Likewise of a boolean: "true", "false".
std::string booleanOf(const std::string &expression, const std::string &statements = "");

} // namespace inetc

#endif // INETC_TEST_FRONTEND_EVALUATION_H
