// The language reference, grammar/README.md, against the compiler: every snippet is compiled, and its tables are those
// of the operations and of the activations.
#include "compiler/frontend/Importer.h"

#include "compiler/dialects/Inet/InetOps.h"
#include "compiler/formulas/Activations.h"
#include "compiler/frontend/Value.h"

#include "llvm/Support/SourceMgr.h"

#include <fstream>
#include <gtest/gtest.h>
#include <sstream>

namespace inetc {
namespace {

struct Snippet {
  unsigned line = 0;      ///< of the page
  std::string attributes; ///< after ```inet
  std::string text;
  std::string error; ///< the message that it must be refused with; empty: it compiles
};

const std::string &page() {
  static const std::string text = [] {
    std::ifstream file(INETC_LANGUAGE_REFERENCE);
    std::stringstream all;
    all << file.rdbuf();
    return all.str();
  }();
  return text;
}

std::vector<Snippet> snippets() {
  std::vector<Snippet> all;
  std::istringstream lines(page());
  std::string line;
  bool inside = false;
  for (unsigned number = 1; std::getline(lines, line); ++number) {
    if (!inside && line.rfind("```inet", 0) == 0) {
      all.push_back({number, line.substr(7), "", ""});
      inside = true;
    } else if (inside && line == "```") {
      inside = false;
    } else if (inside) {
      const std::string mark = "// error: ";
      if (line.rfind(mark, 0) == 0)
        all.back().error = line.substr(mark.size());
      all.back().text += line + "\n";
    }
  }
  return all;
}

/// The name after "file=": other snippets can import it.
std::string fileName(const Snippet &snippet) {
  size_t at = snippet.attributes.find("file=");
  return at == std::string::npos ? "" : snippet.attributes.substr(at + 5);
}

/// All errors of the network in `text`, the file snippet.inet, one a line; empty if there are none.
std::string errorsOf(const std::string &text) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  std::string errors;
  mlir::ScopedDiagnosticHandler handler(&context,
                                        [&](mlir::Diagnostic &diagnostic) { errors += diagnostic.str() + "\n"; });
  static const std::vector<Snippet> all = snippets();
  ImportOptions options;
  options.path = "snippet.inet";
  options.readFile = [&](const std::string &path, std::string &error) -> std::optional<std::string_view> {
    if (path == options.path)
      return text;
    for (const Snippet &snippet : all)
      if (fileName(snippet) == path)
        return snippet.text;
    error = "no such file or directory";
    return std::nullopt;
  };
  llvm::SourceMgr sources;
  bool good = static_cast<bool>(importNetwork(context, sources, options));
  EXPECT_EQ(good, errors.empty());
  return errors;
}

TEST(Reference, EverySnippetIsWhatItSays) {
  std::vector<Snippet> all = snippets();
  ASSERT_GT(all.size(), 30u) << "the page was not found, or its blocks not recognised";
  for (const Snippet &snippet : all) {
    SCOPED_TRACE("grammar/README.md:" + std::to_string(snippet.line));
    std::string text = snippet.text;
    if (snippet.attributes == " body")
      text = "network example {\ninput [16]\n" + text + "}\n";
    if (!fileName(snippet).empty())
      text += "network importer { input [1] return input -> dense }\n";
    std::string errors = errorsOf(text);
    if (snippet.error.empty())
      EXPECT_EQ(errors, "");
    else
      EXPECT_NE(errors.find(snippet.error), std::string::npos) << "found: " << errors;
  }
}

/// The cells of the table row that begins with this one, or nothing.
std::vector<std::string> row(const std::string &first) {
  std::istringstream lines(page());
  std::string line;
  while (std::getline(lines, line)) {
    if (line.rfind("| `" + first + "` |", 0) != 0)
      continue;
    std::vector<std::string> cells;
    for (size_t at = 1; at < line.size();) {
      size_t end = line.find(" |", at);
      cells.push_back(line.substr(at + 1, end > at ? end - at - 1 : 0));
      at = end + 2;
    }
    return cells;
  }
  return {};
}

TEST(Reference, TheTableOfActivationsIsThatOfTheFormulas) {
  for (const formulas::ActivationInfo &activation : formulas::listActivations()) {
    if (activation.name == "identity")
      continue; // in the language a layer of its own
    std::string arguments;
    for (const formulas::ParameterInfo &parameter : activation.parameters)
      arguments += (arguments.empty() ? "`" : ", `") + std::string(parameter.name) + "`" +
                   (parameter.required ? "" : " (" + formatNumber(parameter.defaultValue) + ")");
    // A bar would end the cell.
    std::string formula(activation.formula);
    for (size_t bar = 0; (bar = formula.find('|', bar)) != std::string::npos; bar += 2)
      formula.insert(bar, "\\");
    std::string expected = "| `" + std::string(activation.name) + "` | " + arguments +
                           (arguments.empty() ? "| " : " | ") + formula + " |\n";
    EXPECT_NE(page().find("\n" + expected), std::string::npos) << expected;
  }
}

TEST(Reference, TheTableOfLayersIsThatOfTheOperations) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  context.loadDialect<inet::InetDialect>();
  unsigned layers = 0;
  for (mlir::RegisteredOperationName operation : context.getRegisteredOperations()) {
    auto *layer = operation.getInterface<inet::LayerOpInterface>();
    if (!layer || layer->getLayerName().empty())
      continue;
    ++layers;
    std::vector<std::string> cells = row(layer->getLayerName().str());
    ASSERT_EQ(cells.size(), 3u) << "no row for " << layer->getLayerName().str();
    size_t at = 0;
    for (const inet::LayerParameter &parameter : layer->getLayerParameters()) {
      std::string text = "`" + parameter.name.str() + "`";
      llvm::StringRef standard = parameter.defaultText;
      standard.consume_back(".0");
      if (!standard.empty())
        text += " (" + standard.str();
      at = cells[1].find(text, at);
      ASSERT_NE(at, std::string::npos) << text << " is missing, or out of order, in: " << cells[1];
    }
  }
  EXPECT_GE(layers, 6u);
}

} // namespace
} // namespace inetc
