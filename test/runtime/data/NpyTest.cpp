#include "runtime/data/Npy.h"

#include "runtime/data/Examples.h"
#include "runtime/data/OutputFile.h"
#include "test/runtime/ExpectError.h"
#include "test/runtime/TemporaryFolder.h"
#include "test/runtime/data/WriteGzip.h"

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

/// What a one-dimensional array of this dtype holds.
template <class T> std::vector<double> readNumbers(const std::string &descr, const std::vector<T> &values) {
  TemporaryFolder folder;
  std::string shape = "(" + std::to_string(values.size()) + ",)";
  return readAll(*openNpy(folder.write("n.npy", npyFile(dictionary(descr, shape), bytesOf(values)))));
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

TEST(Npy, ReadsWholeNumbersOfEverySize) {
  EXPECT_EQ(readNumbers<int8_t>("|i1", {-128, 127}), (std::vector<double>{-128, 127}));
  EXPECT_EQ(readNumbers<int16_t>("<i2", {-32768, 32767}), (std::vector<double>{-32768, 32767}));
  EXPECT_EQ(readNumbers<uint16_t>("<u2", {0, 65535}), (std::vector<double>{0, 65535}));
  EXPECT_EQ(readNumbers<uint32_t>("<u4", {0, 4294967295}), (std::vector<double>{0, 4294967295}));
  EXPECT_EQ(readNumbers<uint64_t>("<u8", {uint64_t(1) << 63}), (std::vector<double>{9223372036854775808.0}));
  EXPECT_EQ(readNumbers<uint8_t>("|b1", {0, 1, 2}), (std::vector<double>{0, 1, 1})); // as NumPy takes a boolean
}

TEST(Npy, ReadsHalfPrecision) {
  // 1, -2, the smallest subnormal, the largest number, 1/3 rounded (IEEE 754 binary16).
  EXPECT_EQ(readNumbers<uint16_t>("<f2", {0x3c00, 0xc000, 0x0001, 0x7bff, 0x3555}),
            (std::vector<double>{1, -2, 0x1p-24, 65504, 0.333251953125}));
  EXPECT_ERROR(readNumbers<uint16_t>("<f2", {0x3c00, 0x7c00}), "value [1] is inf; a finite number was expected");
}

TEST(Npy, ReadsBigEndianNumbers) {
  TemporaryFolder folder;
  auto read = [&](const std::string &descr, const std::string &bytes) {
    return readAll(*openNpy(folder.write("b.npy", npyFile(dictionary(descr, "(2,)"), bytes))));
  };
  EXPECT_EQ(read(">i2", {"\x01\x02\xff\xfe", 4}), (std::vector<double>{258, -2}));
  EXPECT_EQ(read(">f4", {"\x3f\x80\0\0\xc0\0\0\0", 8}), (std::vector<double>{1, -2}));
  EXPECT_EQ(read(">u1", {"\x03\x04", 2}), (std::vector<double>{3, 4})); // one byte has no order
}

TEST(Npy, ReadsFortranOrder) {
  TemporaryFolder folder;
  auto path = [&](const std::string &shape, const std::vector<uint8_t> &numbers) {
    return folder.write("f.npy", npyFile(dictionary("|u1", shape, "True"), bytesOf(numbers)));
  };
  auto matrix = openNpy(path("(2, 3)", {1, 4, 2, 5, 3, 6}));
  EXPECT_EQ(readAll(*matrix), (std::vector<double>{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(readAll(*matrix), (std::vector<double>{1, 2, 3, 4, 5, 6})); // and again, from the beginning
  // a[i, j, k] = 100 i + 10 j + k of shape (2, 3, 2); the first index runs fastest.
  auto cube = openNpy(path("(2, 3, 2)", {0, 100, 10, 110, 20, 120, 1, 101, 11, 111, 21, 121}));
  EXPECT_EQ(readAll(*cube), (std::vector<double>{0, 1, 10, 11, 20, 21, 100, 101, 110, 111, 120, 121}));
  EXPECT_EQ(readAll(*openNpy(path("(3,)", {7, 8, 9}))), (std::vector<double>{7, 8, 9}));
  EXPECT_EQ(readAll(*openNpy(folder.write(
                "f.npy", npyFile(dictionary(">u2", "(2, 2)", "True"), std::string("\0\1\0\3\0\2\0\4", 8))))),
            (std::vector<double>{1, 2, 3, 4}));
}

TEST(Npy, FortranOrderIsReadInChunks) {
  TemporaryFolder folder;
  std::vector<int32_t> numbers(1000 * 3);
  for (int f = 0; f < 3; ++f)
    for (int r = 0; r < 1000; ++r)
      numbers[f * 1000 + r] = 10 * r + f;
  auto source = openNpy(folder.write("f.npy", npyFile(dictionary("<i4", "(1000, 3)", "True"), bytesOf(numbers))));
  source->rewind();
  RawRows rows;
  source->fetch(300, rows);
  source->fetch(700, rows);
  std::vector<double> values(700 * 3);
  decodeRows(*source, rows, nullptr, values.data());
  EXPECT_EQ(values.front(), 3000);
  EXPECT_EQ(values.back(), 9992);
}

TEST(Npy, SaysWhatOtherDtypesAre) {
  TemporaryFolder folder;
  auto open = [&](const std::string &descr) {
    return openNpy(folder.write("x.npy", npyFile(dictionary(descr, "(2,)"), std::string(8, '\0'))));
  };
  EXPECT_ERROR(open("<V2"), "x.npy: dtype '<V2' found, two bytes without a type, as which NumPy saves bfloat16 "
                            "(x.astype('float32') keeps every value); an array of numbers: b1, i1 to i8");
  EXPECT_ERROR(open("|V1"), "float8");
  EXPECT_ERROR(open("<f16"), "a long double");
  EXPECT_ERROR(open("<c8"), "complex numbers (x.real and x.imag are numbers)");
  EXPECT_ERROR(open("|O"), "Python objects");
  EXPECT_ERROR(open("<U3"), "texts (numpy.unique");
  EXPECT_ERROR(open("<M8[ns]"), "dates or durations");
  EXPECT_ERROR(open("<f3"), "dtype '<f3' found; an array of numbers");
  EXPECT_ERROR(open(""), "dtype '' found; an array of numbers");
}

TEST(Npy, ReadsGzip) {
  TemporaryFolder folder;
  std::string whole = npyFile(dictionary("<f4", "(3, 100)"), bytesOf(std::vector<float>(300, 0.5f)));
  std::string path = writeGzip(folder / "x.npy.gz", whole), packed = readFile(path);
  auto source = openRows(path);
  EXPECT_EQ(readAll(*source), std::vector<double>(300, 0.5));
  EXPECT_EQ(readAll(*source), std::vector<double>(300, 0.5)); // and again, from the beginning
  EXPECT_ERROR(readAll(*openRows(writeGzip(path, whole + "1"))), "x.npy.gz: has bytes after the array");
  EXPECT_ERROR(readAll(*openRows(writeGzip(path, whole.substr(0, 900)))), "x.npy.gz: truncated");
  EXPECT_ERROR(readAll(*openRows(folder.write("x.npy.gz", packed.substr(0, packed.size() - 10)))), "x.npy.gz: ");
  packed[packed.size() - 8] ^= 1; // the checksum
  EXPECT_ERROR(readAll(*openRows(folder.write("x.npy.gz", packed))), "x.npy.gz: corrupt");
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
  EXPECT_ERROR(open(npyFile("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,)}", eight)),
               "a table of named columns found (a structured dtype), an array of numbers");
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
