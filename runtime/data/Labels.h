// From labels as files hold them to the targets of a regression.
#ifndef INET_RUNTIME_DATA_LABELS_H
#define INET_RUNTIME_DATA_LABELS_H

#include "runtime/data/Array.h"

#include <functional>
#include <map>
#include <optional>

namespace inet {

enum class Task { classification, regression };

/// Labels as read: numbers (rows x columns), or one text a row.
struct Labels {
  std::string name;      // of the file, for messages
  bool integers = false; // the file's dtype is an integer one
  Shape shape;           // [rows] or [rows, columns]
  std::vector<double> numbers;
  std::vector<std::string> texts; // one a row; numbers is then empty
  /// Texts that can be nothing but classes. Others, of a table, may be numbers: then somebody has to say the task.
  bool areClasses = false;
  std::function<std::string(int64_t row)> placeOf; // of texts: "data.csv:4:7"
  std::vector<int64_t> rowsInFile;                 // where these are some of the file's labels; else empty
  Facts facts;                                     // what the file was taken for, where it is one of labels alone

  int64_t rows() const { return shape.front(); }
  /// "y.npy: label [3]" or "data.csv:4:7: label".
  std::string place(int64_t row) const;
};

/// The numbers of an array. Throws Error where its shape is neither [rows] nor [rows, outputs].
Labels labelsOf(RowSource &source);
/// The labels of some rows. Messages keep the row numbers of the file.
Labels selectRows(const Labels &labels, const std::vector<int64_t> &rows);
/// The distinct texts, sorted as numbers if all are, else as texts.
std::vector<std::string> distinctTexts(const Labels &labels);

/// What the columns of the targets mean; the same for training and test.
struct TargetCoding {
  Task task = Task::regression;
  int64_t outputs = 1;                 // classes, or the columns of real targets
  std::vector<std::string> classNames; // of labels from a table, in the order of the outputs; else empty
  std::map<std::string, int64_t, std::less<>> classOf;
  std::string cause;              // of the number of outputs, for messages: "y.npy: label [3] is 60000"; else empty
  std::string hint;               // where nobody gave a task and real targets look like classes; else empty
  std::vector<std::string> notes; // on classes of one example or of none
};

/// The classes of integer labels are 0 to the largest label (or `classes` of them, if not 0); those of a table are its
/// distinct labels, sorted as numbers if all are, else as texts. `task` decides if given; else integers of an array are
/// classes and reals are not, and a table is refused. Throws Error, also where all labels are of one class, where a
/// table's label is not known ("?") or where it is one number in two spellings ("1" and "1.0").
TargetCoding findCoding(const Labels &training, std::optional<Task> task, int64_t classes);

/// The class of each row, from 0. Throws Error for labels that the coding does not have.
std::vector<int64_t> classesOf(const Labels &labels, const TargetCoding &coding);

/// rows x outputs numbers: onehot - 1/classes, or the reals as they are. Throws Error for labels that the coding does
/// not have.
std::vector<double> encodeTargets(const Labels &labels, const TargetCoding &coding);

} // namespace inet

#endif
