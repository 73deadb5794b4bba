// MNIST's IDX, the binary version of CIFAR, and the order of channels.
#include "runtime/data/Examples.h"
#include "test/runtime/ExpectError.h"
#include "test/runtime/TemporaryFolder.h"
#include "test/runtime/data/WriteGzip.h"

using namespace inet;
using namespace inet::test;

namespace {

using testing::Contains;
using testing::Pair;

std::string idx(unsigned char type, const std::vector<unsigned char> &sizes, const std::string &numbers) {
  std::string bytes = {0, 0, char(type), char(sizes.size())};
  for (unsigned char size : sizes)
    bytes += {0, 0, 0, char(size)};
  return bytes + numbers;
}

/// Records of CIFAR: labels, then the three planes; position p of channel c is 10 c + p % 7, plus the record.
std::string cifar(const std::vector<std::string> &labels) {
  std::string bytes;
  for (size_t r = 0; r < labels.size(); ++r) {
    bytes += labels[r];
    for (int c = 0; c < 3; ++c)
      for (int p = 0; p < 1024; ++p)
        bytes += char(10 * c + p % 7 + int(r));
  }
  return bytes;
}

class Formats : public testing::Test {
protected:
  TemporaryFolder folder;
};

} // namespace

TEST_F(Formats, ReadsIdx) {
  std::string images = idx(8, {2, 2, 3}, std::string("\0\1\2\3\4\5\6\7\x08\xff\x0a\x0b", 12));
  auto source = openRows(folder.write("train-images-idx3-ubyte", images));
  EXPECT_EQ(source->shape(), (Shape{2, 2, 3}));
  EXPECT_EQ(readAll(*source), (std::vector<double>{0, 1, 2, 3, 4, 5, 6, 7, 8, 255, 10, 11}));
  EXPECT_EQ(readAll(*openRows(writeGzip(folder / "t10k-images-idx3-ubyte.gz", images)))[9], 255);
  EXPECT_EQ(readAll(*openRows(folder.write("a.idx", idx(0x0b, {2}, {"\x01\x02\xff\xfe", 4})))),
            (std::vector<double>{258, -2}));
  EXPECT_EQ(readAll(*openRows(folder.write("b.idx", idx(0x0d, {1}, {"\x3f\x80\0\0", 4})))), (std::vector<double>{1}));
  std::string y = folder.write("train-labels-idx1-ubyte", idx(8, {2}, "\7\1"));
  Examples both = openLabelled({folder / "train-images-idx3-ubyte", y, {}}, {}, {2, 3, 1});
  EXPECT_TRUE(both.labels->integers);
  EXPECT_EQ(both.labels->numbers, (std::vector<double>{7, 1}));
}

TEST_F(Formats, RefusesDamagedIdx) {
  auto open = [&](const std::string &bytes) { return openRows(folder.write("a.idx", bytes)); };
  EXPECT_ERROR(open("\x93NUMPY"), "a.idx: not an IDX array: it begins with the bytes 93 4e 55 4d");
  EXPECT_ERROR(open(idx(7, {2}, "ab")), "not an IDX array");
  EXPECT_ERROR(open(idx(8, {3}, "ab")), "a.idx: truncated: 2 bytes of numbers found, 3 expected for shape [3] of u1");
  EXPECT_ERROR(open(idx(8, {1}, "ab")), "has bytes after the array");
  EXPECT_ERROR(open(idx(8, {0}, "")), "shape [0] has no values");
  EXPECT_ERROR(open(std::string("\0\0\x08\x02\0\0", 6)), "a.idx: truncated");
}

TEST_F(Formats, CifarPlanesBecomeChannelsLast) {
  std::string bytes = cifar({"\4", "\1"});
  for (const std::string &path : {folder.write("data_batch_1.bin", bytes), writeGzip(folder / "c.bin.gz", bytes)}) {
    Examples both = openLabelled({path, "", {}}, {}, {32, 32, 3});
    EXPECT_EQ(both.x->shape(), (Shape{2, 32, 32, 3}));
    std::vector<double> pixels = readAll(*both.x);
    EXPECT_EQ(std::vector<double>(pixels.begin(), pixels.begin() + 6), (std::vector<double>{0, 10, 20, 1, 11, 21}));
    EXPECT_EQ(pixels[3072 + 1], 11); // green of the second image
    EXPECT_EQ(both.labels->numbers, (std::vector<double>{4, 1}));
    EXPECT_EQ(findCoding(*both.labels, {}, 0).task, Task::classification);
    EXPECT_THAT(both.x->facts(), Contains(Pair("order", "planes, made channels last")));
  }
}

TEST_F(Formats, Cifar100HasTwoLabels) {
  std::string path = folder.write("train.bin", cifar({{"\1\x20", 2}, {"\2\x21", 2}}));
  auto labels = [&](const std::string &label) {
    return openLabelled({path, "", {label}}, {}, {32, 32, 3}).labels->numbers;
  };
  EXPECT_EQ(labels(""), (std::vector<double>{32, 33}));
  EXPECT_EQ(labels("fine"), (std::vector<double>{32, 33}));
  EXPECT_EQ(labels("coarse"), (std::vector<double>{1, 2}));
  EXPECT_ERROR(labels("kind"), "train.bin: no label 'kind'; CIFAR-100 has coarse and fine");
  EXPECT_ERROR(openRows(folder.write("x.bin", "abc")),
               "x.bin: 3 bytes found, a multiple of 3073 (CIFAR-10) or of 3074");
  std::string packed = readFile(writeGzip(folder / "y.bin.gz", cifar({"\4"})));
  EXPECT_ERROR(openRows(folder.write("y.bin.gz", packed.substr(0, packed.size() / 2))), "y.bin.gz: truncated");
}

TEST_F(Formats, TheOrderOfFlatRowsIsSaidOrAsked) {
  std::string flat = folder.write("x.csv", "0.0,1,2,3,4,5,6,7\n10,11,12,13,14,15,16,17\n"); // two channels, two by two
  auto as = [&](std::optional<ChannelOrder> order, const Shape &input = {2, 2, 2}) {
    ReadOptions options;
    options.channels = order;
    return openUnlabelled({flat, "", options}, input);
  };
  EXPECT_THAT(as({})->facts(), Contains(Pair("order", testing::HasSubstr("a row is [2, 2, 2], the 2 channels of a "
                                                                         "position side by side (--channels first"))));
  EXPECT_THAT(as({}, {2, 4, 1})->facts(), testing::Not(Contains(Pair("order", testing::_)))); // one channel: no order
  EXPECT_EQ(readAll(*as(ChannelOrder::last))[1], 1);
  auto planes = as(ChannelOrder::first);
  EXPECT_EQ(planes->shape(), (Shape{2, 2, 2, 2}));
  EXPECT_EQ(readAll(*planes), (std::vector<double>{0, 4, 1, 5, 2, 6, 3, 7, 10, 14, 11, 15, 12, 16, 13, 17}));
  std::vector<double> numbers(2 * 3 * 2 * 4);
  MemorySource source("p", Dtype::f8, {2, 3, 2, 4}, numbers.data());
  EXPECT_ERROR(checkInputShape(source, {2, 4, 3}), "channels last (--channels first where they come first)");
  EXPECT_ERROR(as(ChannelOrder::first, {3, 2, 2}), "shape [2, 7] found, [n, 2, 3, 2] or [n, 12] expected of planes");
}
