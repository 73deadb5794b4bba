#include "test/frontend/Evaluation.h"

#include <gtest/gtest.h>

namespace inetc {
namespace {

TEST(Arithmetic, PrecedenceAndAssociativity) {
  EXPECT_EQ(numberOf("1 + 2 * 3"), "7");
  EXPECT_EQ(numberOf("(1 + 2) * 3"), "9");
  EXPECT_EQ(numberOf("10 - 4 - 3"), "3");
  EXPECT_EQ(numberOf("16 / 4 / 2"), "2");
  EXPECT_EQ(numberOf("-2 * 3"), "-6");
  EXPECT_EQ(numberOf("2 * -3"), "-6");
  EXPECT_EQ(numberOf("1 - -1"), "2");
  EXPECT_EQ(numberOf("----3"), "3");
  EXPECT_EQ(numberOf("-----3"), "-3");
}

TEST(Arithmetic, DivisionIsReal) {
  EXPECT_EQ(numberOf("7 / 2"), "3.5");
  EXPECT_EQ(numberOf("1 / 3"), "0.3333333333333333");
  EXPECT_EQ(numberOf("1 / 0"), "error: division by zero");
}

TEST(Arithmetic, RemainderHasTheSignOfTheDivisor) {
  EXPECT_EQ(numberOf("7 % 3"), "1");
  EXPECT_EQ(numberOf("-1 % 4"), "3");
  EXPECT_EQ(numberOf("1 % -4"), "-3");
  EXPECT_EQ(numberOf("5.5 % 2"), "1.5");
  EXPECT_EQ(numberOf("4 % 2"), "0");
  EXPECT_EQ(numberOf("1 % 0"), "error: remainder of a division by zero");
}

TEST(Arithmetic, NumberLiterals) {
  EXPECT_EQ(numberOf("1e-12"), "1e-12");
  EXPECT_EQ(numberOf("2.50"), "2.5");
  EXPECT_EQ(numberOf("1E3"), "1000");
  EXPECT_EQ(numberOf("1e-400"), "0"); // underflows, as IEEE arithmetic does
  EXPECT_EQ(numberOf("1e999"), "error: number 1e999 is larger than the largest number, about 1.8e308");
}

TEST(Arithmetic, ResultsStayFinite) {
  EXPECT_EQ(numberOf("1e308 * 10"), "error: the result is larger than the largest number, about 1.8e308");
  EXPECT_EQ(numberOf("1e308 + 1e308"), "error: the result is larger than the largest number, about 1.8e308");
  EXPECT_EQ(numberOf("1 / 1e-320"), "error: the result is larger than the largest number, about 1.8e308");
  EXPECT_EQ(numberOf("exp(1000)"), "error: the result is larger than the largest number, about 1.8e308");
}

TEST(Arithmetic, Functions) {
  EXPECT_EQ(numberOf("sqrt(2)"), "1.4142135623730951");
  EXPECT_EQ(numberOf("pi"), "3.141592653589793");
  EXPECT_EQ(numberOf("min(3, 1, 2)"), "1");
  EXPECT_EQ(numberOf("max(3, 1, 2)"), "3");
  EXPECT_EQ(numberOf("abs(-2)"), "2");
  EXPECT_EQ(numberOf("sign(-2) + sign(0) + sign(5)"), "0");
  EXPECT_EQ(numberOf("exp(0) + cos(0) + sin(0)"), "2");
  EXPECT_EQ(numberOf("erf(0)"), "0");
  EXPECT_EQ(numberOf("4 -> sqrt"), "2");
}

TEST(Arithmetic, FunctionErrors) {
  EXPECT_EQ(numberOf("sqrt(-1)"), "error: 'sqrt' of a negative number, -1");
  EXPECT_EQ(numberOf("sqrt(1, 2)"), "error: 'sqrt' takes one number, found 2 arguments");
  EXPECT_EQ(numberOf("sqrt(x = 1)"), "error: 'sqrt' takes no named arguments");
  EXPECT_EQ(numberOf("sqrt(true)"), "error: 'sqrt' takes numbers, found a boolean");
  EXPECT_EQ(numberOf("min()"), "error: 'min' takes one or more numbers, found none");
  EXPECT_EQ(numberOf("sqrt"), "error: 'sqrt' is a function, not a value");
}

TEST(Arithmetic, Comparisons) {
  EXPECT_EQ(booleanOf("1 < 2"), "true");
  EXPECT_EQ(booleanOf("2 <= 2"), "true");
  EXPECT_EQ(booleanOf("1 > 2"), "false");
  EXPECT_EQ(booleanOf("1 >= 2"), "false");
  EXPECT_EQ(booleanOf("1 + 1 == 2"), "true");
  EXPECT_EQ(booleanOf("true != false"), "true");
  EXPECT_EQ(booleanOf("ntk == standard"), "false");
  EXPECT_EQ(booleanOf("ntk != standard"), "true");
  EXPECT_EQ(booleanOf("1 == true"),
            "error: '==' compares two numbers, booleans or symbols, found a number and a boolean");
  EXPECT_EQ(booleanOf("true < false"), "error: '<' takes numbers, found a boolean");
  EXPECT_EQ(booleanOf("[1] == [1]"), "error: '==' compares two numbers, booleans or symbols, found a list and a list");
  EXPECT_EQ(booleanOf("1 < 2 < 3"), "error: comparisons do not chain");
}

TEST(Arithmetic, Logic) {
  EXPECT_EQ(booleanOf("true and false"), "false");
  EXPECT_EQ(booleanOf("true or false and false"), "true");
  EXPECT_EQ(booleanOf("not 1 == 2"), "true");
  EXPECT_EQ(booleanOf("not not true"), "true");
  EXPECT_EQ(booleanOf("not not not true"), "false");
  EXPECT_EQ(booleanOf("not not not 3"), "error: 'not' takes a boolean, found a number");
  EXPECT_EQ(booleanOf("1 and true"), "error: 'and' takes booleans, found a number");
  EXPECT_EQ(booleanOf("true and 1"), "error: 'and' takes booleans, found a number");
}

TEST(Arithmetic, LogicStopsWhereItIsDecided) {
  EXPECT_EQ(booleanOf("false and 1 / 0 > 1"), "false");
  EXPECT_EQ(booleanOf("true or 1 / 0 > 1"), "true");
  EXPECT_EQ(booleanOf("true and 1 / 0 > 1"), "error: division by zero");
}

TEST(Arithmetic, IntegersAreNumbersThatAreIntegral) {
  EXPECT_EQ(evaluateFile("network n { input [8 / 2, 0.5 * 4] return input -> dense(1e3) }").layers,
            (std::vector<std::string>{"%0 = input 4x2", "%1 = dense %0 width=1000", "return %1"}));
  EXPECT_EQ(numberOf("0", "for i in 0..2.5 { }"), "error: the ends of a range are integers, found 2.5");
  EXPECT_EQ(numberOf("0", "for i in 0..1e17 { }"), "error: the ends of a range are integers, found 1e+17");
}

} // namespace
} // namespace inetc
