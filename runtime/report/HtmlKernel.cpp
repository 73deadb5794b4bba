// The training kernel as a picture, and its eigenvalues.
#include "runtime/report/HeatMap.h"
#include "runtime/report/HtmlStudy.h"
#include "runtime/report/Plot.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace inet {
namespace {

/// The number below which this share of the finite ones lies.
double quantile(std::vector<double> numbers, double share) {
  std::erase_if(numbers, [](double number) { return !std::isfinite(number); });
  if (numbers.empty())
    return std::nan("");
  const auto at = numbers.begin() + int64_t(share * double(numbers.size() - 1));
  std::nth_element(numbers.begin(), at, numbers.end());
  return *at;
}

HeatMap mapOf(const KernelPicture &kernel, const Setting &setting) {
  HeatMap map;
  map.rows = kernel.side;
  map.numbers = kernel.means;
  map.low = quantile(kernel.means, 0.01);
  map.high = quantile(kernel.means, 0.99);
  const double scale = double(kernel.side) / double(kernel.examples);
  for (size_t g = 0; g < kernel.groups.size(); ++g) {
    const int64_t end = g + 1 < kernel.groups.size() ? kernel.groups[g + 1].first : kernel.examples;
    map.groups.push_back(
        {scale * double(kernel.groups[g].first), scale * double(end), className(setting, kernel.groups[g].label)});
  }
  return map;
}

Html kernelFigure(const KernelPicture &kernel, const Setting &setting) {
  std::string note = fmt::format("The {} of the {} training examples with each other, ordered by {}", kernel.kernel,
                                 kernel.examples, kernel.groups.empty() ? "their targets" : "classes");
  note += kernel.side < kernel.examples ? fmt::format("; each pixel is the mean of {0} × {0} or so.",
                                                      formatNumber(double(kernel.examples) / double(kernel.side)))
                                        : ".";
  note += " The colours end at its 1st and 99th hundredth.";
  return figure("The training kernel", note, {}, picture(mapOf(kernel, setting), note));
}

/// Some of very many ranks, the same number in each decade.
std::vector<size_t> ranksToShow(size_t count) {
  std::vector<size_t> ranks;
  for (double rank = 1; rank <= double(count); rank = std::max(rank + 1, rank * 1.03))
    ranks.push_back(size_t(rank) - 1);
  if (!ranks.empty() && ranks.back() + 1 != count)
    ranks.push_back(count - 1);
  return ranks;
}

Html spectrumFigure(const std::vector<double> &eigenvalues, const std::string &kernel) {
  std::vector<double> ranks, values;
  HtmlTable table({"rank", "eigenvalue"});
  for (size_t rank : ranksToShow(eigenvalues.size())) {
    ranks.push_back(double(rank + 1));
    values.push_back(eigenvalues[rank]);
  }
  for (size_t i = 0; i < ranks.size(); i += std::max<size_t>(1, ranks.size() / 25))
    table.addRow({formatNumber(ranks[i]), formatNumber(values[i])});
  Plot plot(logarithmicAxis("rank", {ranks}), logarithmicAxis("eigenvalue", {values}), 300);
  plot.addLine(ranks, values, Hue::first);
  const auto zeros = std::count_if(eigenvalues.begin(), eigenvalues.end(), [](double value) { return !(value > 0); });
  return figure("Its eigenvalues",
                fmt::format("{} of the {}, the largest first{}. The directions of large ones are learnt first.",
                            eigenvalues.size(), kernel,
                            zeros == 0 ? "" : fmt::format("; {} are 0 and not drawn", zeros)),
                {}, plot.svg("the eigenvalues of the training kernel by their rank"), table.html("some eigenvalues"));
}

} // namespace

Html kernelSection(const Study &study) {
  if (!study.kernel && study.eigenvalues.empty())
    return {};
  Html html;
  html.open("div", {{"class", "figures"}});
  if (study.kernel)
    html.add(kernelFigure(*study.kernel, study.evaluation.setting));
  if (!study.eigenvalues.empty())
    html.add(spectrumFigure(study.eigenvalues, study.evaluation.setting.kernel));
  return html.close();
}

} // namespace inet
