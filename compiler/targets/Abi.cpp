#include "compiler/targets/Abi.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "runtime/Abi.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/Support/xxhash.h"

using namespace inetc;
using llvm::StringRef;

// A change of the structs below must change this file too.
static_assert(INET_ABI_VERSION == 3 && sizeof(InetTile) == 13 * 8 && sizeof(InetKernel) == 4 * 4 + 10 * 8 &&
                  sizeof(InetProgram) == 8 + 6 * 8,
              "runtime/Abi.h and targets/Abi.cpp differ");

StringRef KernelVariant::getNetworkName() const { return description.getAs<mlir::StringAttr>("name").getValue(); }

std::string KernelVariant::getSymbol(StringRef function) const {
  return (getNetworkName() + "_" + function + "_" + cpu.suffix).str();
}

bool KernelVariant::usesAmx() const { return description.getAs<mlir::BoolAttr>("amx").getValue(); }

static int64_t integerOf(mlir::DictionaryAttr description, StringRef name) {
  return description.getAs<mlir::IntegerAttr>(name).getInt();
}

static bool isSingle(mlir::DictionaryAttr description) {
  return description.getAs<mlir::TypeAttr>("element").getValue().isF32();
}

static uint32_t resultsOf(mlir::DictionaryAttr description) {
  auto has = [&](StringRef name) { return description.getAs<mlir::BoolAttr>(name).getValue(); };
  return (has("nngp") ? uint32_t(INET_NNGP) : 0u) | (has("ntk") ? uint32_t(INET_NTK) : 0u);
}

namespace {

// Builds a wrapper: calls a function on memory descriptors with pointers and integers of the ABI.
class Wrapper {
public:
  Wrapper(llvm::Module &module, StringRef callee, StringRef name, llvm::Type *result,
          llvm::ArrayRef<llvm::Type *> types)
      : callee(module.getFunction(callee)), b(module.getContext()) {
    assert(this->callee && "kt-to-loops makes both functions");
    auto type = llvm::FunctionType::get(result, types, /*isVarArg=*/false);
    function = llvm::Function::Create(type, llvm::GlobalValue::ExternalLinkage, name, module);
    function->setVisibility(llvm::GlobalValue::HiddenVisibility);
    b.SetInsertPoint(llvm::BasicBlock::Create(module.getContext(), "entry", function));
  }

  llvm::IRBuilder<> &builder() { return b; }
  llvm::Argument *argument(unsigned index) { return function->getArg(index); }

  // A memref<?xT> goes as allocated pointer, aligned pointer, offset, size, stride; nobody reads the size.
  void passMemory(llvm::Value *pointer) {
    arguments.append({pointer, pointer, b.getInt64(0), b.getInt64(0), b.getInt64(1)});
  }
  void pass(llvm::Value *value) { arguments.push_back(value); }

  void finish() {
    llvm::CallInst *call = b.CreateCall(callee, arguments);
    if (function->getReturnType()->isVoidTy())
      b.CreateRetVoid();
    else
      b.CreateRet(call);
  }

private:
  llvm::Function *callee, *function;
  llvm::IRBuilder<> b;
  llvm::SmallVector<llvm::Value *> arguments;
};

} // namespace

// void net_block_v4(const InetTile *): the fields, in the order in which @net_block takes them
static void addBlock(llvm::Module &module, const KernelVariant &variant) {
  llvm::LLVMContext &context = module.getContext();
  llvm::Type *pointer = llvm::PointerType::get(context, 0), *i64 = llvm::Type::getInt64Ty(context);
  Wrapper wrapper(module, (variant.getNetworkName() + "_block").str(), variant.getSymbol("block"),
                  llvm::Type::getVoidTy(context), {pointer});
  auto field = [&](size_t offset, llvm::Type *type) -> llvm::Value * {
    llvm::IRBuilder<> &b = wrapper.builder();
    return b.CreateLoad(type, b.CreateConstGEP1_64(b.getInt8Ty(), wrapper.argument(0), offset));
  };
  for (size_t offset : {offsetof(InetTile, prepared1), offsetof(InetTile, prepared2), offsetof(InetTile, nngp),
                        offsetof(InetTile, ntk), offsetof(InetTile, scratch)})
    wrapper.passMemory(field(offset, pointer));
  for (size_t offset : {offsetof(InetTile, capacity1), offsetof(InetTile, row_begin), offsetof(InetTile, row_end),
                        offsetof(InetTile, capacity2), offsetof(InetTile, column_begin), offsetof(InetTile, column_end),
                        offsetof(InetTile, same), offsetof(InetTile, leading)})
    wrapper.pass(field(offset, i64));
  wrapper.finish();
}

// int64_t net_prepare_v4(x, begin, end, capacity, prepared, scratch)
static void addPrepare(llvm::Module &module, const KernelVariant &variant) {
  llvm::LLVMContext &context = module.getContext();
  llvm::Type *pointer = llvm::PointerType::get(context, 0), *i64 = llvm::Type::getInt64Ty(context);
  Wrapper wrapper(module, (variant.getNetworkName() + "_prepare").str(), variant.getSymbol("prepare"), i64,
                  {pointer, i64, i64, i64, pointer, pointer});
  wrapper.passMemory(wrapper.argument(0));
  wrapper.passMemory(wrapper.argument(4));
  wrapper.passMemory(wrapper.argument(5));
  for (unsigned index : {1, 2, 3})
    wrapper.pass(wrapper.argument(index));
  wrapper.finish();
}

