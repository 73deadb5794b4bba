#include "test/frontend/Evaluation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

namespace inetc {
namespace {

/// The layers of a network of one input channel with this body.
std::vector<std::string> layersOf(const std::string &body) {
  Evaluation evaluation = evaluateFile("network n {\n  input [1]\n" + body + "\n}");
  EXPECT_THAT(evaluation.errors, IsEmpty());
  EXPECT_TRUE(evaluation.good);
  return evaluation.layers;
}

/// Its errors, notes left out.
std::vector<std::string> errorsOf(const std::string &body) {
  Evaluation evaluation = evaluateFile("network n {\n  input [1]\n" + body + "\n}");
  EXPECT_FALSE(evaluation.good);
  std::vector<std::string> errors;
  for (const std::string &line : evaluation.errors)
    if (line.rfind("  ", 0) != 0)
      errors.push_back(line.substr(std::string("main.inet:").size()));
  return errors;
}

//===-- Values of the network -------------------------------------------------------------------------------------===//

TEST(Evaluator, PipesAndCalls) {
  EXPECT_THAT(
      layersOf("return input -> dense(4, w_std = 2) -> relu -> dense"),
      ElementsAre("%0 = input 1", "%1 = dense %0 width=4 w_std=2", "%2 = relu %1", "%3 = dense %2", "return %3"));
  EXPECT_THAT(layersOf("return dense(relu(input), 4)"),
              ElementsAre("%0 = input 1", "%1 = relu %0", "%2 = dense %1 width=4", "return %2"));
  EXPECT_THAT(layersOf("return input -> dense(2) -> concat(input)"),
              ElementsAre("%0 = input 1", "%1 = dense %0 width=2", "%2 = concat %1 %0", "return %2"));
}

TEST(Evaluator, SumsProductsScales) {
  EXPECT_THAT(layersOf("a = input -> relu  b = input -> exp  return a + b + input"),
              ElementsAre("%0 = input 1", "%1 = relu %0", "%2 = exp %0", "%3 = sum %1 %2 %0", "return %3"));
  EXPECT_THAT(layersOf("a = input -> relu  return 0.5 * a * input"),
              ElementsAre("%0 = input 1", "%1 = relu %0", "%2 = scale 0.5 %1", "%3 = product %2 %0", "return %3"));
  EXPECT_THAT(layersOf("return 2 * 3 * input"), ElementsAre("%0 = input 1", "%1 = scale 6 %0", "return %1"));
  EXPECT_THAT(layersOf("return input / 16"), ElementsAre("%0 = input 1", "%1 = scale 0.0625 %0", "return %1"));
  EXPECT_THAT(layersOf("return -input"), ElementsAre("%0 = input 1", "%1 = scale -1 %0", "return %1"));
  EXPECT_THAT(layersOf("a = input -> relu  return input - a"),
              ElementsAre("%0 = input 1", "%1 = relu %0", "%2 = scale -1 %1", "%3 = sum %0 %2", "return %3"));
}

TEST(Evaluator, NumbersAndValuesDoNotAdd) {
  EXPECT_THAT(errorsOf("return input + 1"),
              ElementsAre("3:14: '+' is not defined for a value of the network and a number"));
  EXPECT_THAT(errorsOf("return 1 - input"),
              ElementsAre("3:10: '-' is not defined for a number and a value of the network"));
  EXPECT_THAT(errorsOf("return 1 / input"),
              ElementsAre("3:10: '/' is not defined for a number and a value of the network"));
  EXPECT_THAT(errorsOf("return input % 2"),
              ElementsAre("3:14: '%' is not defined for a value of the network and a number"));
  EXPECT_THAT(errorsOf("return input / 0"), ElementsAre("3:14: division by zero"));
  EXPECT_THAT(errorsOf("return input * true"),
              ElementsAre("3:14: '*' is not defined for a value of the network and a boolean"));
}

TEST(Evaluator, PipesAreNotMixedWithOperators) {
  EXPECT_THAT(errorsOf("return input -> relu + input"),
              ElementsAre("3:17: '->' and '+' must not be mixed without parentheses"));
  EXPECT_THAT(errorsOf("return 2 * input -> relu"),
              ElementsAre("3:8: '->' and '*' must not be mixed without parentheses"));
  EXPECT_THAT(errorsOf("return -input -> relu"),
              ElementsAre("3:8: '->' and '-' must not be mixed without parentheses"));
  EXPECT_THAT(layersOf("return (2 * input) -> relu"), SizeIs(4));
  EXPECT_THAT(errorsOf("return input -> (relu)"), ElementsAre("3:18: expected a layer after '->'"));
  EXPECT_THAT(errorsOf("return input -> 3"), ElementsAre("3:17: expected a layer after '->'"));
}

//===-- Scopes ----------------------------------------------------------------------------------------------------===//

TEST(Scopes, ABlockRebindsWhatItDidNotBind) {
  EXPECT_EQ(numberOf("a", "a = 1 for i in 0..3 { a = a * 2 }"), "8");
  EXPECT_EQ(numberOf("a", "a = 1 b = if true { a = 5  0 } else { 0 }"), "5");
  EXPECT_EQ(numberOf("a", "a = 1 for i in 0..3 { for j in 0..2 { a = a + 1 } }"), "7");
}

TEST(Scopes, ANewNameEndsWithItsBlock) {
  EXPECT_EQ(numberOf("b", "for i in 0..3 { b = 1 }"), "error: unknown name 'b'");
  EXPECT_EQ(numberOf("b", "a = if true { b = 1  b } else { 0 }"), "error: unknown name 'b'");
  EXPECT_EQ(numberOf("i", "for i in 0..3 { }"), "error: unknown name 'i'");
  // each iteration has its own block
  EXPECT_EQ(numberOf("a", "a = 0 for i in 0..3 { b = i  a = a + b }"), "3");
}

TEST(Scopes, ALoopsVariableIsReadOnly) {
  EXPECT_EQ(numberOf("0", "for i in 0..3 { i = 1 }"), "error: 'i' is the variable of a loop and cannot be assigned");
}

TEST(Scopes, ALayerSeesItsParametersAndTheNetworksNumbers) {
  EXPECT_THAT(layersOf("w = 7 layer f(x, s = 1) { return x -> dense(w, w_std = s) } return f(input, s = 2)"),
              ElementsAre("%0 = input 1", "%1 = dense %0 width=7 w_std=2", "return %1"));
  EXPECT_THAT(errorsOf("v = input -> relu layer f(x) { return v } return f(input)"),
              ElementsAre("3:39: a layer does not see the network's value 'v'; hand it in as an argument"));
  EXPECT_THAT(errorsOf("layer f(x) { return input } return f(input)"),
              ElementsAre("3:21: a layer does not see the network's 'input'; hand it in as an argument"));
  EXPECT_THAT(errorsOf("x = input layer f(y) { a = 3  return y } x = f(x) return x -> dense(a)"),
              ElementsAre("3:69: unknown name 'a'"));
}

TEST(Scopes, ALayersOwnNamesDoNotReachTheNetwork) {
  EXPECT_THAT(layersOf("w = 7 layer f(x) { w = 3 return x -> dense(w) } x = f(input) return x -> dense(w)"),
              ElementsAre("%0 = input 1", "%1 = dense %0 width=3", "%2 = dense %1 width=7", "return %2"));
}

TEST(Scopes, ReservedNames) {
  EXPECT_THAT(errorsOf("relu = 1 sqrt = 1 pi = 3 ntk = 4 return input"),
              ElementsAre("3:1: 'relu' is a built-in layer and cannot be redefined",
                          "3:10: 'sqrt' is a function and cannot be redefined",
                          "3:19: 'pi' is a constant and cannot be redefined",
                          "3:26: 'ntk' is a symbol and cannot be redefined"));
  EXPECT_THAT(errorsOf("layer f(x) { return x } f = 1 return input"),
              ElementsAre("3:25: 'f' is a layer and cannot be assigned"));
  EXPECT_THAT(errorsOf("input = 1 return input"), ElementsAre("3:1: 'input' is reserved and cannot be assigned"));
  EXPECT_THAT(errorsOf("for min in 0..1 { } return input"),
              ElementsAre("3:5: 'min' is a function and cannot be redefined"));
}

TEST(Scopes, ANameIsAVariableFirstThenASymbol) {
  EXPECT_THAT(layersOf("p = standard return input -> dense(parameterization = p)"),
              ElementsAre("%0 = input 1", "%1 = dense %0 parameterization='standard'", "return %1"));
  EXPECT_THAT(layersOf("layer f(x, channels = 3) { return x -> dense(channels) } return f(input)"),
              ElementsAre("%0 = input 1", "%1 = dense %0 width=3", "return %1"));
  EXPECT_THAT(errorsOf("layer f(x, ntk = 3) { return x -> dense(parameterization = ntk) } return f(input)"),
              ElementsAre("3:60: argument 'parameterization' of 'dense' must be 'ntk' or 'standard', found 3"));
}

//===-- Statements ------------------------------------------------------------------------------------------------===//

TEST(Statements, Loops) {
  EXPECT_EQ(numberOf("a", "a = 0 for i in 2..5 { a = a + i }"), "9");
  EXPECT_EQ(numberOf("a", "a = 0 for i in 5..2 { a = 1 }"), "0");
  EXPECT_EQ(numberOf("a", "a = 0 r = 0..4 for i in r { a = a + i }"), "6");
  EXPECT_EQ(numberOf("a", "a = 0 for w in [5, 0.5] { a = a + w }"), "5.5");
  EXPECT_EQ(numberOf("0", "for i in 3 { }"), "error: 'for' runs over a range or a list, found a number");
}

TEST(Statements, TenThousandIterations) {
  EXPECT_EQ(numberOf("a", "a = 0 for i in 0..10000 { a = i }"), "9999");
  EXPECT_EQ(numberOf("a", "a = 0 for i in 0..10001 { a = i }"),
            "error: the loops of a network run at most 10000 times in all; this one goes on");
  EXPECT_EQ(numberOf("0", "for i in 0..100 { for j in 0..100 { } }"),
            "error: the loops of a network run at most 10000 times in all; this one goes on");
}

TEST(Statements, OnlyTheBranchTakenIsEvaluated) {
  EXPECT_EQ(numberOf("if 1 > 2 { nothing_like_this } else { 3 }"), "3");
  EXPECT_EQ(numberOf("if 1 < 2 { a = 2  a * a } else { 1 / 0 }"), "4");
  EXPECT_EQ(numberOf("if 1 { 2 } else { 3 }"), "error: the condition of an 'if' is a boolean, found a number");
}

TEST(Statements, Return) {
  EXPECT_THAT(errorsOf("x = input"), ElementsAre("1:9: network 'n' has no 'return'"));
  EXPECT_THAT(errorsOf("return input x = 3"), ElementsAre("3:14: 'return' must be the last statement of a network"));
  EXPECT_THAT(errorsOf("for i in 0..2 { return input } return input"),
              ElementsAre("3:17: 'return' cannot stand inside 'for' or 'if': it is the last statement of a network or "
                          "layer"));
  EXPECT_THAT(errorsOf("return 3"), ElementsAre("3:1: a network returns a value of the network, found a number"));
}

TEST(Statements, Input) {
  auto first = [](const std::string &text) { return evaluateFile(text).errors.at(0); };
  EXPECT_EQ(first("network n { return 3 }"), "main.inet:1:9: network 'n' has no input");
  EXPECT_EQ(first("network n { a = 1 input [a] return input }"),
            "main.inet:1:19: 'input' must be the first statement of a network");
  EXPECT_EQ(first("network n { input [1] input [2] return input }"), "main.inet:1:23: 'input' is declared twice");
  EXPECT_EQ(first("network n { input [0] return input }"),
            "main.inet:1:20: a size of the input is a positive integer, found 0");
  EXPECT_EQ(first("network n { input [2.5] return input }"),
            "main.inet:1:20: a size of the input is a positive integer, found 2.5");
  EXPECT_EQ(first("network n { input [] return input }"),
            "main.inet:1:13: 'input' has 1 to 8 sizes, spatial ones first and channels last; found 0");
  EXPECT_EQ(first("network n { input [1e5, 1e5] return input }"),
            "main.inet:1:13: an input has at most 2147483647 numbers, found 1e+10");
  EXPECT_EQ(first("layer f(x) { input [3] return x } network n { input [1] return f(input) }"),
            "main.inet:1:14: a layer has no 'input' of its own; its values are its parameters");
}

TEST(Statements, Defaults) {
  EXPECT_THAT(layersOf("default dense { w_std = 2, parameterization = standard } x = input -> dense "
                       "default dense { w_std = 3 } return x -> dense(w_std = 4) -> dense -> relu"),
              ElementsAre("%0 = input 1", "%1 = dense %0 w_std=2 parameterization='standard'",
                          "%2 = dense %1 w_std=4 parameterization='standard'",
                          "%3 = dense %2 w_std=3 parameterization='standard'", "%4 = relu %3", "return %4"));
}

TEST(Statements, DefaultsHoldInsideTheLayersThatAreCalled) {
  EXPECT_EQ(evaluateFile("layer f(x) { return x -> dense } network n { input [1] default dense { w_std = 2 } "
                         "return f(input) }")
                .layers,
            (std::vector<std::string>{"%0 = input 1", "%1 = dense %0 w_std=2", "return %1"}));
}

TEST(Statements, DefaultErrors) {
  EXPECT_THAT(errorsOf("default dense { w_sdt = 2 } default desne { } default f { } default dense { w_std = true } "
                       "default conv { } layer f(x) { return x } default f { } return input -> dense"),
              ElementsAre("3:17: 'dense' has no argument 'w_sdt'", "3:37: unknown layer 'desne'",
                          "3:55: unknown layer 'f'", "3:85: argument 'w_std' of 'dense' must be a number, found true",
                          "3:100: 'conv' is not supported yet",
                          "3:141: 'f' is no built-in layer; defaults are for built-in layers"));
  EXPECT_THAT(errorsOf("default dense { 3 } return input"),
              ElementsAre("3:17: expected 'name = value' in the defaults of 'dense'"));
}

//===-- Calls -----------------------------------------------------------------------------------------------------===//

TEST(Calls, BuiltInArguments) {
  EXPECT_THAT(errorsOf("return input -> dense(1, 2, ntk, true, 5)"),
              ElementsAre("3:40: too many arguments for 'dense', which takes at most 4"));
  EXPECT_THAT(errorsOf("return input -> relu(1)"),
              ElementsAre("3:22: too many arguments for 'relu', which takes none"));
  EXPECT_THAT(errorsOf("return input -> dense(w_std = 1, w_std = 2)"),
              ElementsAre("3:34: argument 'w_std' of 'dense' is given twice"));
  EXPECT_THAT(errorsOf("return input -> dense(4, width = 2)"),
              ElementsAre("3:26: argument 'width' of 'dense' is given twice"));
  EXPECT_THAT(errorsOf("return input -> dense(w_std = 1, 2)"),
              ElementsAre("3:34: positional arguments come before named ones"));
  EXPECT_THAT(errorsOf("return input -> dense(2.5)"),
              ElementsAre("3:23: argument 'width' of 'dense' must be an integer from 1 to 2147483647, found 2.5"));
  EXPECT_THAT(errorsOf("return input -> dense(train = 1)"),
              ElementsAre("3:31: argument 'train' of 'dense' must be true or false, found 1"));
  EXPECT_THAT(errorsOf("return input -> monomial(7)"),
              ElementsAre("3:26: argument 'degree' of 'monomial' must be an integer from 0 to 5, found 7"));
  EXPECT_THAT(errorsOf("return input -> monomial"), ElementsAre("3:17: 'monomial' needs its argument 'degree'"));
  EXPECT_THAT(errorsOf("return input -> polynomial([])"),
              ElementsAre("3:28: argument 'coefficients' of 'polynomial' must be a list of one or more numbers, found "
                          "an empty list"));
  EXPECT_THAT(layersOf("return input -> layer_norm(over = [channels, space])"),
              ElementsAre("%0 = input 1", "%1 = layer_norm %0 over=['channels', 'space']", "return %1"));
}

TEST(Calls, LayersNeedAValue) {
  EXPECT_THAT(errorsOf("return dense(3)"), ElementsAre("3:14: 'dense' needs a value of the network first, found 3"));
  EXPECT_THAT(errorsOf("return dense()"), ElementsAre("3:8: 'dense' needs a value of the network"));
  EXPECT_THAT(errorsOf("return input -> dense(input)"),
              ElementsAre("3:23: 'dense' takes one value of the network, found another"));
  EXPECT_THAT(errorsOf("return relu"), ElementsAre("3:8: 'relu' is a layer, not a value"));
}

TEST(Calls, ExpIsAFunctionOfANumberAndALayerOfAValue) {
  EXPECT_THAT(layersOf("return input -> dense(w_std = exp(0)) -> exp(2)"),
              ElementsAre("%0 = input 1", "%1 = dense %0 w_std=1", "%2 = exp %1 w_std=2", "return %2"));
}

TEST(Calls, Suggestions) {
  EXPECT_EQ(
      evaluateFile("network n {\n  input [1]\n  return input -> dens(4)\n}").errors,
      (std::vector<std::string>{"main.inet:3:19: unknown layer 'dens'", "  main.inet:3:19: did you mean 'dense'?"}));
  EXPECT_EQ(
      evaluateFile("network n(depth = 3) {\n  input [1]\n  return input -> dense(dept)\n}").errors,
      (std::vector<std::string>{"main.inet:3:25: unknown name 'dept'", "  main.inet:3:25: did you mean 'depth'?"}));
  EXPECT_EQ(evaluateFile("network n {\n input [1]\n return input -> dense(parameterization = standrd)\n}").errors,
            (std::vector<std::string>{
                "main.inet:3:43: argument 'parameterization' of 'dense' must be 'ntk' or 'standard', found 'standrd'",
                "  main.inet:3:43: did you mean 'standard'?"}));
}

TEST(Calls, UserLayers) {
  EXPECT_THAT(errorsOf("layer f(x, s) { return x } return f(input)"),
              ElementsAre("3:35: layer 'f' needs its parameter 's'"));
  EXPECT_THAT(errorsOf("layer f(x) { return x } return f(input, 1, 2)"),
              ElementsAre("3:32: layer 'f' takes 1 argument, found 3"));
  EXPECT_THAT(errorsOf("layer f(x) { return x } return f(input, y = 1)"),
              ElementsAre("3:41: layer 'f' has no parameter 'y'"));
  EXPECT_THAT(errorsOf("layer f(x) { return x } return input -> f(x = input)"),
              ElementsAre("3:43: parameter 'x' of layer 'f' is given twice"));
  EXPECT_THAT(errorsOf("layer f(x, x) { return x } return input"),
              ElementsAre("3:12: parameter 'x' is declared twice"));
  EXPECT_THAT(errorsOf("layer f(x) { y = x } return f(input)"), ElementsAre("3:7: layer 'f' has no 'return'"));
  EXPECT_THAT(layersOf("layer f(x, a = 2, b = a + 1) { return x -> dense(b) } return f(input, a = 4)"),
              ElementsAre("%0 = input 1", "%1 = dense %0 width=5", "return %1"));
}

TEST(Calls, RecursionNamesTheCycle) {
  EXPECT_EQ(evaluateFile("layer a(x) { return x -> b }\nlayer b(x) { return x -> a }\n"
                         "network n { input [1] return input -> a }")
                .errors.front(),
            "main.inet:2:26: layer 'a' calls itself: a -> b -> a");
}

TEST(Calls, ErrorsSayWhereTheLayerWasCalled) {
  EXPECT_EQ(evaluateFile("layer f(x) { return x -> dense(-1) }\nnetwork n { input [1] return input -> f }").errors,
            (std::vector<std::string>{
                "main.inet:1:32: argument 'width' of 'dense' must be an integer from 1 to 2147483647, found -1",
                "  main.inet:2:39: called here"}));
}

TEST(Calls, WhatIsNotThereYet) {
  EXPECT_THAT(errorsOf("return input -> conv(3, pad = same)"), ElementsAre("3:17: 'conv' is not supported yet"));
  EXPECT_EQ(evaluateFile("activation swish(z, beta = 1) = z / (1 + exp(-beta * z))\n"
                         "network n { input [1] return input -> swish }")
                .errors.front(),
            "main.inet:2:39: 'swish': activations of one's own are not supported yet");
  EXPECT_TRUE(evaluateFile("activation swish(z, beta = 1) = z / (1 + exp(-beta * z))\n"
                           "network n { input [1] return input -> dense }")
                  .good);
}

//===-- Errors ----------------------------------------------------------------------------------------------------===//

TEST(Errors, AllThatAreIndependentAndNoEchoes) {
  EXPECT_THAT(errorsOf("x = input -> dens(512)\ny = x -> relu(3)\nz = y + nothing\nfor i in 0..q { x = x -> foo }\n"
                       "return z -> dense(w_stdd = 3)"),
              ElementsAre("3:14: unknown layer 'dens'", "4:15: too many arguments for 'relu', which takes none",
                          "5:9: unknown name 'nothing'", "6:13: unknown name 'q'",
                          "7:19: 'dense' has no argument 'w_stdd'"));
}

TEST(Errors, ALoopReportsAMistakeOnce) {
  EXPECT_THAT(errorsOf("x = input for i in 0..100 { x = x -> dens } return x"),
              ElementsAre("3:38: unknown layer 'dens'"));
}

TEST(Errors, BlowUpIsBounded) {
  // 2^40 calls of `dense`
  std::string text = "layer f0(x) { return x -> dense }\n";
  for (int i = 1; i <= 40; ++i)
    text += "layer f" + std::to_string(i) + "(x) { y = f" + std::to_string(i - 1) + "(x) return f" +
            std::to_string(i - 1) + "(y) }\n";
  EXPECT_THAT(evaluateFile(text + "network n { input [1] return f40(input) }").errors.front(),
              HasSubstr("the network has more than 30000 layers"));

  // 2^40 steps without a layer
  std::string numbers = "layer g0(n) { return n + 1 }\n";
  for (int i = 1; i <= 40; ++i)
    numbers += "layer g" + std::to_string(i) + "(n) { return g" + std::to_string(i - 1) + "(n) + g" +
               std::to_string(i - 1) + "(n) }\n";
  EXPECT_THAT(evaluateFile(numbers + "network n { input [1] return input -> dense(g40(1)) }").errors.front(),
              HasSubstr("takes more than 1000000 steps to evaluate"));

  // calls of calls, 10,000 deep
  std::string deep = "layer h0(x) { return x }\n";
  for (int i = 1; i <= 10000; ++i)
    deep += "layer h" + std::to_string(i) + "(x) { return h" + std::to_string(i - 1) + "(x) }\n";
  EXPECT_THAT(evaluateFile(deep + "network n { input [1] return h10000(input) }").errors.front(),
              HasSubstr("expressions and calls of layers nest deeper than 512 levels"));

  EXPECT_THAT(errorsOf("x = input for i in 0..2000 { x = x + x } return x"),
              ElementsAre("3:34: the network has more than 1000 sums, products and concatenations"));
  EXPECT_THAT(layersOf("x = input for i in 0..10000 { x = x -> dense -> relu } return x"), SizeIs(20002));

  EXPECT_EQ(numberOf("0", "a = [1] for i in 0..5000 { a = [a] }"), "error: lists nest deeper than 256 levels");
  EXPECT_EQ(numberOf("0", "a = [1] for i in 0..200 { a = [a, a] }"), "0"); // shared, not copied
}

//===-- Parameters of the network ---------------------------------------------------------------------------------===//

TEST(Definitions, OverrideParameters) {
  const std::string text = "network n(a = 1, b = 2 * a, p = ntk) { input [1] return input -> dense(b, "
                           "parameterization = p) }";
  EXPECT_EQ(evaluateFile(text).layers[1], "%1 = dense %0 width=2 parameterization='ntk'");
  EXPECT_EQ(evaluateFile(text, {{"a", "5"}, {"p", "standard"}}).layers[1],
            "%1 = dense %0 width=10 parameterization='standard'");
  EXPECT_EQ(evaluateFile(text, {{"b", "3"}, {"b", "4"}}).layers[1], "%1 = dense %0 width=4 parameterization='ntk'");
  EXPECT_EQ(evaluateFile(text, {{"b", "sqrt(16) + 1"}}).layers[1], "%1 = dense %0 width=5 parameterization='ntk'");
}

TEST(Definitions, Errors) {
  const std::string text = "network n(depth = 1) { input [1] return input -> dense(depth) }";
  EXPECT_EQ(evaluateFile(text, {{"dept", "5"}}).errors,
            (std::vector<std::string>{"main.inet:1:9: network 'n' has no parameter 'dept', which -D sets",
                                      "  main.inet:1:9: did you mean 'depth'?"}));
  EXPECT_EQ(evaluateFile(text, {{"depth", "true"}}).errors,
            (std::vector<std::string>{"-D depth:1:1: parameter 'depth' is a number, found a boolean",
                                      "  main.inet:1:11: its default is 1"}));
  EXPECT_EQ(evaluateFile(text, {{"depth", "3 4"}}).errors.front(),
            "-D depth:1:3: expected end of file, found number 4");
  EXPECT_EQ(evaluateFile(text, {{"depth", ""}}).errors.front(),
            "-D depth:1:1: expected an expression, found end of file");
  EXPECT_EQ(evaluateFile(text, {{"depth", "1 + depth"}}).errors.front(), "-D depth:1:5: unknown name 'depth'");
  EXPECT_EQ(evaluateFile("network n(depth) { input [1] return input }").errors.front(),
            "main.inet:1:11: parameter 'depth' of network 'n' has no default: give it with -D depth=VALUE");
}

//===-- Imports ---------------------------------------------------------------------------------------------------===//

TEST(Imports, LayersOfOtherFiles) {
  Evaluation evaluation = evaluateFile("import \"lib/a.inet\"\nimport \"lib/b.inet\"\n"
                                       "network n { input [1] return input -> a }",
                                       {},
                                       {{"lib/a.inet", "import \"b.inet\" layer a(x) { return x -> b }"},
                                        {"lib/b.inet", "layer b(x) { return x -> relu } network n { }"}});
  EXPECT_THAT(evaluation.errors, IsEmpty());
  EXPECT_THAT(evaluation.layers, ElementsAre("%0 = input 1", "%1 = relu %0", "return %1"));
}

TEST(Imports, Errors) {
  const std::string network = "\nnetwork n { input [1] return input -> dense }";
  EXPECT_THAT(evaluateFile("import \"a.inet\"" + network).errors,
              ElementsAre("main.inet:1:8: cannot read 'a.inet': no such file or directory"));
  EXPECT_THAT(evaluateFile("import \"\"" + network).errors,
              ElementsAre("main.inet:1:8: expected the name of a file, found an empty string"));
  EXPECT_THAT(evaluateFile("import \"a.inet\"" + network, {},
                           {{"a.inet", "import \"./b.inet\""}, {"b.inet", "\n  import \"a.inet\""}})
                  .errors,
              ElementsAre("b.inet:2:10: imports form a cycle: a.inet -> b.inet -> a.inet"));
  EXPECT_THAT(evaluateFile("import \"main.inet\"" + network).errors,
              ElementsAre("main.inet:1:8: imports form a cycle: main.inet -> main.inet"));
  EXPECT_THAT(evaluateFile("import \"a.inet\"" + network, {}, {{"a.inet", "layer a(x) { return x y }"}}).errors,
              ElementsAre("a.inet:1:23: expected a statement, found 'y'",
                          "  a.inet:1:23: a statement begins with 'input [', 'default', 'layer', 'for', 'return' or "
                          "'NAME ='"));
  EXPECT_THAT(
      evaluateFile("import \"a.inet\"\nlayer a(x) { return x }" + network, {}, {{"a.inet", "layer a(x) { return x }"}})
          .errors,
      ElementsAre("main.inet:2:7: 'a' is defined twice", "  a.inet:1:7: it was defined here"));
}

TEST(Imports, DefinitionsKeepToReservedNames) {
  EXPECT_EQ(evaluateFile("layer dense(x) { return x } network n { input [1] return input -> dense }").errors.front(),
            "main.inet:1:7: 'dense' is a built-in layer and cannot be redefined");
}

} // namespace
} // namespace inetc
