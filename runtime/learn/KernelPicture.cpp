#include "runtime/learn/KernelPicture.h"

#include "runtime/linalg/Parts.h"
#include "runtime/linalg/Workers.h"

#include <algorithm>
#include <numeric>

namespace inet {

KernelPicture pictureOf(const KernelView &kernel, const RowMatrix &targets, Task task, int64_t side, int threads) {
  const int64_t n = kernel.rows();
  const bool classes = task == Task::classification;
  const std::vector<int64_t> labels = classes ? largestOfRows(targets) : std::vector<int64_t>{};
  std::vector<int64_t> order(static_cast<size_t>(n)), pixelOf(static_cast<size_t>(n));
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) {
    return classes ? labels[size_t(a)] < labels[size_t(b)] : targets(a, 0) < targets(b, 0);
  });
  KernelPicture picture;
  picture.examples = n;
  picture.side = std::min(side, n);
  for (int64_t i = 0; i < n; ++i) {
    pixelOf[size_t(order[size_t(i)])] = i * picture.side / n;
    if (classes && (i == 0 || labels[size_t(order[size_t(i)])] != picture.groups.back().label))
      picture.groups.push_back({i, labels[size_t(order[size_t(i)])]});
  }
  std::vector<int64_t> counts(static_cast<size_t>(picture.side));
  for (int64_t pixel : pixelOf)
    ++counts[size_t(pixel)];
  picture.means.assign(size_t(picture.side * picture.side), 0);
  // for each row of pixels: the rows of the kernel that fall into it
  Workers(threads).run([&] {
    forEachPart(picture.side, 1, [&](Part part) {
      double *sums = picture.means.data() + part.begin * picture.side;
      std::vector<double> row(static_cast<size_t>(n));
      const int64_t first = (part.begin * n + picture.side - 1) / picture.side;
      for (int64_t i = first; i < n && i * picture.side / n == part.begin; ++i) {
        kernel.copyRow(order[size_t(i)], 0, n, row.data());
        for (int64_t j = 0; j < n; ++j)
          sums[pixelOf[size_t(j)]] += row[size_t(j)];
      }
      for (int64_t p = 0; p < picture.side; ++p)
        sums[p] /= double(counts[size_t(part.begin)]) * double(counts[size_t(p)]);
    });
  });
  return picture;
}

} // namespace inet
