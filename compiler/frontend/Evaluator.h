// Compile-time evaluation of one network: parameters, loops, conditions, layer calls. What is left is a sequence of
// calls of a LayerBuilder. The rules stand in grammar/README.md.
#ifndef INETC_FRONTEND_EVALUATOR_H
#define INETC_FRONTEND_EVALUATOR_H

#include "compiler/frontend/LayerBuilder.h"
#include "compiler/frontend/Program.h"

#include <deque>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace inetc {

/// Limits of one evaluation: what a mistake reaches at once and a network never does.
inline constexpr unsigned maximumIterations = 10000; ///< of all loops together
inline constexpr unsigned maximumLayers = 30000;     ///< calls of the LayerBuilder
inline constexpr unsigned maximumJoins = 1000;       ///< sums, products and concatenations among them: each looks back
                                                     ///< through its branches, whether they are independent
inline constexpr unsigned maximumSteps = 1000000;    ///< expressions evaluated; a call of a layer counts as ten
inline constexpr unsigned maximumDepth = 512;        ///< expressions within expressions, through calls of layers too
inline constexpr unsigned maximumErrors = 50;

/// `-D name=value`, the value parsed already.
struct Override {
  std::string name;
  const ast::Expression *value;
};

class Evaluator {
public:
  using Report = std::function<void(const Place &, const std::string &message, const std::vector<Note> &)>;

  Evaluator(const Program &program, LayerBuilder &builder, Report report);

  /// Evaluates `network` with its parameters overridden (of several overrides of one name the last holds). Every error
  /// that does not follow from another is reported; true where neither this nor the builder found one.
  bool run(const ast::Network &network, const std::vector<Override> &overrides);

private:
  struct Variable {
    Value value;
    bool readOnly = false; ///< a loop's variable
  };
  /// The names of one block; they end with it.
  struct Scope {
    std::map<std::string, Variable> variables;
    std::map<std::string, const ast::Layer *> layers;
  };
  /// A network or a layer being evaluated.
  struct Frame {
    const ast::Layer *layer = nullptr; ///< null for the network
    SourceRange callSite;
    std::vector<Scope> scopes;
  };
  enum class Body { Network, Layer };

  // Statements
  Value runBody(const std::vector<ast::Statement> &body, const ast::Identifier &owner, Body kind);
  void run(const ast::Statement &statement);
  void run(const ast::InputShape &input, SourceRange range);
  void run(const ast::Default &defaults);
  void run(const ast::Layer &layer);
  void run(const ast::For &loop);
  void run(const ast::Assignment &assignment);
  bool enterIteration(const ast::For &loop, const Value &element);
  void checkInputStatement(const ast::Network &network);
  void bindNetworkParameters(const ast::Network &network, const std::vector<Override> &overrides);
  Value overridden(const ast::Parameter &parameter, const Override &override);

  // Expressions. `expected` is the parameter that a value is for, whose symbols it may name.
  Value evaluate(const ast::Expression &expression, const LayerArgument *expected = nullptr);
  Value evaluate(const ast::Name &name, SourceRange range, const LayerArgument *expected);
  Value evaluate(const ast::List &list, SourceRange range, const LayerArgument *expected);
  Value evaluate(const ast::Unary &unary, SourceRange range);
  Value evaluate(const ast::Chain &chain, SourceRange range);
  Value evaluate(const ast::Pipe &pipe);
  Value evaluate(const ast::If &conditional, const LayerArgument *expected);
  Value evaluateInput(SourceRange range);
  Value evaluateLogic(const ast::Chain &chain);
  Value combine(const ast::Link &link, const Value &left, const Value &right, SourceRange range);
  Value sumOfSignals(const ast::Chain &chain, const std::vector<Value> &operands, SourceRange range);
  Value scaled(double factor, Signal signal, SourceRange range);
  Value built(const std::optional<Signal> &signal);
  bool mayBuild(SourceRange range, bool isJoin = false);

  // Calls (EvaluateCalls.cpp)
  struct Binding;
  Value call(const ast::Call &call, SourceRange range, const Value *piped);
  Value callLayer(const ast::Layer &layer, const ast::Call &call, SourceRange range, const Value *piped);
  Value callFunction(const ast::Call &call, SourceRange range, std::vector<Value> arguments);
  Value callBuiltin(const LayerSignature &layer, const ast::Call &call, SourceRange range, std::vector<Value> given);
  bool bindPositional(Binding &binding, const Value &value, SourceRange range);
  bool bindNamed(Binding &binding, const ast::Argument &argument);
  void applyDefaults(Binding &binding);
  bool fits(const LayerSignature &layer, const LayerArgument &parameter, const Value &value, SourceRange range);
  bool checkOrder(const ast::Call &call);
  bool callsItself(const ast::Layer &layer, SourceRange range);
  void unknownLayer(const ast::Identifier &callee);

  // Names
  const Variable *lookUp(const std::string &name) const;
  const ast::Layer *lookUpLayer(const std::string &name) const;
  const LayerSignature *lookUpBuiltin(const std::string &name) const;
  std::vector<std::string> visibleVariables() const;
  bool mayDefine(const ast::Identifier &name, bool isParameter);
  bool checkParameters(const std::vector<ast::Parameter> &parameters);

  Place here(SourceRange range) const;
  Value error(SourceRange range, const std::string &message, std::vector<Note> notes = {});
  /// As error(), and nothing more is evaluated.
  Value fatal(SourceRange range, const std::string &message);
  static std::vector<Note> didYouMean(SourceRange range, const std::string &name,
                                      const std::vector<std::string> &candidates);

  const Program &program;
  LayerBuilder &builder;
  Report report;
  std::map<std::string, const LayerSignature *> builtins;
  std::set<std::string> symbols;

  std::deque<Frame> frames; ///< the network first; a deque, for a frame stays where it is while others come
  std::map<std::string, std::map<std::string, Value>> defaults; ///< by layer, then by argument
  Value input;
  bool hasInput = false;
  bool good = true;
  bool stopped = false;
  std::set<std::tuple<const SourceFile *, unsigned, unsigned, std::string>> reported;
  unsigned iterations = 0, layersBuilt = 0, joinsBuilt = 0, steps = 0, depth = 0;
};

} // namespace inetc

#endif // INETC_FRONTEND_EVALUATOR_H