void inetc::addAbiFunctions(llvm::Module &module, const KernelVariant &variant) {
  for (llvm::Function &function : module)
    if (!function.isDeclaration())
      function.setLinkage(llvm::GlobalValue::InternalLinkage);
  addBlock(module, variant);
  addPrepare(module, variant);
  for (llvm::Function &function : module) {
    if (function.isDeclaration())
      continue;
    function.addFnAttr("target-cpu", variant.cpu.cpu);
    if (!variant.cpu.features.empty())
      function.addFnAttr("target-features", variant.cpu.features);
    // else LLVM may split 512-bit vectors on processors that it believes to run slower with them
    function.addFnAttr("prefer-vector-width", std::to_string(variant.cpu.vectorBits));
    function.addFnAttr(llvm::Attribute::NoUnwind);
  }
}

// The functions of one variant, declared if another module defines them.
static llvm::Constant *functionOf(llvm::Module &module, const std::string &name) {
  if (llvm::Function *function = module.getFunction(name))
    return function;
  auto type = llvm::FunctionType::get(llvm::Type::getVoidTy(module.getContext()), false);
  auto function = llvm::Function::Create(type, llvm::GlobalValue::ExternalLinkage, name, module);
  function->setVisibility(llvm::GlobalValue::HiddenVisibility);
  return function;
}

// `precisions`: of one kernel, or of all.
static uint64_t specHash(StringRef architecture, StringRef precisions, uint32_t results) {
  return llvm::xxh3_64bits(architecture.str() + precisions.str() + std::to_string(results));
}

static const char *precisionOf(mlir::DictionaryAttr description) { return isSingle(description) ? "f32" : "f64"; }

static llvm::Constant *kernelConstant(llvm::Module &module, const KernelVariant &variant, StringRef architecture) {
  llvm::IRBuilder<> b(module.getContext());
  mlir::DictionaryAttr d = variant.description;
  auto i64 = [&](int64_t value) { return b.getInt64(value); };
  return llvm::ConstantStruct::getAnon(
      {b.getInt32(variant.usesAmx() ? uint32_t(INET_CPU_AMX) : variant.cpu.level),
       b.getInt32(isSingle(d) ? INET_F32 : INET_F64), b.getInt32(resultsOf(d)), b.getInt32(integerOf(d, "lanes")),
       i64(integerOf(d, "row_step")), i64(integerOf(d, "tile_rows")), i64(integerOf(d, "tile_columns")),
       i64(integerOf(d, "prepared_bytes_per_example")), i64(integerOf(d, "prepare_scratch_bytes")),
       i64(integerOf(d, "block_scratch_bytes")),
       llvm::ConstantFP::get(b.getDoubleTy(), d.getAs<mlir::FloatAttr>("flops_per_pair").getValueAsDouble()),
       b.getInt64(specHash(architecture, precisionOf(d), resultsOf(d))),
       functionOf(module, variant.getSymbol("prepare")), functionOf(module, variant.getSymbol("block"))});
}

static llvm::Constant *privateConstant(llvm::Module &module, llvm::Constant *value, const llvm::Twine &name) {
  return new llvm::GlobalVariable(module, value->getType(), /*isConstant=*/true, llvm::GlobalValue::PrivateLinkage,
                                  value, name);
}

void inetc::addProgram(llvm::Module &module, llvm::ArrayRef<KernelVariant> variants, StringRef symbol,
                       StringRef architecture) {
  llvm::IRBuilder<> b(module.getContext());
  mlir::DictionaryAttr first = variants.front().description;
  auto text = [&](StringRef value, const char *name) {
    return privateConstant(module, llvm::ConstantDataArray::getString(module.getContext(), value), name);
  };
  llvm::SmallVector<llvm::Constant *> kernels;
  for (const KernelVariant &variant : variants)
    kernels.push_back(kernelConstant(module, variant, architecture));
  auto kernelArray = llvm::ConstantArray::get(llvm::ArrayType::get(kernels[0]->getType(), kernels.size()), kernels);
  llvm::ArrayRef<int64_t> shape = first.getAs<mlir::DenseI64ArrayAttr>("input_shape").asArrayRef();
  std::string precisions = precisionOf(first);
  if (StringRef last = precisionOf(variants.back().description); last != precisions)
    precisions += last;
  llvm::Constant *program = llvm::ConstantStruct::getAnon(
      {b.getInt32(INET_ABI_VERSION), b.getInt32(kernels.size()), text(variants.front().getNetworkName(), "name"),
       text(architecture, "architecture"), b.getInt64(specHash(architecture, precisions, resultsOf(first))),
       b.getInt64(shape.size()),
       privateConstant(module, llvm::ConstantDataArray::get(module.getContext(), shape), "input_shape"),
       privateConstant(module, kernelArray, "kernels")});
  new llvm::GlobalVariable(module, program->getType(), /*isConstant=*/true, llvm::GlobalValue::ExternalLinkage, program,
                           symbol);
}
