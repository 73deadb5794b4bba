#include "compiler/dialects/Inet/InetOps.h"
#include "compiler/dialects/Kt/KtTypes.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace inetc::inet;

#define GET_TYPEDEF_CLASSES
#include "compiler/dialects/Inet/InetTypes.cpp.inc"

void InetDialect::registerTypes() {
  addTypes<
#define GET_TYPEDEF_LIST
#include "compiler/dialects/Inet/InetTypes.cpp.inc"
      >();
}

LogicalResult SignalType::verify(llvm::function_ref<InFlightDiagnostic()> emitError, ArrayRef<int64_t> shape, bool) {
  if (shape.empty())
    return emitError() << "(C1) expected at least a number of channels";
  int64_t positions = 1;
  for (int64_t size : shape.drop_back()) {
    if (size <= 0)
      return emitError() << "(C2) spatial sizes are positive, found " << size;
    if (size > kt::maxPositions / positions)
      return emitError() << "(C2) there are at most " << kt::maxPositions << " positions, found more";
    positions *= size;
  }
  if (shape.back() == 0 || shape.back() > maxChannels)
    return emitError() << "(C2) channels are unknown or from 1 to " << maxChannels << ", found " << shape.back();
  return success();
}

SignalType SignalType::withChannels(int64_t channels) const {
  SmallVector<int64_t> shape(getShape());
  shape.back() = channels;
  return get(getContext(), shape, getGaussian());
}

static void printShape(llvm::raw_ostream &os, ArrayRef<int64_t> shape) {
  llvm::interleave(
      shape, os,
      [&](int64_t size) {
        if (size < 0)
          os << '?';
        else
          os << size;
      },
      "x");
}

std::string SignalType::describeShape() const {
  std::string text;
  llvm::raw_string_ostream os(text);
  printShape(os, getShape());
  return text;
}

void SignalType::print(AsmPrinter &printer) const {
  printer << '<';
  printShape(printer.getStream(), getShape());
  printer << (getGaussian() ? ", gaussian>" : ">");
}

Type SignalType::parse(AsmParser &parser) {
  SmallVector<int64_t> shape;
  llvm::SMLoc loc = parser.getCurrentLocation();
  if (parser.parseLess() || parser.parseDimensionList(shape, /*allowDynamic=*/true, /*withTrailingX=*/false))
    return {};
  for (int64_t size : ArrayRef<int64_t>(shape).drop_back(shape.empty() ? 0 : 1))
    if (size < 0) {
      parser.emitError(loc, "only the number of channels may be unknown");
      return {};
    }
  bool gaussian = succeeded(parser.parseOptionalComma());
  if ((gaussian && parser.parseKeyword("gaussian")) || parser.parseGreater())
    return {};
  for (int64_t &size : shape)
    size = ShapedType::isDynamic(size) ? -1 : size;
  return parser.getChecked<SignalType>(loc, parser.getContext(), shape, gaussian);
}
