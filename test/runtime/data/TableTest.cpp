#include "runtime/data/Table.h"

#include "runtime/data/Examples.h"
#include "test/runtime/ExpectError.h"
#include "test/runtime/TemporaryFolder.h"
#include "test/runtime/data/WriteGzip.h"

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

  static Wanted header(bool is) {
    Wanted wanted;
    wanted.header = is;
    return wanted;
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

TEST_F(TableTest, NumbersThatCountTheColumnsAreAHeader) {
  // What pandas writes of a frame whose columns have no names.
  Table train = table("0,1,2\n0.5,1.5,1\n1.5,0.5,2\n2.5,1.0,3\n", last());
  EXPECT_EQ(train.rows(), 3);
  EXPECT_EQ(train.header(), (Texts{"0", "1", "2"}));
  EXPECT_EQ(table("0,1\n0.5,1.5\n1.0,1.0\n").rows(), 2);
  EXPECT_ERROR(table("0,1,2\n3,4,5\n"), "d.csv:1: the first row is 0, 1, 2, which may number the columns or be an "
                                        "example; --header yes or --header no says which it is");
  EXPECT_EQ(table("0,1,2\n3,4,5\n", header(true)).rows(), 1);
  EXPECT_EQ(table("0,1,2\n3,4,5\n", header(false)).rows(), 2);
  EXPECT_EQ(table("0\n1\n2\n").rows(), 3);
  EXPECT_EQ(table("1,2\n0.5,4\n").rows(), 2); // no such count
}

TEST_F(TableTest, ValuesThatAreNotKnownMakeNoHeader) {
  EXPECT_ERROR(read("1.0,?,0\n2.0,1.0,1\n3.0,0.5,0\n2.5,2.0,1\n"),
               "d.csv:1:2: '?' found, a finite number expected (values that are not known are not filled in)");
  EXPECT_ERROR(read("2.0,1.0,1\n1.0,NA,0\n"), "d.csv:2:2: 'NA' found, a finite number expected (values");
}

TEST_F(TableTest, AFirstRowThatSpeaksForBothIsRefused) {
  EXPECT_ERROR(table("1,abc,0\n3,4,5\n5,6,7\n"),
               "d.csv:1: the first row is a header by 'abc' over numbers in column 2, and an example by '1' in column "
               "1; --header yes or --header no says which it is");
  EXPECT_EQ(table("id,2019,2020\n3,4,5\n", header(true)).rows(), 1);
  EXPECT_ERROR(read("1,abc,0\n3,4,5\n", header(false)), "d.csv:1:2: 'abc' found");
  EXPECT_ERROR(read("1,2\nx,4\n5,6\n"), "d.csv:2:1: 'x' found"); // no header by a text among the numbers below
}

TEST_F(TableTest, ColumnsWithoutANameAreAnIndex) {
  Table t = table(",0,1,2\n0,1,2,1\n1,2,1,0\n", last()); // pandas, with its index
  EXPECT_EQ(t.rows(), 2);
  EXPECT_EQ(t.features(), (std::vector<int64_t>{1, 2}));
  EXPECT_EQ(t.labels(), (Texts{"1", "0"}));
  EXPECT_THAT(t.facts(), testing::Contains(testing::Pair("left out", "column 1, which has no name: an index")));
  EXPECT_EQ(read(",a,b\n17,1,2\n3,4,5\n"), (std::vector<double>{1, 2, 4, 5})); // rows in another order
  EXPECT_EQ(read("Unnamed: 0,a\n0,1\n1,2\n"), (std::vector<double>{1, 2}));
  EXPECT_EQ(table(",kind\n0,cat\n1,dog\n", labelsOf(2)).labels(), (Texts{"cat", "dog"}));
  EXPECT_ERROR(read(",1.5\n2,3\n"), "d.csv:1:1: an empty field found"); // no index: a value that is missing
}

TEST_F(TableTest, ColumnsThatCountTheRowsAreAnIndexWhereTheNetworkSaysSo) {
  std::string text = "id,a,y\n1,5,0\n2,6,1\n3,7,0\n", plain = "0,5,9\n1,6,8\n2,7,9\n";
  auto with = [&](Wanted::Use use, int64_t inputs, const std::string &label = "") {
    return Wanted{use, label, {}, {inputs}, 0};
  };
  EXPECT_EQ(table(text, with(Wanted::Use::labelled, 1)).features(), (std::vector<int64_t>{1}));
  EXPECT_EQ(table(plain, with(Wanted::Use::labelled, 1)).features(), (std::vector<int64_t>{1}));
  EXPECT_EQ(table(plain, with(Wanted::Use::features, 2)).features(), (std::vector<int64_t>{1, 2}));
  Table kept = table(text, with(Wanted::Use::labelled, 2));
  EXPECT_EQ(kept.features(), (std::vector<int64_t>{0, 1}));
  EXPECT_THAT(kept.facts(), testing::Contains(testing::Pair("note", testing::HasSubstr("column 1 counts the rows"))));
  EXPECT_EQ(table(text, with(Wanted::Use::unlabelled, 1)).features(), (std::vector<int64_t>{1})); // and the label
  EXPECT_ERROR(table(text, with(Wanted::Use::unlabelled, 2)),
               "d.csv: the first column counts the rows: it is an index");
  EXPECT_EQ(table(text, with(Wanted::Use::unlabelled, 2, "y")).features(), (std::vector<int64_t>{0, 1}));
  EXPECT_EQ(table("5,1\n1,2\n2,3\n3,4\n", with(Wanted::Use::features, 1)).features(), (std::vector<int64_t>{0, 1}));
}

TEST_F(TableTest, ReadsOtherLineEndsAndSeparators) {
  const std::vector<double> numbers = {1, 2, 3, 4};
  EXPECT_EQ(read("1,2\r3,4\r"), numbers);
  EXPECT_EQ(read("a,b\r1,2\r3,4"), numbers);
  EXPECT_EQ(read("sep=;\n1;2\n3;4\n"), numbers);
  EXPECT_ERROR(read("sep=;\n1;2\n3;x\n"), "d.csv:3:2: 'x' found"); // its line is counted
  EXPECT_EQ(read("1,5;2,5;1\n0,25;-1,0;2\n"), (std::vector<double>{1.5, 2.5, 1, 0.25, -1, 2}));
  EXPECT_EQ(read("a;b\n1,5;2\n"), (std::vector<double>{1.5, 2}));
  EXPECT_EQ(read("1,2,\n3,4,\n"), numbers);
  EXPECT_EQ(read("a,b,\n1,2,\n3,4,\n"), numbers);
  EXPECT_EQ(read("1;2;\n3;4;\n"), numbers);
  EXPECT_EQ(read("  1   2\n  3\t4 \n"), numbers);
  EXPECT_EQ(read("a b\n1 2\n3 4\n"), numbers);
  EXPECT_EQ(read("1.0\t?\n3\t4\n", last()), (std::vector<double>{1, 3}));
  EXPECT_EQ(table("18.0 8 \"chevrolet chevelle\"\n15.0 6 \"buick\"\n", last()).labels(),
            (Texts{"chevrolet chevelle", "buick"}));
  EXPECT_EQ(table("New York\nLos Angeles\n", labelsOf(2)).labels(), (Texts{"New York", "Los Angeles"}));
  EXPECT_EQ(table("1,2,a;b\n3,4,c;d\n", last()).labels(), (Texts{"a;b", "c;d"}));
}

TEST_F(TableTest, SaysWhatItCannotRead) {
  EXPECT_ERROR(read("2;1.5\n1;2,5\n3;4\n"), "'2,5' found, a finite number with a decimal point expected");
  std::string mixed;
  for (int i = 0; i < 200; ++i)
    mixed += "1,5;2\n";
  EXPECT_ERROR(read(mixed + "1.5;2\n"), "d.csv:201:1: '1.5' found, a finite number with a decimal comma, as before");
  EXPECT_ERROR(read("1,2,\n3,4\n"), "d.csv:2: 2 columns found, 3 expected as in the first line");
  EXPECT_ERROR(read("1,2\n3,4,\n"), "d.csv:2: 3 columns found, 2 expected as in the first line");
  EXPECT_ERROR(read(std::string("1\0,\0002\0", 6)), "line 1: a byte of 0 found, so that this is no table of text");
}

TEST_F(TableTest, ReadsUtf16) {
  auto wide = [](const std::string &text, bool big) {
    std::string bytes = big ? "\xfe\xff" : "\xff\xfe";
    for (char c : text)
      bytes += big ? std::string{'\0', c} : std::string{c, '\0'};
    return bytes;
  };
  for (bool big : {false, true})
    EXPECT_EQ(table(wide("a,kind\r\n1,dog\r\n2,cat\r\n", big), last()).labels(), (Texts{"dog", "cat"}));
  EXPECT_EQ(table(wide("1,", false) + "\x54\xd8\xd3\xdd" + wide("\n", false).substr(2), last()).labels(),
            (Texts{"\xf0\xa5\x87\x93"})); // U+251D3: two units of UTF-16, four bytes of UTF-8
  std::string rows;
  for (int i = 0; i < 30000; ++i)
    rows += std::to_string(i) + ",7\n";
  EXPECT_EQ(table(wide(rows, false)).rows(), 30000); // in several pieces
  EXPECT_ERROR(table(wide("1,2\n", false) + "3"), "truncated: half a character of UTF-16");
}

TEST_F(TableTest, ReadsGzipAndOtherNames) {
  std::string rows;
  for (int i = 0; i < 50000; ++i)
    rows += std::to_string(i % 9) + "," + std::to_string(i) + "\r\n";
  std::string path = writeGzip(folder / "d.csv.gz", rows), packed = readFile(path);
  auto source = openRows(path);
  EXPECT_EQ(source->rows(), 50000);
  EXPECT_EQ(readAll(*source)[99999], 49999);
  EXPECT_ERROR(openRows(folder.write("t.csv.gz", packed.substr(0, packed.size() / 2))), "t.csv.gz: truncated");
  packed[packed.size() / 2] ^= 0x40;
  EXPECT_ERROR(openRows(folder.write("c.csv.gz", packed)), "c.csv.gz: ");
  for (const char *name : {"d.tsv", "d.txt", "d.data", "d.dat", "d.data.gz"})
    EXPECT_EQ(readAll(*openRows(folder.write(name, "1 2\n3 4\n"))), (std::vector<double>{1, 2, 3, 4}));
}

TEST_F(TableTest, SaysWhatItTookForWhat) {
  Table t = table("length;width;kind\n1,5;2;cat\n3;4;dog\n4;4;dog\n", last());
  EXPECT_THAT(t.facts(),
              testing::ElementsAre(testing::Pair("rows", "3"), testing::Pair("header", "length, width, kind"),
                                   testing::Pair("label", "'kind' (column 3)"), testing::Pair("distinct labels", "2"),
                                   testing::Pair("features", "2"), testing::Pair("columns apart by", "semicolons"),
                                   testing::Pair("decimal sign", "comma")));
  EXPECT_EQ(table("1,2\n", last()).facts()[2], (std::pair<std::string, std::string>("label", "column 2")));
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
  EXPECT_EQ(listSourceKinds(), "folder of images, .npy, .npz:NAME, .csv, .idx or .bin of CIFAR");
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
