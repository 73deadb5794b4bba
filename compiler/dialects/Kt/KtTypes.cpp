#include "compiler/dialects/Kt/KtTypes.h"

#include "compiler/dialects/Kt/KtOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace inetc::kt;

#include "compiler/dialects/Kt/KtEnums.cpp.inc"

#define GET_TYPEDEF_CLASSES
#include "compiler/dialects/Kt/KtTypes.cpp.inc"

void KtDialect::registerTypes() {
  addTypes<
#define GET_TYPEDEF_LIST
#include "compiler/dialects/Kt/KtTypes.cpp.inc"
      >();
}

static LogicalResult verifyPlanes(llvm::function_ref<InFlightDiagnostic()> emitError, ArrayRef<int64_t> positions,
                                  const PlaneSet &planes) {
  if (planes.isAll())
    return success();
  if (planes.getSets().size() != positions.size())
    return emitError() << "(C2) there is a set of displacements for each dimension, found " << planes.getSets().size()
                       << " for " << positions.size();
  for (auto [set, size] : llvm::zip_equal(planes.getSets(), positions)) {
    if (set.empty() || set.front() > 0)
      return emitError() << "(C2) the displacement 0 is in each set of planes, found one without it";
    if (set.front() < 0 || set.back() >= size)
      return emitError() << "(C2) planes are named by |d|, from 0 to " << size - 1 << ", found "
                         << (set.front() < 0 ? set.front() : set.back());
  }
  return success();
}

LogicalResult KernelType::verify(llvm::function_ref<InFlightDiagnostic()> emitError, ArrayRef<int64_t> positions,
                                 PlaneSet planes, State state, unsigned scalePower, bool negated, bool, bool ntk,
                                 FloatType elementType) {
  if (state == State::covariance && scalePower > 0)
    return emitError() << "(C3) only distances are in units of a scale, found a covariance";
  if (scalePower > maxScalePower)
    return emitError() << "(C3) the power of a scale is at most " << maxScalePower << ", found " << scalePower;
  if (negated && (state == State::covariance || ntk))
    return emitError() << "(C5) only distances are negated, and have no ntk then";
  int64_t count = 1;
  for (int64_t size : positions) {
    if (size <= 0)
      return emitError() << "(C1) spatial sizes are positive, found " << size;
    if (size > maxPositions / count)
      return emitError() << "(C1) there are at most " << maxPositions << " positions, found more";
    count *= size;
  }
  if (!elementType.isF32() && !elementType.isF64())
    return emitError() << "(C4) kernels are of f32 or f64, found " << elementType;
  return verifyPlanes(emitError, positions, planes);
}

KernelType KernelType::withPositions(ArrayRef<int64_t> positions) const {
  PlaneSet planes = static_cast<int64_t>(positions.size()) == getRank() ? getPlanes() : PlaneSet::all();
  return get(getContext(), positions, planes, getState(), getScalePower(), getNegated(), getSelf(), getNtk(),
             getElementType());
}

KernelType KernelType::withPlanes(const PlaneSet &planes) const {
  return get(getContext(), getPositions(), planes, getState(), getScalePower(), getNegated(), getSelf(), getNtk(),
             getElementType());
}

KernelType KernelType::withState(State state, unsigned scalePower) const {
  return get(getContext(), getPositions(), getPlanes(), state, scalePower, getNegated(), getSelf(), getNtk(),
             getElementType());
}

KernelType KernelType::asNegated() const {
  return get(getContext(), getPositions(), getPlanes(), getState(), getScalePower(), /*negated=*/true, getSelf(),
             /*ntk=*/false, getElementType());
}

KernelType KernelType::asVariance() const {
  return get(getContext(), getPositions(), PlaneSet::diagonal(getRank()), getState(), getScalePower(), getNegated(),
             /*self=*/true, /*ntk=*/false, getElementType());
}

// `0, 2, 5 to 9`
static void printSet(AsmPrinter &printer, const std::vector<int64_t> &set) {
  for (size_t i = 0; i < set.size();) {
    size_t last = i;
    while (last + 1 < set.size() && set[last + 1] == set[last] + 1)
      ++last;
    printer << (i ? ", " : "") << set[i];
    if (last > i)
      printer << (last > i + 1 ? " to " : ", ") << set[last];
    i = last + 1;
  }
}

static ParseResult parseRange(AsmParser &parser, std::vector<int64_t> &set) {
  int64_t first, last;
  llvm::SMLoc loc = parser.getCurrentLocation();
  if (parser.parseInteger(first))
    return failure();
  set.push_back(first);
  if (failed(parser.parseOptionalKeyword("to")))
    return success();
  if (parser.parseInteger(last))
    return failure();
  if (last < first || last - first > (1 << 16))
    return parser.emitError(loc) << "expected a range of displacements, found " << first << " to " << last;
  while (first < last)
    set.push_back(++first);
  return success();
}

