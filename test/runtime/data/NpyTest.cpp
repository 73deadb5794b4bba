#include "runtime/data/Npy.h"

#include "runtime/data/Examples.h"
#include "runtime/data/OutputFile.h"
#include "test/runtime/ExpectError.h"
#include "test/runtime/TemporaryFolder.h"

#include <cmath>
#include <limits>
#include <zip.h>

using namespace inet;
using namespace inet::test;

namespace {

template <class T> std::string bytesOf(const std::vector<T> &values) {
  return {reinterpret_cast<const char *>(values.data()), values.size() * sizeof(T)};
}

/// A .npy file with this dictionary, unpadded.
std::string npyFile(const std::string &dictionary, const std::string &numbers, int version = 1) {
  std::string text = std::string("\x93NUMPY") + static_cast<char>(version) + '\0';
  for (int i = 0; i < (version == 1 ? 2 : 4); ++i)
    text += static_cast<char>(dictionary.size() >> (8 * i));
  return text + dictionary + numbers;
}

std::string dictionary(const std::string &descr, const std::string &shape, const std::string &fortran = "False") {
  return "{'descr': '" + descr + "', 'fortran_order': " + fortran + ", 'shape': " + shape + ", }\n";
}

template <class T> std::vector<double> roundTrip(Dtype dtype, const std::vector<T> &values) {
  TemporaryFolder folder;
  OutputFile file(folder / "a.npy");
  writeNpy(file, {"a", dtype, {int64_t(values.size())}, {values.data()}});
  file.commit();
  auto source = openNpy(folder / "a.npy");
  EXPECT_EQ(source->dtype(), dtype);
  return readAll(*source);
}

void addMember(zip_t *archive, const std::string &name, const std::string &bytes, int compression) {
  zip_source_t *source = zip_source_buffer(archive, bytes.data(), bytes.size(), 0);
  zip_int64_t index = zip_file_add(archive, name.c_str(), source, ZIP_FL_ENC_UTF_8);
  zip_set_file_compression(archive, index, compression, 0);
}

} // namespace

TEST(Npy, ReadsEveryDtype) {
  EXPECT_EQ(roundTrip<float>(Dtype::f4, {1.5f, -2, 0}), (std::vector<double>{1.5, -2, 0}));
  EXPECT_EQ(roundTrip<double>(Dtype::f8, {0.1, -1e300}), (std::vector<double>{0.1, -1e300}));
  EXPECT_EQ(roundTrip<uint8_t>(Dtype::u1, {0, 7, 255}), (std::vector<double>{0, 7, 255}));
  EXPECT_EQ(roundTrip<int32_t>(Dtype::i4, {-1, 1 << 30}), (std::vector<double>{-1, 1 << 30}));
  EXPECT_EQ(roundTrip<int64_t>(Dtype::i8, {-5, int64_t(1) << 40}), (std::vector<double>{-5, double(int64_t(1) << 40)}));
}

TEST(Npy, HeaderIsWrittenAsNumPyWritesIt) {
  std::string header = formatNpyHeader(Dtype::f4, {3, 4});
  EXPECT_EQ(header.size() % 64, 0u);
  EXPECT_EQ(header.substr(10, 60), "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), } ");
  EXPECT_EQ(header.back(), '\n');
  EXPECT_NE(formatNpyHeader(Dtype::u1, {3}).find("'descr': '|u1', 'fortran_order': False, 'shape': (3,), }"),
            std::string::npos);
}

TEST(Npy, ReadsVersionsOneToThree) {
  TemporaryFolder folder;
  for (int version : {1, 2, 3}) {
    std::string path = folder.write("v.npy", npyFile(dictionary("<f4", "(2, 1)"), bytesOf<float>({3, 4}), version));
    auto source = openNpy(path);
    EXPECT_EQ(source->shape(), (Shape{2, 1}));
    EXPECT_EQ(readAll(*source), (std::vector<double>{3, 4}));
  }
  std::string four = folder.write("4.npy", npyFile(dictionary("<f4", "(2, 1)"), bytesOf<float>({3, 4}), 4));
  EXPECT_ERROR(openNpy(four), "4.npy: .npy version 4.0 found, 1.0 to 3.0 expected");
}

