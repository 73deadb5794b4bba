#include "test/fuzz/MutateIr.h"

#include <algorithm>
#include <cctype>
#include <functional>
#include <set>

using namespace inetc;

namespace {

using Random = std::mt19937_64;

size_t below(size_t count, Random &random) { return random() % count; }

template <class T> const T &choose(const std::vector<T> &from, Random &random) {
  return from[below(from.size(), random)];
}

// A part of a text that means something by itself.
enum class Kind { space, integer, real, type, value, operation, word, other };
struct Token {
  Kind kind;
  std::string text;
};

bool isWordCharacter(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-'; }

// From `begin`, a bracket, to behind the one that closes it.
size_t findEnd(const std::string &text, size_t begin, char open, char close) {
  int depth = 0;
  for (size_t i = begin; i < text.size(); ++i) {
    depth += text[i] == open;
    depth -= text[i] == close;
    if (depth == 0)
      return i + 1;
  }
  return text.size();
}

size_t skip(const std::string &text, size_t from, const std::function<bool(char)> &belongs) {
  while (from < text.size() && belongs(text[from]))
    ++from;
  return from;
}

Token readNumber(const std::string &text, size_t at) {
  auto isDigit = [](char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; };
  size_t end = skip(text, at + (text[at] == '-'), isDigit);
  if (end + 1 >= text.size() || text[end] != '.' || !isDigit(text[end + 1]))
    return {Kind::integer, text.substr(at, end - at)};
  end = skip(text, end + 1, isDigit);
  if (end < text.size() && text[end] == 'e')
    end = skip(text, end + 1, [&](char c) { return isDigit(c) || c == '-' || c == '+'; });
  return {Kind::real, text.substr(at, end - at)};
}

// Types are one token with all that they hold. In `8x8` of a type's text, the sizes and the `x` are tokens.
Token readToken(const std::string &text, size_t at, bool typesWhole) {
  char c = text[at];
  auto until = [&](size_t end, Kind kind) { return Token{kind, text.substr(at, end - at)}; };
  if (std::isspace(static_cast<unsigned char>(c)))
    return until(skip(text, at, [](char next) { return std::isspace(static_cast<unsigned char>(next)) != 0; }),
                 Kind::space);
  if (c == '!' && typesWhole) {
    size_t end = skip(text, at + 1, [](char next) { return isWordCharacter(next) || next == '.'; });
    return until(end < text.size() && text[end] == '<' ? findEnd(text, end, '<', '>') : end, Kind::type);
  }
  if (c == '"')
    return until(std::min(text.find('"', at + 1), text.size() - 1) + 1, Kind::other);
  if (c == '%' || c == '@' || c == '#')
    return until(skip(text, at + 1, isWordCharacter), c == '%' ? Kind::value : Kind::other);
  bool negative = c == '-' && at + 1 < text.size() && std::isdigit(static_cast<unsigned char>(text[at + 1]));
  if (std::isdigit(static_cast<unsigned char>(c)) || negative)
    return readNumber(text, at);
  if (!std::isalpha(static_cast<unsigned char>(c)))
    return until(at + 1, Kind::other);
  if (c == 'x' && at > 0 && std::isdigit(static_cast<unsigned char>(text[at - 1])))
    return until(at + 1, Kind::other);
  size_t end = skip(text, at, [](char next) { return isWordCharacter(next) || next == '.'; });
  bool isOperation = text.compare(at, 3, "kt.") == 0 || text.compare(at, 5, "inet.") == 0;
  return until(end, isOperation ? Kind::operation : Kind::word);
}

std::vector<Token> tokenize(const std::string &text, bool typesWhole) {
  std::vector<Token> tokens;
  for (size_t at = 0; at < text.size(); at += tokens.back().text.size())
    tokens.push_back(readToken(text, at, typesWhole));
  return tokens;
}

std::string join(const std::vector<Token> &tokens) {
  std::string text;
  for (const Token &token : tokens)
    text += token.text;
  return text;
}

std::vector<std::string> splitLines(const std::string &text) {
  std::vector<std::string> lines;
  for (size_t begin = 0; begin < text.size();) {
    size_t end = std::min(text.find('\n', begin), text.size() - 1) + 1;
    lines.push_back(text.substr(begin, end - begin));
    begin = end;
  }
  return lines;
}

// A place in a text.
struct Span {
  size_t begin, end;
};

// The entries of the dictionaries of attributes, `name = value` or `name`: not of regions, which hold lines.
std::vector<Span> findAttributes(const std::string &text) {
  std::vector<Span> entries;
  for (size_t open = text.find('{'); open != std::string::npos; open = text.find('{', open + 1)) {
    size_t end = findEnd(text, open, '{', '}') - 1;
    if (text.find('\n', open) < end || end >= text.size() || text[end] != '}')
      continue;
    size_t begin = open + 1;
    int depth = 0;
    for (size_t i = begin; i <= end; ++i) {
      depth += text[i] == '<' || text[i] == '[';
      depth -= text[i] == '>' || text[i] == ']';
      if ((text[i] != ',' || depth > 0) && i != end)
        continue;
      begin = skip(text, begin, [](char c) { return c == ' '; });
      if (begin < i)
        entries.push_back({begin, i});
      begin = i + 1;
    }
  }
  return entries;
}

std::string nameOf(const std::string &attribute) { return attribute.substr(0, attribute.find(' ')); }

std::string replaceAll(std::string text, const std::string &from, const std::string &to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

const std::vector<std::string> integers = {"0",
                                           "-1",
                                           "1",
                                           "2",
                                           "3",
                                           "5",
                                           "16",
                                           "17",
                                           "64",
                                           "255",
                                           "4096",
                                           "65536",
                                           "1000000",
                                           "2147483647",
                                           "2147483648",
                                           "4294967296",
                                           "4611686018427387904",
                                           "9223372036854775807",
                                           "-9223372036854775808"};
const std::vector<std::string> reals = {
    "0.0", "-1.0", "1.0", "0.5", "1.0e-320", "1.0e+308", "1.0e+30", "-0.0", "0x7FF8000000000000", "0x7FF0000000000000"};
// What the types of values are made of: each is a word for the one before it too.
const std::vector<std::vector<std::string>> words = {
    {"f32", "f64"},
    {"planes = all", "planes = diagonal", "planes = [{0}]", "planes = [{0}, {0 to 2}]", "planes = [{}]",
     "planes = [{}, {}]", "planes = [{1}, {2}]"},
    {"state = covariance", "state = distance scaled", "state = distance", "state = distance scaled(2)",
     "state = distance scaled(7)", "state = distance scaled(4294967295)", "state = covariance, self",
     "state = distance scaled, self"},
    {"nngp + ntk", "nngp"},
    {"point", "4x4", "8", "3x3x3", "1", "4x4x4x4"},
    {", gaussian", ""},
    {"\"relu\"", "\"erf\"", "\"sign\"", "\"monomial\"", "\"abrelu\"", "\"gelu\"", "\"exp\"", "\"no\""},
    {"\"direct\"", "\"registers\"", "\"bf16x6\"", "\"int8x28\"", "\"blas\"", "\"no\""},
    {"\"nest\"", "\"line\""}};

// Some tokens of a kind, or all that are the same as one of them, replaced.
std::string replaceTokens(const std::string &text, Kind kind, bool typesWhole, const std::string &by, Random &random) {
  std::vector<Token> tokens = tokenize(text, typesWhole);
  std::vector<size_t> places;
  for (size_t i = 0; i < tokens.size(); ++i)
    if (tokens[i].kind == kind)
      places.push_back(i);
  if (places.empty())
    return text;
  size_t place = choose(places, random);
  std::string found = tokens[place].text;
  bool everywhere = below(3, random) > 0;
  for (size_t i : places)
    if (i == place || (everywhere && tokens[i].text == found))
      tokens[i].text = by;
  return join(tokens);
}

// Another value of the same text.
std::string exchangeValues(const std::string &text, Random &random) {
  std::vector<Token> tokens = tokenize(text, true);
  std::vector<size_t> places;
  for (size_t i = 0; i < tokens.size(); ++i)
    if (tokens[i].kind == Kind::value)
      places.push_back(i);
  if (places.empty())
    return text;
  tokens[choose(places, random)].text = tokens[choose(places, random)].text;
  return join(tokens);
}

std::string moveTokens(const std::string &text, Random &random) {
  std::vector<Token> tokens = tokenize(text, below(2, random) == 0);
  size_t first = below(tokens.size(), random);
  size_t second = below(2, random) ? below(tokens.size(), random) : std::min(first + 2, tokens.size() - 1);
  switch (below(3, random)) {
  case 0:
    std::swap(tokens[first], tokens[second]);
    break;
  case 1:
    tokens.erase(tokens.begin() + static_cast<std::ptrdiff_t>(first));
    break;
  default:
    tokens.insert(tokens.begin() + static_cast<std::ptrdiff_t>(first), Token(tokens[second]));
  }
  return join(tokens);
}

std::string exchangeWords(const std::string &text, Random &random) {
  const std::vector<std::string> &kinds = choose(words, random);
  const std::string &from = choose(kinds, random), &to = choose(kinds, random);
  if (from.empty())
    return text;
  if (below(2, random))
    return replaceAll(text, from, to);
  size_t at = text.find(from, below(text.size(), random));
  return at == std::string::npos ? text : std::string(text).replace(at, from.size(), to);
}

} // namespace

IrMutator::IrMutator(std::vector<std::string> corpus) : corpus(std::move(corpus)) {
  std::set<std::string> allTypes, allAttributes, allOperations, allLines;
  for (const std::string &text : this->corpus) {
    for (const Token &token : tokenize(text, true)) {
      if (token.kind == Kind::type && token.text.find('<') != std::string::npos)
        allTypes.insert(token.text);
      if (token.kind == Kind::operation)
        allOperations.insert(token.text);
    }
    for (Span entry : findAttributes(text))
      allAttributes.insert(text.substr(entry.begin, entry.end - entry.begin));
    for (const std::string &line : splitLines(text))
      allLines.insert(line);
  }
  types.assign(allTypes.begin(), allTypes.end());
  attributes.assign(allAttributes.begin(), allAttributes.end());
  operations.assign(allOperations.begin(), allOperations.end());
  lines.assign(allLines.begin(), allLines.end());
}

// One attribute removed, or exchanged for one of the corpus (mostly of the same name), or one of the corpus beside it.
static std::string mutateAttribute(const std::string &text, const std::vector<std::string> &attributes,
                                   Random &random) {
  std::vector<Span> entries = findAttributes(text);
  if (entries.empty() || attributes.empty())
    return text;
  Span entry = choose(entries, random);
  std::string found = text.substr(entry.begin, entry.end - entry.begin), by = choose(attributes, random);
  size_t change = below(6, random);
  if (change > 1)
    for (int tries = 0; tries < 200 && nameOf(by) != nameOf(found); ++tries)
      by = choose(attributes, random);
  std::string result = text;
  if (change == 0) { // with its comma
    size_t begin = entry.begin, end = entry.end;
    if (end < text.size() && text[end] == ',')
      ++end;
    else if (size_t comma = text.find_last_not_of(' ', begin - 1); comma != std::string::npos && text[comma] == ',')
      begin = comma;
    return result.erase(begin, end - begin);
  }
  if (change == 1)
    return result.insert(entry.begin, by + ", ");
  return result.replace(entry.begin, entry.end - entry.begin, by);
}

static std::string mutateLines(const std::string &text, const std::vector<std::string> &others, Random &random) {
  std::vector<std::string> lines = splitLines(text);
  size_t first = below(lines.size(), random), second = below(lines.size(), random);
  auto at = lines.begin() + static_cast<std::ptrdiff_t>(first);
  switch (below(4, random)) {
  case 0:
    lines.erase(at);
    break;
  case 1:
    lines.insert(at, std::string(lines[second]));
    break;
  case 2:
    std::swap(lines[first], lines[second]);
    break;
  default:
    lines.insert(at, choose(others, random));
  }
  std::string result;
  for (const std::string &line : lines)
    result += line;
  return result;
}

std::string IrMutator::mutateOnce(const std::string &text, Random &random) const {
  switch (below(12, random)) {
  case 0:
  case 1:
    return replaceTokens(text, Kind::integer, /*typesWhole=*/false, choose(integers, random), random);
  case 2:
    return replaceTokens(text, Kind::real, false, choose(reals, random), random);
  case 3:
    return replaceTokens(text, Kind::type, true, choose(types, random), random);
  case 4:
    return replaceTokens(text, Kind::operation, true, choose(operations, random), random);
  case 5:
  case 6:
    return exchangeWords(text, random);
  case 7:
    return exchangeValues(text, random);
  case 8:
  case 9:
    return mutateAttribute(text, attributes, random);
  case 10:
    return moveTokens(text, random);
  default:
    return mutateLines(text, lines, random);
  }
}

std::string IrMutator::mutate(Random &random) const {
  std::string text = choose(corpus, random);
  for (size_t left = 1 + below(3, random); left > 0 && !text.empty(); --left)
    text = mutateOnce(text, random);
  return text;
}
