#include "runtime/data/Table.h"

#include "test/runtime/ExpectError.h"
#include "test/runtime/TemporaryFolder.h"

using namespace inet;
using namespace inet::test;

namespace {

class TableTest : public testing::Test {
protected:
  Table table(const std::string &text, const Wanted &wanted = {}) { return Table(folder.write("d.csv", text), wanted); }
  std::vector<double> read(const std::string &text, const Wanted &wanted = {}) {
    return readAll(*table(text, wanted).openFeatures());
  }
  static Wanted last() { return {Wanted::Use::labelled, "", {}, {}, 0}; }
  static Wanted named(const std::string &label) { return {Wanted::Use::labelled, label, {}, {}, 0}; }
  static Wanted labelsOf(int64_t rows, const std::string &label = "") {
    return {Wanted::Use::labels, label, {}, {}, rows};
  }

  TemporaryFolder folder;
};

using Texts = std::vector<std::string>;

} // namespace

TEST_F(TableTest, ReadsNumbersWithoutHeader) {
  EXPECT_EQ(read("1,2.5,-3\n4,5e2,+6\n"), (std::vector<double>{1, 2.5, -3, 4, 500, 6}));
}

TEST_F(TableTest, ReadsWhatEditorsLeave) {
  // Byte order mark, carriage returns, blank lines and blanks, quotes, no newline at the end.
  EXPECT_EQ(read("\xef\xbb\xbf"
                 "a,b\r\n1, 2 \r\n\r\n\"3\",4"),
            (std::vector<double>{1, 2, 3, 4}));
  EXPECT_EQ(read("1;2\n3;4\n"), (std::vector<double>{1, 2, 3, 4}));
  EXPECT_EQ(read("1\t2\n3\t4\n"), (std::vector<double>{1, 2, 3, 4}));
}

TEST_F(TableTest, DetectsTheHeader) {
  EXPECT_EQ(table("length,width\n1,2\n").header(), (Texts{"length", "width"}));
  EXPECT_TRUE(table("1,2\n3,4\n").header().empty());
  EXPECT_TRUE(table("1,cat\n3,dog\n", last()).header().empty()); // the label may be a text
  EXPECT_EQ(table("a,kind\n3,dog\n", last()).rows(), 1);
}

TEST_F(TableTest, TakesTheLabelOut) {
  std::string text = "x,\"kind, of\",y\n1,cat,2\n3,dog,4\n";
  Table t = table(text, named("kind, of"));
  EXPECT_EQ(t.label(), 1);
  EXPECT_EQ(t.labels(), (Texts{"cat", "dog"}));
  EXPECT_EQ(t.featureNames(), (Texts{"x", "y"}));
  EXPECT_EQ(t.makeLabels().place(1), (folder / "d.csv") + ":3:2: label");
  EXPECT_EQ(readAll(*t.openFeatures()), (std::vector<double>{1, 2, 3, 4}));
  EXPECT_EQ(read("1,10\n2,20\n", last()), (std::vector<double>{1, 2}));
  EXPECT_EQ(read("1,10\n2,20\n", named("1")), (std::vector<double>{10, 20})); // by number
}

TEST_F(TableTest, LabelsAloneShowTheirHeaderInTheirNumber) {
  EXPECT_EQ(table("kind\ndog\ncat\n", labelsOf(2)).labels(), (Texts{"dog", "cat"}));
  EXPECT_EQ(table("kind\ndog\ncat\n", labelsOf(3)).labels(), (Texts{"kind", "dog", "cat"}));
  EXPECT_EQ(table("u,kind\nv,dog\n", labelsOf(1, "kind")).labels(), (Texts{"dog"}));
  EXPECT_ERROR(table("u,dog\nv,cat\n", labelsOf(2)), "d.csv: 2 columns found; one column of labels, or --label");
}

TEST_F(TableTest, ItsKindIsRegistered) {
  EXPECT_EQ(std::string(kindOf("d.csv").name), ".csv");
  EXPECT_EQ(std::string(kindOf("d.tsv").name), ".csv");
  EXPECT_EQ(std::string(kindOf("d.npz:y.csv").name), ".npz:NAME");
  EXPECT_EQ(listSourceKinds(), ".npy, .npz:NAME or .csv");
  Examples both = kindOf("d.csv").open(folder.write("d.csv", "1,cat\n2,dog\n"), last());
  EXPECT_EQ(both.x->shape(), (Shape{2, 1}));
  EXPECT_EQ(distinctTexts(*both.labels), (Texts{"cat", "dog"}));
}

TEST_F(TableTest, ErrorsNameLineAndColumn) {
  EXPECT_ERROR(read("1,2\n3,4\n5,six\n"), "d.csv:3:2: 'six' found, a finite number expected");
  EXPECT_ERROR(read("1,2\n\n3,\n"), "d.csv:3:2: an empty field found");
  EXPECT_ERROR(read("1,2\n3,nan\n"), "d.csv:2:2: 'nan' found, a finite number expected");
  EXPECT_ERROR(read("1,2\n1e999,4\n"), "d.csv:2:1: '1e999' found, a finite number expected");
  EXPECT_ERROR(read("a,b\n\"1\n2\",3\nx,4\n"), "d.csv:2:1: ");
  EXPECT_ERROR(table("1,2\n3,4,5\n"), "d.csv:2: 3 columns found, 2 expected as in the first line");
  EXPECT_ERROR(table("1,2\n3,\"4\n5,6\n"), "a quote inside a field, or one that does not end");
  EXPECT_ERROR(table("1,2\n3,4\"5\n"), "d.csv:2:2: a quote inside a field");
  EXPECT_ERROR(table("a,b\n1,2\n", named("c")), "no column 'c' for the label; its first line is: a, b");
  EXPECT_ERROR(table("1,2\n", named("3")), "no column '3'");
  EXPECT_ERROR(table(""), "d.csv: no rows found");
  EXPECT_ERROR(table("a,b\n"), "d.csv: no rows found after the header");
  EXPECT_ERROR(table("1\n2\n", last()).openFeatures(), "one column found, which is the label");
  EXPECT_ERROR(Table(folder / "absent.csv", {}), "absent.csv: No such file or directory");
}

TEST_F(TableTest, ReadsInChunksFromTheBeginningEachTime) {
  std::string text;
  for (int i = 0; i < 1000; ++i)
    text += std::to_string(i) + "," + std::to_string(-i) + "\n";
  auto source = table(text).openFeatures();
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
