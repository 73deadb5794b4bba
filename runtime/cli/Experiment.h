// What predict and evaluate have in common: files, kernels, solve, prediction.
#ifndef INET_RUNTIME_CLI_EXPERIMENT_H
#define INET_RUNTIME_CLI_EXPERIMENT_H

#include "runtime/cli/Arguments.h"
#include "runtime/kernel/KernelMatrix.h"
#include "runtime/report/Report.h"

namespace inet {

/// Training examples and targets, n x outputs. Targets are standardized where --standardize asks for it and they are
/// reals.
struct TrainingSet {
  std::unique_ptr<RowSource> x;
  TargetCoding coding;
  RowMatrix targets;
  std::optional<Standardization> featureScaling, targetScaling;
};

TrainingSet openTrainingSet(const InetProgram &program, const Arguments &arguments);

/// The targets of a test set as the network was trained on them.
RowMatrix testTargets(const Labels &labels, const TrainingSet &training);

/// The results of a kernel matrix, empty where it has none.
KernelView nngpOf(const KernelMatrix &matrix);
KernelView ntkOf(const KernelMatrix &matrix);

struct Outcome {
  Prediction prediction; // in the units of TrainingSet::targets
  double noise = 0;
  double kernelSeconds = 0, solveSeconds = 0, predictSeconds = 0;
};

/// Computes the kernels, solves, and predicts `test`, or the training set itself where it is null. Throws Error, before
/// anything large is allocated, where the memory will not do.
Outcome learnAndPredict(const InetKernel &kernel, const PredictOptions &options, const Arguments &arguments,
                        TrainingSet &training, RowSource *test);

/// Throws Error where the program was compiled without the kernel that is asked for.
void requireCompiledIn(const InetKernel &kernel, uint32_t results, const std::string &what);

/// The figures that both commands print about what they did.
void reportTraining(const InetProgram &program, const InetKernel &kernel, const Arguments &arguments,
                    const TrainingSet &training, int64_t testRows, Report &report);
void reportSeconds(const Outcome &outcome, double total, Report &report);

/// "inf" or the number; JSON has no infinity.
Report::Json timeJson(double time);

} // namespace inet

#endif
