//===- inet-opt.cpp - runs any pass on any IR: what tests of the compiler use --===//

#include "compiler/pipeline/Pipeline.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  inetc::registerDialects(registry);
  inetc::registerPasses();
  return mlir::asMainReturnCode(mlir::MlirOptMain(argc, argv, "inet-opt: passes of the inetc compiler\n", registry));
}
