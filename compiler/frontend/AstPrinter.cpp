#include "compiler/frontend/AstPrinter.h"

#include "compiler/frontend/Value.h"

namespace inetc {
namespace {

class Printer {
public:
  std::string out;

  void print(const ast::Definition &definition) {
    std::visit([&](const auto &node) { print(node, definition.range); }, definition.node);
  }

private:
  void line(const std::string &what, SourceRange range) {
    out.append(2 * depth, ' ');
    out += what + " @" + std::to_string(range.begin.line) + ":" + std::to_string(range.begin.column) + "\n";
  }

  /// Runs `print` one level deeper.
  template <typename Print> void inside(Print print) {
    ++depth;
    print();
    --depth;
  }

  //===-- Definitions and statements ------------------------------------------------------------------------------===//

  void print(const ast::Import &import, SourceRange range) { line("import \"" + import.path + "\"", range); }
  void print(const ast::Network &network, SourceRange range) {
    line("network " + network.name.text, range);
    inside([&] { print(network.parameters), print(network.body); });
  }
  void print(const ast::Layer &layer, SourceRange range) {
    line("layer " + layer.name.text, range);
    inside([&] { print(layer.parameters), print(layer.body); });
  }
  void print(const ast::Activation &activation, SourceRange range) {
    line("activation " + activation.name.text, range);
    inside([&] { print(activation.parameters), print(activation.value); });
  }
  void print(const ast::InputShape &input, SourceRange range) {
    line("input", range);
    inside([&] { print(input.sizes); });
  }
  void print(const ast::Default &defaults, SourceRange range) {
    line("default " + defaults.layer.text, range);
    inside([&] { print(defaults.arguments); });
  }
  void print(const ast::For &loop, SourceRange range) {
    line("for " + loop.variable.text, range);
    inside([&] { print(loop.iterated), print(loop.body); });
  }
  void print(const ast::Return &result, SourceRange range) {
    line("return", range);
    inside([&] { print(result.value); });
  }
  void print(const ast::Assignment &assignment, SourceRange range) {
    line("assign " + assignment.name.text, range);
    inside([&] { print(assignment.value); });
  }
  void print(const std::vector<ast::Statement> &statements) {
    for (const ast::Statement &statement : statements)
      std::visit([&](const auto &node) { print(node, statement.range); }, statement.node);
  }
  void print(const std::vector<ast::Parameter> &parameters) {
    for (const ast::Parameter &parameter : parameters) {
      line("parameter " + parameter.name.text, parameter.name.range);
      if (parameter.defaultValue)
        inside([&] { print(parameter.defaultValue); });
    }
  }
  void print(const std::vector<ast::Argument> &arguments) {
    for (const ast::Argument &argument : arguments) {
      if (!argument.name) {
        print(argument.value);
        continue;
      }
      line("argument " + argument.name->text, argument.name->range);
      inside([&] { print(argument.value); });
    }
  }

  //===-- Expressions ---------------------------------------------------------------------------------------------===//

  void print(const ast::ExpressionPtr &expression) {
    std::visit([&](const auto &node) { print(node, expression->range); }, expression->node);
  }
  void print(const std::vector<ast::ExpressionPtr> &expressions) {
    for (const ast::ExpressionPtr &expression : expressions)
      print(expression);
  }
  void print(const ast::Number &number, SourceRange range) { line("number " + formatNumber(number.value), range); }
  void print(const ast::Boolean &boolean, SourceRange range) { line(boolean.value ? "true" : "false", range); }
  void print(const ast::Name &name, SourceRange range) { line("name " + name.text, range); }
  void print(const ast::Input &, SourceRange range) { line("name input", range); }
  void print(const ast::List &list, SourceRange range) {
    line("list", range);
    inside([&] { print(list.elements); });
  }
  void print(const ast::Unary &unary, SourceRange range) {
    line(std::string("unary ") + spelling(unary.op), range);
    inside([&] { print(unary.operand); });
  }
  void print(const ast::Chain &chain, SourceRange range) {
    line("chain", range);
    inside([&] {
      print(chain.first);
      for (const ast::Link &link : chain.rest) {
        line(spelling(link.op), link.range);
        print(link.operand);
      }
    });
  }
  void print(const ast::Call &call, SourceRange range) {
    line("call " + call.callee.text, range);
    inside([&] { print(call.arguments); });
  }
  void print(const ast::Pipe &pipe, SourceRange range) {
    line("pipe", range);
    inside([&] {
      print(pipe.head);
      for (const ast::Call &stage : pipe.stages)
        print(stage, stage.callee.range);
    });
  }
  void print(const ast::If &conditional, SourceRange range) {
    line("if", range);
    inside([&] { print(conditional.condition); });
    line("then", conditional.thenBlock.value->range);
    inside([&] { print(conditional.thenBlock.statements), print(conditional.thenBlock.value); });
    line("else", conditional.elseBlock.value->range);
    inside([&] { print(conditional.elseBlock.statements), print(conditional.elseBlock.value); });
  }

  unsigned depth = 0;
};

} // namespace

std::string printAst(const ast::File &file) {
  Printer printer;
  for (const ast::Definition &definition : file.definitions)
    printer.print(definition);
  return std::move(printer.out);
}

const char *ast::spelling(BinaryOperator op) {
  static const char *const texts[] = {"or", "and", "==", "!=", "<", "<=", ">", ">=", "..", "+", "-", "*", "/", "%"};
  return texts[static_cast<int>(op)];
}

const char *ast::spelling(UnaryOperator op) { return op == UnaryOperator::Negate ? "-" : "not"; }

} // namespace inetc
