#include "compiler/conversions/KtToLoops/ConstantTables.h"

using namespace mlir;
using namespace inetc;

Value ConstantTables::getGlobal(LoopBuilder &b, DenseElementsAttr values) {
  auto shaped = cast<RankedTensorType>(values.getType());
  auto type = MemRefType::get(shaped.getShape(), shaped.getElementType());
  std::string &name = names[values.getAsOpaquePointer()];
  if (name.empty()) {
    name = prefix + "_table_" + std::to_string(names.size());
    OpBuilder top = OpBuilder::atBlockBegin(module.getBody());
    top.create<memref::GlobalOp>(b.getLoc(), name, top.getStringAttr("private"), type, values, /*constant=*/true,
                                 top.getI64IntegerAttr(64));
  }
  return b.create<memref::GetGlobalOp>(type, name);
}

Value ConstantTables::load(LoopBuilder &b, ArrayRef<int64_t> values, Value at) {
  int64_t step = values.size() > 1 ? values[1] - values[0] : 0;
  bool regular = true;
  for (size_t i = 1; i < values.size(); ++i)
    regular &= values[i] - values[i - 1] == step;
  if (regular)
    return b.add(b.index(values.front()), b.mul(at, b.index(step)));
  auto type = RankedTensorType::get({static_cast<int64_t>(values.size())}, b.getI64Type());
  Value memory = getGlobal(b, DenseElementsAttr::get(type, values));
  return b.create<arith::IndexCastOp>(b.getIndexType(), b.load(memory, at));
}

Value ConstantTables::load(LoopBuilder &b, ArrayRef<double> values, FloatType element, Value at) {
  auto type = RankedTensorType::get({static_cast<int64_t>(values.size())}, element);
  SmallVector<Attribute> numbers;
  for (double value : values)
    numbers.push_back(FloatAttr::get(element, value));
  return b.load(getGlobal(b, DenseElementsAttr::get(type, numbers)), at);
}
