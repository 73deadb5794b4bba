// Studies that nobody has run: what pages are tested with.
#ifndef INET_TEST_RUNTIME_REPORT_MADEUPSTUDIES_H
#define INET_TEST_RUNTIME_REPORT_MADEUPSTUDIES_H

#include "runtime/learn/Study.h"

namespace inet::test {

/// A classification of `examples` images: scores, curves, thumbnails, kernel, eigenvalues.
Study classification(int64_t classes, int64_t examples);

/// A regression of one feature through training, with a band unless `covariance` is false.
Study regressionOfLine(bool covariance = true);

/// A regression of several features and outputs without covariance.
Study regressionOfTable(int64_t outputs);

/// Names that are markup, that have quotes, that are no UTF-8, that are very long.
Study hostileNames();

/// Every figure not a number, or infinite.
Study notNumbers();

/// The least that there can be: one class, one example.
Study smallest();

} // namespace inet::test

#endif
