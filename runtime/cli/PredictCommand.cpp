#include "runtime/cli/Commands.h"

#include "runtime/cli/Experiment.h"
#include "runtime/data/OutputFile.h"
#include "runtime/kernel/Variant.h"

#include <cmath>
#include <fmt/format.h>
#include <limits>

namespace inet {
namespace {

/// The prediction in the units of the targets, as arrays: mean [test, outputs], cov [test] or [test, test]; several
/// times come first. Outputs share a covariance, unless several were standardized, each by its own deviation: cov is
/// then [outputs, test] or [outputs, test, test].
class PredictionArrays {
public:
  PredictionArrays(Prediction prediction, const TrainingSet &training, Covariance kind)
      : prediction_(std::move(prediction)), kind_(kind) {
    if (training.targetScaling)
      undoScaling(*training.targetScaling);
    addMean();
    if (kind_ != Covariance::none)
      addCovariance();
  }

  const std::vector<NamedArray> &arrays() const { return arrays_; }

private:
  void undoScaling(const Standardization &scaling) {
    int64_t outputs = int64_t(scaling.mean.size());
    for (RowMatrix &mean : prediction_.mean)
      for (int64_t c = 0; c < outputs; ++c)
        mean.col(c) = mean.col(c).array() * scaling.deviation[c] + scaling.mean[c];
    requireRange(prediction_.mean, "mean");
    copies_ = outputs;
    std::vector<Eigen::MatrixXd> scaled;
    for (Eigen::MatrixXd &covariance : prediction_.covariance)
      for (int64_t c = 0; c < outputs; ++c) {
        // Twice by the deviation: its square alone may leave the range of doubles.
        Eigen::MatrixXd inUnits = covariance * scaling.deviation[c];
        const double largest = inUnits.cwiseAbs().maxCoeff();
        inUnits *= scaling.deviation[c];
        if (largest > 0 && inUnits.cwiseAbs().maxCoeff() < std::numeric_limits<double>::min())
          throw Error(fmt::format("the covariance of the predictions is below {:g} in the units of the targets, whose "
                                  "standard deviation is {:g}: too small for f64",
                                  std::numeric_limits<double>::min(), scaling.deviation[c]));
        scaled.push_back(std::move(inUnits));
      }
    prediction_.covariance = std::move(scaled);
    requireRange(prediction_.covariance, "covariance");
  }

  template <class Matrices> static void requireRange(const Matrices &matrices, const char *what) {
    for (const auto &matrix : matrices)
      for (int64_t i = 0; i < matrix.rows(); ++i)
        for (int64_t c = 0; c < matrix.cols(); ++c)
          if (!std::isfinite(matrix(i, c)))
            throw Error(fmt::format("the {} of the predictions: entry [{}, {}] is {} in the units of the targets: too "
                                    "large for f64",
                                    what, i, c, matrix(i, c)));
  }

  Shape leadingSizes() const {
    Shape shape;
    if (prediction_.times.size() > 1)
      shape.push_back(int64_t(prediction_.times.size()));
    return shape;
  }

  void addMean() {
    Shape shape = leadingSizes();
    shape.insert(shape.end(), {prediction_.mean.front().rows(), prediction_.mean.front().cols()});
    NamedArray array{"mean", Dtype::f8, shape, {}};
    for (const RowMatrix &mean : prediction_.mean)
      array.pieces.push_back(mean.data());
    arrays_.push_back(std::move(array));
  }

  void addCovariance() {
    Shape shape = leadingSizes();
    if (copies_ > 1)
      shape.push_back(copies_);
    shape.push_back(prediction_.covariance.front().rows());
    if (kind_ == Covariance::full)
      shape.push_back(shape.back());
    NamedArray array{"cov", Dtype::f8, shape, {}};
    for (const Eigen::MatrixXd &covariance : prediction_.covariance) // symmetric: columns are rows
      array.pieces.push_back(covariance.data());
    arrays_.push_back(std::move(array));
  }

  Prediction prediction_;
  Covariance kind_;
  int64_t copies_ = 1;
  std::vector<NamedArray> arrays_;
};

} // namespace

Report runPredict(const InetProgram &program, const Arguments &arguments) {
  Stopwatch total;
  const InetKernel &kernel = chooseVariant(program);
  if (!arguments.out.ends_with(".npz"))
    throw Error(fmt::format("--out: '{}' found, FILE.npz expected", arguments.out));
  TrainingSet training = openTrainingSet(program, arguments);
  std::unique_ptr<RowSource> test;
  if (!arguments.test.x.empty()) {
    test = openUnlabelled(arguments.test.x, arguments.label, countOf(inputShape(program)));
    checkInputShape(*test, inputShape(program));
  }
  arguments.requireNoInput(arguments.out);
  OutputFile output(arguments.out);
  Outcome outcome = learnAndPredict(kernel, arguments.predict, arguments, training, test.get());
  std::vector<double> times = outcome.prediction.times;
  PredictionArrays result(std::move(outcome.prediction), training, arguments.predict.covariance);
  writeNpz(output, result.arrays());
  output.commit();

  Report report;
  reportTraining(program, kernel, arguments, training, test ? test->rows() : training.x->rows(), report);
  Report::Json timesJson = Report::Json::array(), shapes = Report::Json::object();
  for (double time : times)
    timesJson.push_back(timeJson(time));
  report.addFigure("times", timesJson);
  std::string text;
  for (const NamedArray &array : result.arrays()) {
    shapes[array.name] = array.shape;
    text += fmt::format(", {} {}", array.name, toString(array.shape));
  }
  report.addFigure("shapes", shapes);
  report.add("out", output.path(), "written", output.path() + text);
  reportSeconds(outcome, total.seconds(), report);
  return report;
}

} // namespace inet
