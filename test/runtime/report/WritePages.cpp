// write_pages DIR: the pages of all made-up studies, for a browser.
#include "runtime/report/HtmlStudy.h"
#include "runtime/report/Report.h"
#include "test/runtime/report/MadeUpStudies.h"

#include <fstream>

using namespace inet;
using namespace inet::test;

int main(int argc, char **argv) {
  if (argc != 2)
    return 2;
  const auto write = [&](const std::string &name, const Study &study, const std::vector<ComparedRun> &runs = {}) {
    std::ofstream(std::string(argv[1]) + "/" + name + ".html", std::ios::binary) << toHtml(study, runs);
  };
  Evaluation other = classification(10, 500).evaluation;
  other.setting.kernel = "nngp";
  write("ten_classes", classification(10, 600), {{"a/long/path/to/the/figures/of/another_run.json", toJson(other)}});
  write("hundred_classes", classification(100, 2000));
  write("thousand_classes", classification(1000, 3000));
  write("line", regressionOfLine());
  write("line_without_covariance", regressionOfLine(false));
  write("table", regressionOfTable(3));
  write("hostile_names", hostileNames());
  write("not_numbers", notNumbers());
  write("smallest", smallest());
  write("nothing", {});
}
