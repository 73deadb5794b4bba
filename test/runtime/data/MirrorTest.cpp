// Mirror images behind the images.
#include "runtime/data/Mirror.h"
#include "test/runtime/ExpectError.h"

#include <numeric>

using namespace inet;

namespace {

std::shared_ptr<RowSource> numbered(const Shape &shape, std::vector<uint8_t> &values) {
  values.resize(countOf(shape));
  std::iota(values.begin(), values.end(), uint8_t(0));
  return std::make_shared<MemorySource>("x.npy", Dtype::u1, shape, values.data());
}

} // namespace

TEST(Mirror, ExchangesLeftAndRightOfWholePixels) {
  std::vector<uint8_t> values;
  auto both = withMirrorImages(numbered({1, 2, 3, 2}, values), {2, 3, 2});
  EXPECT_EQ(both->shape(), (Shape{2, 2, 3, 2}));
  EXPECT_EQ(readAll(*both), (std::vector<double>{0, 1, 2, 3, 4, 5, 6,  7,  8, 9, 10, 11, //
                                                 4, 5, 2, 3, 0, 1, 10, 11, 8, 9, 6,  7}));
}

TEST(Mirror, TwiceIsTheImageAndPiecesDoNotMatter) {
  std::vector<uint8_t> values;
  auto images = numbered({5, 12}, values); // flat rows
  auto both = withMirrorImages(images, {2, 3, 2}), four = withMirrorImages(both, {2, 3, 2});
  const std::vector<double> whole = readAll(*four);
  EXPECT_EQ(std::vector<double>(whole.begin(), whole.begin() + 60), std::vector<double>(values.begin(), values.end()));
  EXPECT_EQ(std::vector<double>(whole.begin(), whole.begin() + 60), std::vector<double>(whole.end() - 60, whole.end()));
  for (int64_t piece : {1, 3, 4, 20}) {
    std::vector<double> read(whole.size());
    RawRows raw;
    four->rewind();
    for (int64_t begin = 0; begin < four->rows(); begin += piece) {
      four->fetch(std::min(piece, four->rows() - begin), raw);
      decodeRows(*four, raw, nullptr, read.data() + begin * 12);
    }
    EXPECT_EQ(read, whole);
  }
  EXPECT_EQ(both->rowInFile(7), 2);
}

TEST(Mirror, OfWhatIsNoImageIsRefused) {
  std::vector<uint8_t> values;
  EXPECT_ERROR(withMirrorImages(numbered({5, 12}, values), {12}), "--flip: the network's input is [12], no image; ");
  EXPECT_ERROR(withMirrorImages(numbered({5, 12}, values), {6, 2}),
               "--flip: the network's input is [6, 2], no image; ");
}