TEST(Npy, ReadsKeysInAnyOrderAndSpacing) {
  TemporaryFolder folder;
  std::string path = folder.write(
      "a.npy", npyFile("{\"shape\":( 1,2 ),  'fortran_order' :False,'descr':'|u1'}", bytesOf<uint8_t>({8, 9})));
  EXPECT_EQ(readAll(*openNpy(path)), (std::vector<double>{8, 9}));
}

TEST(Npy, RefusesWhatItCannotRead) {
  TemporaryFolder folder;
  std::string eight(8, '\0');
  auto open = [&](const std::string &bytes) { return openNpy(folder.write("x.npy", bytes)); };
  EXPECT_ERROR(open(npyFile(dictionary("<f4", "(1, 2)", "True"), eight)),
               "x.npy: Fortran order found, C order expected");
  EXPECT_ERROR(open(npyFile(dictionary(">f4", "(2,)"), eight)),
               "dtype '>f4' found; little-endian f4, f8, u1, i4 or i8 expected");
  EXPECT_ERROR(open(npyFile(dictionary("<f2", "(4,)"), eight)), "dtype '<f2' found");
  EXPECT_ERROR(open(npyFile(dictionary("|b1", "(8,)"), eight)), "dtype '|b1' found");
  EXPECT_ERROR(open(npyFile("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,)}", eight)),
               "structured dtype found");
  EXPECT_ERROR(open(npyFile(dictionary("<f8", "()"), eight)), "a single number found, an array expected");
  EXPECT_ERROR(open(npyFile(dictionary("<f4", "(0, 3)"), "")), "shape [0, 3] has no values; at least one row expected");
  EXPECT_ERROR(open(npyFile(dictionary("<f4", "(2, 0)"), "")), "shape [2, 0] has no values");
  EXPECT_ERROR(open(npyFile(dictionary("<f4", "(4294967296, 4294967296)"), eight)), "impossibly large");
  EXPECT_ERROR(open(npyFile(dictionary("<f4", "(-2,)"), eight)), "not a valid .npy header");
  EXPECT_ERROR(open(npyFile(dictionary("<f4", "(99999999999999999999,)"), eight)), "not a valid .npy header");
  EXPECT_ERROR(open(npyFile("{'descr': '<f4', 'shape': (2,)}", eight)), "not a valid .npy header");
  EXPECT_ERROR(open(npyFile(dictionary("<f4", "(2,)") + "rest", eight)), "not a valid .npy header");
  EXPECT_ERROR(open("PK\3\4 this is a zip archive"), "not a .npy array");
  EXPECT_ERROR(open(npyFile(dictionary("<f4", "(1,)"), eight)),
               "has bytes after the array: 8 bytes of numbers found, 4 expected for shape [1] of f4");
  EXPECT_ERROR(openNpy(folder / "absent.npy"), "absent.npy: No such file or directory");
  EXPECT_ERROR(openNpy(folder.path()), "not a regular file");
}

TEST(Npy, EveryTruncationIsAnError) {
  TemporaryFolder folder;
  std::string whole = npyFile(dictionary("<f8", "(2, 1)"), bytesOf<double>({1, 2}));
  for (size_t size = 0; size < whole.size(); ++size)
    EXPECT_ERROR(openNpy(folder.write("t.npy", whole.substr(0, size))), "truncated") << "at byte " << size;
  EXPECT_NO_THROW(openNpy(folder.write("t.npy", whole)));
}

