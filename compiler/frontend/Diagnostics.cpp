#include "compiler/frontend/Diagnostics.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Location.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace inetc {

FileLineColLoc placeOf(Location location) {
  return llvm::TypeSwitch<Location, FileLineColLoc>(location)
      .Case([](FileLineColLoc place) { return place; })
      .Case([](CallSiteLoc call) { return placeOf(call.getCallee()); })
      .Case([](NameLoc name) { return placeOf(name.getChildLoc()); })
      .Case([](FusedLoc fused) {
        for (Location each : fused.getLocations())
          if (FileLineColLoc place = placeOf(each))
            return place;
        return FileLineColLoc();
      })
      .Default([](Location) { return FileLineColLoc(); });
}

static StringRef severityOf(const Diagnostic &diagnostic) {
  switch (diagnostic.getSeverity()) {
  case DiagnosticSeverity::Error:
    return "error";
  case DiagnosticSeverity::Warning:
    return "warning";
  case DiagnosticSeverity::Remark:
    return "remark";
  case DiagnosticSeverity::Note:
    break;
  }
  return "note";
}

DiagnosticPrinter::DiagnosticPrinter(MLIRContext &context, const llvm::SourceMgr &sources, llvm::raw_ostream &os)
    : ScopedDiagnosticHandler(&context), sources(sources), os(os) {
  setHandler([this](Diagnostic &diagnostic) { print(diagnostic); });
}

void DiagnosticPrinter::print(Diagnostic &diagnostic) {
  FileLineColLoc place = placeOf(diagnostic.getLocation());
  printMessage(diagnostic.getLocation(), severityOf(diagnostic), diagnostic.str());
  if (place)
    printLine(place);
  for (Diagnostic &note : diagnostic.getNotes()) {
    printMessage(note.getLocation(), "note", note.str());
    // A note at the place of the error says more about the same line: no need to show it twice.
    FileLineColLoc notePlace = placeOf(note.getLocation());
    if (notePlace && notePlace != place)
      printLine(notePlace);
  }
  // Which calls led there. More of them than this hide the error.
  constexpr unsigned mostCalls = 4;
  auto call = dyn_cast<CallSiteLoc>(diagnostic.getLocation());
  for (unsigned calls = 0; call && calls < mostCalls; ++calls) {
    printMessage(call.getCaller(), "note", "in the layer called here");
    if (FileLineColLoc callerPlace = placeOf(call.getCaller()))
      printLine(callerPlace);
    call = dyn_cast<CallSiteLoc>(call.getCaller());
  }
}

void DiagnosticPrinter::printMessage(Location location, StringRef severity, StringRef message) {
  if (FileLineColLoc place = placeOf(location)) {
    os << place.getFilename().getValue();
    if (place.getLine() > 0)
      os << ':' << place.getLine() << ':' << place.getColumn();
    os << ": ";
  }
  os << severity << ": " << message << '\n';
}

static StringRef lineOf(StringRef text, unsigned line) {
  for (; line > 1 && !text.empty(); --line)
    text = text.split('\n').second;
  return text.split('\n').first.rtrim('\r');
}

void DiagnosticPrinter::printLine(FileLineColLoc place) {
  if (place.getLine() == 0)
    return;
  for (unsigned id = 1; id <= sources.getNumBuffers(); ++id) {
    const llvm::MemoryBuffer *buffer = sources.getMemoryBuffer(id);
    if (buffer->getBufferIdentifier() != place.getFilename().getValue())
      continue;
    StringRef line = lineOf(buffer->getBuffer(), place.getLine());
    // Nobody reads further, and a generated file may be one line.
    constexpr size_t longestLine = 400;
    if (line.size() > longestLine)
      return;
    std::string text, caret;
    unsigned column = 1;
    for (char c : line) {
      bool continues = (static_cast<unsigned char>(c) & 0xC0) == 0x80;
      text += llvm::isPrint(c) || static_cast<unsigned char>(c) >= 0x80 ? c : ' ';
      if (!continues && column++ < place.getColumn())
        caret += ' ';
    }
    // The end of the line is a place too: something is missing there.
    os << text << '\n' << caret << "^\n";
    return;
  }
}

} // namespace inetc
