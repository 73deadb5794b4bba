"""lit: the tests that are text (IR before and after a pass, messages to users, small programs)."""

import os
import lit.formats

config.name = "inetc"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".inet", ".test"]
# Inputs/: files that tests read. golden*/: networks with data beside them, run by their own scripts.
config.excludes = ["Inputs", "golden", "golden_predict"]
config.test_source_root = os.path.join(config.inetc_source, "test")
config.test_exec_root = os.path.join(config.inetc_build, "test", "lit")

tools = os.path.join(config.inetc_build, "compiler", "tools")
config.environment["PATH"] = os.pathsep.join([tools, config.llvm_tools, os.environ.get("PATH", "")])
for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "OPENBLAS_CORETYPE", "CCACHE_DIR", "HOME"):
    if name in os.environ:
        config.environment[name] = os.environ[name]

# lit replaces text from first to last, so the longer names come first.
for name, path in [
    ("%inet-opt", os.path.join(tools, "inet-opt")),
    ("%inetc", os.path.join(tools, "inetc")),
    ("%runtime", os.path.join(config.inetc_build, "runtime")),
    ("%examples", os.path.join(config.inetc_source, "examples")),
    ("%root", config.inetc_source),
    ("%python", config.python),
    ("%flags", config.compile_flags),
]:
    config.substitutions.append((name, path))