// `all`, `diagonal`, or `[{0, 1}, {0 to 6}]`
static void printPlanes(AsmPrinter &printer, const PlaneSet &planes) {
  if (planes.isAll()) {
    printer << "all";
    return;
  }
  if (planes.isDiagonal()) {
    printer << "diagonal";
    return;
  }
  printer << '[';
  llvm::interleaveComma(planes.getSets(), printer, [&](const std::vector<int64_t> &set) {
    printer << '{';
    printSet(printer, set);
    printer << '}';
  });
  printer << ']';
}

static ParseResult parsePlanes(AsmParser &parser, int64_t rank, PlaneSet &planes) {
  if (succeeded(parser.parseOptionalKeyword("all"))) {
    planes = PlaneSet::all();
    return success();
  }
  if (succeeded(parser.parseOptionalKeyword("diagonal"))) {
    planes = PlaneSet::diagonal(rank);
    return success();
  }
  llvm::SMLoc loc = parser.getCurrentLocation();
  std::vector<std::vector<int64_t>> sets;
  auto parseSet = [&]() -> ParseResult {
    std::vector<int64_t> &set = sets.emplace_back();
    return parser.parseCommaSeparatedList(AsmParser::Delimiter::Braces, [&]() { return parseRange(parser, set); });
  };
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, parseSet))
    return failure();
  if (static_cast<int64_t>(sets.size()) != rank)
    return parser.emitError(loc) << "expected " << rank << " sets of displacements, found " << sets.size();
  planes = PlaneSet::product(std::move(sets));
  return success();
}

void KernelType::print(AsmPrinter &printer) const {
  printer << '<';
  if (getPositions().empty())
    printer << "point";
  else
    llvm::interleave(getPositions(), printer, "x");
  printer << ", planes = ";
  printPlanes(printer, getPlanes());
  printer << ", state = " << stringifyState(getState());
  if (isScaled())
    printer << " scaled";
  if (getScalePower() > 1)
    printer << '(' << getScalePower() << ')';
  if (getNegated())
    printer << " negated";
  if (getSelf())
    printer << ", self";
  printer << (getNtk() ? ", nngp + ntk, " : ", nngp, ") << getElementType() << '>';
}

Type KernelType::parse(AsmParser &parser) {
  SmallVector<int64_t> positions;
  PlaneSet planes = PlaneSet::all();
  State state = State::covariance;
  unsigned scalePower = 0;
  bool negated = false, self = false, ntk = false;
  FloatType elementType;
  StringRef word;
  auto parseScale = [&]() -> ParseResult {
    if (failed(parser.parseOptionalKeyword("scaled")))
      return success();
    scalePower = 1;
    if (failed(parser.parseOptionalLParen()))
      return success();
    llvm::SMLoc loc = parser.getCurrentLocation();
    if (parser.parseInteger(scalePower) || parser.parseRParen())
      return failure();
    if (scalePower == 0)
      return parser.emitError(loc) << "expected a power of the scale from 1 on, found 0";
    return success();
  };
  auto parseState = [&]() -> ParseResult {
    llvm::SMLoc loc = parser.getCurrentLocation();
    if (parser.parseKeyword(&word))
      return failure();
    std::optional<State> parsed = symbolizeState(word);
    if (!parsed)
      return parser.emitError(loc) << "expected 'covariance' or 'distance', found '" << word << "'";
    state = *parsed;
    if (parseScale())
      return failure();
    negated = succeeded(parser.parseOptionalKeyword("negated"));
    return success();
  };
  if (parser.parseLess())
    return {};
  if (failed(parser.parseOptionalKeyword("point")) &&
      parser.parseDimensionList(positions, /*allowDynamic=*/false, /*withTrailingX=*/false))
    return {};
  if (parser.parseComma() || parser.parseKeyword("planes") || parser.parseEqual() ||
      parsePlanes(parser, positions.size(), planes) || parser.parseComma() || parser.parseKeyword("state") ||
      parser.parseEqual() || parseState() || parser.parseComma())
    return {};
  if (succeeded(parser.parseOptionalKeyword("self"))) {
    self = true;
    if (parser.parseComma())
      return {};
  }
  if (parser.parseKeyword("nngp"))
    return {};
  if (succeeded(parser.parseOptionalPlus())) {
    if (parser.parseKeyword("ntk"))
      return {};
    ntk = true;
  }
  if (parser.parseComma() || parser.parseType(elementType) || parser.parseGreater())
    return {};
  return parser.getChecked<KernelType>(parser.getContext(), positions, planes, state, scalePower, negated, self, ntk,
                                       elementType);
}