TEST(Npy, EveryChangedByteOfTheHeaderIsReadOrRefused) {
  TemporaryFolder folder;
  std::string whole = npyFile(dictionary("<f4", "(2, 1)"), bytesOf<float>({1, 2}));
  for (size_t position = 0; position + 8 < whole.size(); ++position)
    for (int change = 1; change < 256; change += 51) {
      std::string changed = whole;
      changed[position] = static_cast<char>(changed[position] ^ change);
      try {
        auto source = openNpy(folder.write("c.npy", changed));
        EXPECT_EQ(countOf(source->shape()) * sizeOf(source->dtype()), 8); // what is accepted fits the file
      } catch (const Error &) {
      }
    }
}

TEST(Npy, ValuesThatAreNotFiniteAreNamedByIndex) {
  TemporaryFolder folder;
  double nan = std::numeric_limits<double>::quiet_NaN(), inf = std::numeric_limits<double>::infinity();
  std::vector<double> values(20 * 5, 1.0);
  auto read = [&] {
    auto source = openNpy(folder.write("x.npy", npyFile(dictionary("<f8", "(20, 5)"), bytesOf(values))));
    return readAll(*source);
  };
  values[12 * 5 + 3] = nan;
  EXPECT_ERROR(read(), "x.npy: value [12, 3] is nan; a finite number was expected");
  values[4] = -inf;
  EXPECT_ERROR(read(), "value [0, 4] is -inf");
}

TEST(Npy, ValuesTooLargeForSinglePrecisionAreNamed) {
  std::vector<double> values = {1, 1e39};
  MemorySource source("x", Dtype::f8, {2, 1}, values.data());
  RawRows rows;
  source.fetch(2, rows);
  float out[2];
  EXPECT_ERROR(decodeRows(source, rows, nullptr, out), "x: value [1, 0] is 1e+39, which is too large for f32");
}

TEST(Npz, ReadsMembersStoredAndDeflated) {
  TemporaryFolder folder;
  std::string x = npyFile(dictionary("<f4", "(2, 2)"), bytesOf<float>({1, 2, 3, 4}));
  std::string y = npyFile(dictionary("<i8", "(2,)"), bytesOf<int64_t>({5, 6}));
  for (int compression : {ZIP_CM_STORE, ZIP_CM_DEFLATE}) {
    std::string path = folder / "d.npz";
    zip_t *archive = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, nullptr);
    addMember(archive, "x.npy", x, compression);
    addMember(archive, "y.npy", y, compression);
    ASSERT_EQ(zip_close(archive), 0);
    EXPECT_EQ(readAll(*openRows(path + ":x")), (std::vector<double>{1, 2, 3, 4}));
    auto labels = openRows(path + ":y");
    EXPECT_EQ(labels->name(), path + ":y");
    EXPECT_EQ(readAll(*labels), (std::vector<double>{5, 6}));
    EXPECT_EQ(readAll(*labels), (std::vector<double>{5, 6})); // and again, from the beginning
    EXPECT_ERROR(openRows(path + ":z"), "no array 'z' in it; it has: x, y");
    EXPECT_ERROR(openRows(path), "to choose one of its 2 arrays: x, y");
  }
}

TEST(Npz, CorruptArchivesAreErrors) {
  TemporaryFolder folder;
  std::vector<double> numbers(200, 0.5);
  {
    OutputFile file(folder / "a.npz");
    writeNpz(file, {{"x", Dtype::f8, {200}, {numbers.data()}}});
    file.commit();
  }
  std::string whole = readFile(folder / "a.npz");
  EXPECT_EQ(readAll(*openRows(folder / "a.npz")), numbers);
  for (size_t size = 0; size < whole.size(); size += 7)
    EXPECT_ERROR(readAll(*openRows(folder.write("t.npz", whole.substr(0, size)))), "t.npz");
  std::string changed = whole;
  changed[whole.size() / 2] ^= 1; // a number: only the checksum can tell
  EXPECT_ERROR(readAll(*openRows(folder.write("c.npz", changed))), "c.npz:x: corrupt");
}
