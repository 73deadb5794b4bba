#include "runtime/data/Csv.h"

#include "test/runtime/ExpectError.h"
#include "test/runtime/TemporaryFolder.h"

using namespace inet;
using namespace inet::test;

namespace {

class CsvTest : public testing::Test {
protected:
  CsvTable scan(const std::string &text, const LabelColumn &label = {}) {
    return scanCsv(folder.write("d.csv", text), label);
  }
  std::vector<double> read(const std::string &text, const LabelColumn &label = {}) {
    return readAll(*openCsv(scan(text, label)));
  }

  TemporaryFolder folder;
};

} // namespace

TEST_F(CsvTest, ReadsNumbersWithoutHeader) {
  EXPECT_EQ(read("1,2.5,-3\n4,5e2,+6\n"), (std::vector<double>{1, 2.5, -3, 4, 500, 6}));
}

TEST_F(CsvTest, ReadsWhatEditorsLeave) {
  // Byte order mark, carriage returns, blank lines and blanks, quotes, no newline at the end.
  EXPECT_EQ(read("\xef\xbb\xbf"
                 "a,b\r\n1, 2 \r\n\r\n\"3\",4"),
            (std::vector<double>{1, 2, 3, 4}));
  EXPECT_EQ(read("1;2\n3;4\n"), (std::vector<double>{1, 2, 3, 4}));
  EXPECT_EQ(read("1\t2\n3\t4\n"), (std::vector<double>{1, 2, 3, 4}));
}

TEST_F(CsvTest, DetectsTheHeader) {
  EXPECT_EQ(scan("length,width\n1,2\n").header, (std::vector<std::string>{"length", "width"}));
  EXPECT_TRUE(scan("1,2\n3,4\n").header.empty());
  EXPECT_TRUE(scan("1,cat\n3,dog\n", LabelColumn::last()).header.empty()); // the label may be a text
  EXPECT_EQ(scan("a,kind\n3,dog\n", LabelColumn::last()).rows, 1);
}

TEST_F(CsvTest, TakesTheLabelOut) {
  std::string text = "x,\"kind, of\",y\n1,cat,2\n3,dog,4\n";
  CsvTable table = scan(text, LabelColumn::named("kind, of"));
  EXPECT_EQ(table.label, 1);
  EXPECT_EQ(table.labels, (std::vector<std::string>{"cat", "dog"}));
  EXPECT_EQ(table.lines, (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(readAll(*openCsv(table)), (std::vector<double>{1, 2, 3, 4}));
  EXPECT_EQ(read("1,10\n2,20\n", LabelColumn::last()), (std::vector<double>{1, 2}));
  EXPECT_EQ(read("1,10\n2,20\n", LabelColumn::named("1")), (std::vector<double>{10, 20})); // by number
}

TEST_F(CsvTest, ErrorsNameLineAndColumn) {
  EXPECT_ERROR(read("1,2\n3,4\n5,six\n"), "d.csv:3:2: 'six' found, a finite number expected");
  EXPECT_ERROR(read("1,2\n\n3,\n"), "d.csv:3:2: an empty field found");
  EXPECT_ERROR(read("1,2\n3,nan\n"), "d.csv:2:2: 'nan' found, a finite number expected");
  EXPECT_ERROR(read("1,2\n1e999,4\n"), "d.csv:2:1: '1e999' found, a finite number expected");
  EXPECT_ERROR(read("a,b\n\"1\n2\",3\nx,4\n"), "d.csv:2:1: ");
  EXPECT_ERROR(scan("1,2\n3,4,5\n"), "d.csv:2: 3 columns found, 2 expected as in the first line");
  EXPECT_ERROR(scan("1,2\n3,\"4\n5,6\n"), "a quote inside a field, or one that does not end");
  EXPECT_ERROR(scan("1,2\n3,4\"5\n"), "d.csv:2:2: a quote inside a field");
  EXPECT_ERROR(scan("a,b\n1,2\n", LabelColumn::named("c")), "no column 'c' for the label; its first line is: a, b");
  EXPECT_ERROR(scan("1,2\n", LabelColumn::named("3")), "no column '3'");
  EXPECT_ERROR(scan(""), "d.csv: no rows found");
  EXPECT_ERROR(scan("a,b\n"), "d.csv: no rows found after the header");
  EXPECT_ERROR(openCsv(scan("1\n2\n", LabelColumn::last())), "one column found, which is the label");
  EXPECT_ERROR(scanCsv(folder / "absent.csv", {}), "absent.csv: No such file or directory");
}

TEST_F(CsvTest, ReadsInChunksFromTheBeginningEachTime) {
  std::string text;
  for (int i = 0; i < 1000; ++i)
    text += std::to_string(i) + "," + std::to_string(-i) + "\n";
  auto source = openCsv(scan(text));
  for (int pass = 0; pass < 2; ++pass) {
    source->rewind();
    for (int64_t begin = 0; begin < 1000; begin += 300) {
      RawRows rows;
      int64_t count = std::min<int64_t>(300, 1000 - begin);
      source->fetch(count, rows);
      EXPECT_EQ(rows.begin, begin);
      std::vector<double> values(count * 2);
      decodeRows(*source, rows, nullptr, values.data());
      EXPECT_EQ(values.front(), double(begin));
      EXPECT_EQ(values.back(), -double(begin + count - 1));
    }
  }
}
