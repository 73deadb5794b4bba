#include "compiler/frontend/Parser.h"
#include "compiler/frontend/AstPrinter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using ::testing::ElementsAre;
using ::testing::IsEmpty;

namespace inetc {
namespace {

std::vector<std::string> errorsOf(const std::string &text) {
  SourceFile source{"test.inet", text};
  std::vector<Problem> problems;
  bool parsed = parseFile(source, problems).has_value();
  EXPECT_EQ(parsed, problems.empty());
  std::vector<std::string> errors;
  for (const Problem &problem : problems)
    errors.push_back(std::to_string(problem.range.begin.line) + ":" + std::to_string(problem.range.begin.column) +
                     ": " + problem.message);
  return errors;
}

std::string astOf(const std::string &text) {
  SourceFile source{"test.inet", text};
  std::vector<Problem> problems;
  std::optional<ast::File> file = parseFile(source, problems);
  EXPECT_THAT(problems, IsEmpty());
  return file ? printAst(*file) : "";
}

/// The tree of an expression, less the first levels and the places.
std::string treeOf(const std::string &expression) {
  std::string text = astOf("network n { a = " + expression + " }"), tree;
  size_t line = text.find("assign");
  while ((line = text.find('\n', line) + 1) != 0 && line < text.size()) {
    size_t start = text.find_first_not_of(' ', line);
    tree += std::string((start - line) / 2 - 2, '.') + text.substr(start, text.find(" @", start) - start) + "\n";
  }
  return tree;
}

TEST(Parser, ReadsEveryConstruct) {
  EXPECT_EQ(astOf("import \"b.inet\"\n"
                  "network n(d = 3) {\n"
                  "  input [4, 2]\n"
                  "  default conv { pad = same }\n"
                  "  layer f(x) { return x }\n"
                  "  for i in 0..d { x = i }\n"
                  "  return if a { x = 1  b } else { c }\n"
                  "}\n"
                  "activation s(z) = -z\n"),
            "import \"b.inet\" @1:1\n"
            "network n @2:1\n"
            "  parameter d @2:11\n"
            "    number 3 @2:15\n"
            "  input @3:3\n"
            "    number 4 @3:10\n"
            "    number 2 @3:13\n"
            "  default conv @4:3\n"
            "    argument pad @4:18\n"
            "      name same @4:24\n"
            "  layer f @5:3\n"
            "    parameter x @5:11\n"
            "    return @5:16\n"
            "      name x @5:23\n"
            "  for i @6:3\n"
            "    chain @6:12\n"
            "      number 0 @6:12\n"
            "      .. @6:13\n"
            "      name d @6:15\n"
            "    assign x @6:19\n"
            "      name i @6:23\n"
            "  return @7:3\n"
            "    if @7:10\n"
            "      name a @7:13\n"
            "    then @7:24\n"
            "      assign x @7:17\n"
            "        number 1 @7:21\n"
            "      name b @7:24\n"
            "    else @7:35\n"
            "      name c @7:35\n"
            "activation s @9:1\n"
            "  parameter z @9:14\n"
            "  unary - @9:19\n"
            "    name z @9:20\n");
}

TEST(Parser, Precedence) {
  EXPECT_EQ(treeOf("a or b and not c < d .. e + f * -g"), "chain\n.name a\n.or\n.chain\n..name b\n..and\n..unary not\n"
                                                          "...chain\n....name c\n....<\n....chain\n.....name d\n"
                                                          ".....\x2e.\n.....chain\n......name e\n......+\n......chain\n"
                                                          ".......name f\n.......*\n.......unary -\n........name g\n");
  EXPECT_EQ(treeOf("x -> f(1) -> g"), "pipe\n.name x\n.call f\n..number 1\n.call g\n");
}

TEST(Parser, RangesAreNotFractions) {
  EXPECT_EQ(treeOf("0..3"), "chain\n.number 0\n...\n.number 3\n");
  EXPECT_EQ(treeOf("1.5..2"), "chain\n.number 1.5\n...\n.number 2\n");
  EXPECT_THAT(errorsOf("network n { a = 1. }"), ElementsAre("1:18: unexpected character '.'"));
}

TEST(Parser, WhiteSpaceOnlySeparates) {
  EXPECT_EQ(treeOf("f(\n1,\r\n\t2)"), "call f\n.number 1\n.number 2\n");
  EXPECT_EQ(treeOf("f /* a\n * b ***/ (1) // end\n"), "call f\n.number 1\n");
  EXPECT_EQ(treeOf("f(1, 2,)"), "call f\n.number 1\n.number 2\n"); // a comma may end a list
}

TEST(Parser, ManyOperandsAreFlat) {
  std::string sum = "1";
  for (int i = 0; i < 50000; ++i)
    sum += "+1";
  EXPECT_THAT(errorsOf("network n { a = " + sum + " }"), IsEmpty());
  EXPECT_THAT(errorsOf("network n { a = " + std::string(100001, '-') + "1 }"), IsEmpty());
}

TEST(Parser, DepthIsBounded) {
  auto nested = [](int depth) {
    return "network n { a = " + std::string(depth, '(') + "1" + std::string(depth, ')') + " }";
  };
  EXPECT_THAT(errorsOf(nested(255)), IsEmpty()); // and the braces: 256
  EXPECT_THAT(errorsOf(nested(256)), ElementsAre("1:272: brackets and 'if's nest deeper than 256 levels"));
  std::string conditions;
  for (int i = 0; i < 300; ++i)
    conditions += "if ";
  EXPECT_THAT(errorsOf("network n { a = " + conditions),
              ElementsAre("1:782: brackets and 'if's nest deeper than 256 levels"));
  // What the parser makes of mismatched brackets must not nest deeper either.
  std::string mismatched;
  for (int i = 0; i < 20000; ++i)
    mismatched += "[ ( ] \n";
  EXPECT_FALSE(errorsOf("network n { a = " + mismatched).empty());
}

TEST(Parser, Bytes) {
  EXPECT_THAT(errorsOf("network n {\n a = \xc3\x28 }"),
              ElementsAre("2:6: byte 0xc3 is not UTF-8; network files are UTF-8 text"));
  EXPECT_THAT(errorsOf("// \xed\xa0\x80"),
              ElementsAre("1:4: byte 0xed is not UTF-8; network files are UTF-8 text")); // half of a surrogate pair
  EXPECT_THAT(errorsOf("// \xce\xb2\n"), IsEmpty());
  EXPECT_THAT(errorsOf("network n { /* \xce\xb2 */ \xc2\xa7 }"), ElementsAre("1:21: unexpected character '\xc2\xa7'"));
  EXPECT_THAT(errorsOf(std::string(1, '\0')), ElementsAre("1:1: unexpected control character of code 0"));
  EXPECT_THAT(errorsOf(std::string((1 << 20) + 1, ' ')),
              ElementsAre("1:1: the file has 1048577 bytes, more than the 1048576 that a network file may have"));
}

TEST(Parser, Tokens) {
  EXPECT_THAT(errorsOf("network n { a = \"b\n }"),
              ElementsAre("1:17: the string is not closed; expected '\"' before the end of the line",
                          "2:2: expected an expression, found '}'"));
  EXPECT_THAT(errorsOf("network n { } /* b **"), ElementsAre("1:15: the comment is not closed; expected '*/'"));
  EXPECT_THAT(errorsOf("network n { a = b & c }"), ElementsAre("1:19: unexpected character '&'"));
}

TEST(Parser, SaysWhatWasExpectedAndFound) {
  EXPECT_THAT(errorsOf("netwrk n { }"),
              ElementsAre("1:1: expected 'network', 'layer', 'activation' or 'import', found 'netwrk'"));
  EXPECT_THAT(errorsOf("network { }"), ElementsAre("1:9: expected a name, found '{'"));
  EXPECT_THAT(errorsOf("import b"), ElementsAre("1:8: expected a file name in quotes, found 'b'"));
  EXPECT_THAT(errorsOf("network n { a = }"), ElementsAre("1:17: expected an expression, found '}'"));
  EXPECT_THAT(errorsOf("network n { a = f(1 2) }"), ElementsAre("1:21: expected ')' or ',', found number 2"));
  EXPECT_THAT(errorsOf("network n { a = [1 b] }"), ElementsAre("1:20: expected ']' or ',', found 'b'"));
  EXPECT_THAT(errorsOf("network n { a -> b }"), ElementsAre("1:13: expected a statement, found 'a'"));
  EXPECT_THAT(errorsOf("network n { for i 0..3 { } }"), ElementsAre("1:19: expected 'in', found number 0"));
  EXPECT_THAT(errorsOf("network n { a = if b { c } }"), ElementsAre("1:28: expected 'else', found '}'"));
  EXPECT_THAT(errorsOf("network n { a = if b { c = 1 } else { d } }"),
              ElementsAre("1:30: expected an expression or a statement, found '}'"));
  EXPECT_THAT(errorsOf("network n { a = 1"), ElementsAre("1:18: expected a statement or '}', found end of file"));
}

TEST(Parser, ReportsEveryStatementThatIsWrong) {
  EXPECT_THAT(errorsOf("network n {\n"
                       "  input [784]\n"
                       "  x = input -> dense(512 w_std = 3)\n"
                       "  y = f(a b,\n"
                       "        c = 3, d)\n"
                       "  z = )\n"
                       "  for x 0..3 { y = 1 }\n"
                       "  r = if a { b }\n"
                       "  return x\n"
                       "}\n"
                       "network d { return }\n"),
              ElementsAre("3:26: expected ')' or ',', found 'w_std'", "4:11: expected ')' or ',', found 'b'",
                          "6:7: expected an expression, found ')'", "7:9: expected 'in', found number 0",
                          "9:3: expected 'else', found 'return'", "11:20: expected an expression, found '}'"));
}

TEST(Parser, NotesWhichBracketIsOpen) {
  std::string text = "network n {\n  input [784]\n";
  SourceFile source{"test.inet", text};
  std::vector<Problem> problems;
  EXPECT_FALSE(parseFile(source, problems));
  ASSERT_EQ(problems.size(), 1u);
  ASSERT_EQ(problems[0].notes.size(), 1u);
  EXPECT_EQ(problems[0].notes[0].message, "this '{' is not closed");
  EXPECT_EQ(problems[0].notes[0].range.begin.column, 11u);
}

} // namespace
} // namespace inetc
