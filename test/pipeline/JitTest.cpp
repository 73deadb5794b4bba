// A network that is linked into this process computes what its executable computes, bit for bit.
#include "compiler/targets/Jit.h"
#include "compiler/pipeline/Compiler.h"
#include "runtime/data/Examples.h"
#include "runtime/data/OutputFile.h"
#include "runtime/kernel/KernelMatrix.h"
#include "runtime/kernel/Variant.h"
#include "test/runtime/TemporaryFolder.h"
#include "test/runtime/cli/RunProgram.h"

#include <cstring>
#include <gtest/gtest.h>
#include <random>

using namespace inetc;
using namespace inet::test;

namespace {

constexpr int64_t kExamples = 70, kFeatures = 64;

std::vector<double> makeExamples() {
  std::mt19937 engine(1);
  std::vector<double> x(kExamples * kFeatures);
  for (double &value : x)
    value = double(engine() % 17); // pixels of a digit
  return x;
}

class InMemory : public testing::Test {
protected:
  void SetUp() override {
    std::string error;
    jit = Jit::create({{"inet_gram_f32", reinterpret_cast<void *>(&inet_gram_f32)},
                       {"inet_gram_f64", reinterpret_cast<void *>(&inet_gram_f64)}},
                      error);
    ASSERT_TRUE(jit) << error;
    ::inet::OutputFile file(folder / "x.npy");
    ::inet::writeNpy(file, {"", ::inet::Dtype::f8, {kExamples, kFeatures}, {x.data()}});
    file.commit();
  }

  const InetProgram *compile(const CompilerOptions &options) {
    std::string messages, error;
    llvm::raw_string_ostream os(messages);
    std::optional<CompiledObject> object = compileToMemory(options, os);
    EXPECT_TRUE(object) << messages;
    const InetProgram *program = jit->add({object->code.data(), object->code.size()}, programSymbol, error);
    EXPECT_TRUE(program) << error;
    EXPECT_EQ(object->architecture, program->architecture);
    return program;
  }

  /// The bytes of both kernels of x with itself.
  std::string computed(const InetProgram &program) {
    const InetKernel &kernel = ::inet::chooseVariant(program);
    ::inet::MemorySource source("x", ::inet::Dtype::f8, {kExamples, kFeatures}, x.data());
    const ::inet::Execution quiet{2, ::inet::ProgressStyle::none()};
    ::inet::PreparedExamples prepared = ::inet::prepareExamples(kernel, source, {}, quiet);
    ::inet::KernelMatrix matrix = ::inet::computeKernel(kernel, prepared, nullptr, {INET_NNGP | INET_NTK, 0}, quiet);
    return std::string(matrix.nngp.as<char>(), size_t(matrix.nngp.bytes())) +
           std::string(matrix.ntk.as<char>(), size_t(matrix.ntk.bytes()));
  }

  /// The same of an executable that inetc makes.
  std::string written(const CompilerOptions &options) {
    std::vector<std::string> words = {INETC_EXECUTABLE, options.input.path, "--precision", options.pipeline.precision,
                                      "--cpu",          options.cpu,        "-o",          folder / "program"};
    for (const auto &[name, value] : options.input.definitions)
      words.insert(words.end(), {"-D", name + "=" + value});
    ProgramRun compiled = runProgram(words);
    EXPECT_EQ(compiled.status, 0) << compiled.err;
    ProgramRun done = runProgram({folder / "program", "kernel", "--x1", folder / "x.npy", "--out", folder / "k/"});
    EXPECT_EQ(done.status, 0) << done.err;
    std::string bytes;
    for (const char *name : {"k/nngp.npy", "k/ntk.npy"}) {
      auto rows = ::inet::openRows(folder / name);
      ::inet::RawRows raw;
      rows->fetch(rows->rows(), raw);
      bytes.append(reinterpret_cast<const char *>(raw.data),
                   size_t(kExamples * kExamples * ::inet::sizeOf(rows->dtype())));
    }
    return bytes;
  }

  TemporaryFolder folder;
  std::vector<double> x = makeExamples();
  std::unique_ptr<Jit> jit;
};

CompilerOptions optionsOf(const char *example, const char *precision) {
  CompilerOptions options;
  options.input.path = std::string(INETC_EXAMPLES) + "/" + example;
  options.pipeline.precision = precision;
  return options;
}

} // namespace

TEST_F(InMemory, IsWhatTheExecutableIs) {
  for (const char *precision : {"f32", "f64"}) {
    CompilerOptions mlp = optionsOf("mlp.inet", precision), cntk = optionsOf("cntk.inet", precision);
    cntk.input.definitions = {{"size", "8"}, {"channels", "1"}, {"brightest", "16"}};
    for (const CompilerOptions &options : {mlp, cntk})
      EXPECT_EQ(computed(*compile(options)), written(options)) << options.input.path << " in " << precision;
    mlp.cpu = "multi";
    EXPECT_EQ(computed(*compile(mlp)), written(mlp));
  }
}

TEST_F(InMemory, NetworksDoNotSeeEachOther) {
  CompilerOptions shallow = optionsOf("mlp.inet", "f64"), deep = shallow;
  deep.input.definitions = {{"depth", "5"}};
  const InetProgram *first = compile(shallow), *second = compile(deep);
  EXPECT_NE(computed(*first), computed(*second));
  EXPECT_NE(first->spec_hash, second->spec_hash);
}

TEST_F(InMemory, ErrorsAreTexts) {
  CompilerOptions options = optionsOf("mlp.inet", "f32");
  options.input.definitions = {{"dept", "5"}};
  std::string messages, error;
  llvm::raw_string_ostream os(messages);
  EXPECT_FALSE(compileToMemory(options, os));
  EXPECT_NE(messages.find("has no parameter 'dept', which -D sets"), std::string::npos) << messages;
  messages.clear();
  EXPECT_FALSE(listNetwork(options.input, os));
  EXPECT_NE(messages.find("did you mean 'depth'?"), std::string::npos) << messages;
  EXPECT_EQ(jit->add("no object", programSymbol, error), nullptr);
  EXPECT_NE(error, "");
}
