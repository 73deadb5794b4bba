#include "runtime/data/Examples.h"
#include "test/runtime/ExpectError.h"
#include "test/runtime/TemporaryFolder.h"
#include "test/runtime/data/WriteImages.h"

using namespace inet;
using namespace inet::test;

namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::HasSubstr;
using testing::Pair;

class ImageFolder : public testing::Test {
protected:
  void write(const std::string &name, const std::string &bytes) {
    fs::create_directories(fs::path(folder / ("d/" + name)).parent_path());
    folder.write("d/" + name, bytes);
  }
  /// A gray image, two by two unless it says otherwise.
  void gray(const std::string &name, uint8_t value, int size = 2) {
    write(name, jpegBytes(size, size, 1, std::vector<uint8_t>(size_t(size * size), value)));
  }
  Examples open(bool skip = false, const Shape &input = {2, 2, 1}) {
    ReadOptions options;
    options.skipBrokenImages = skip;
    return openLabelled({folder / "d", "", options}, {}, input);
  }

  TemporaryFolder folder;
};

} // namespace

TEST_F(ImageFolder, OneFolderAClass) {
  gray("dog/2.jpg", 20);
  gray("dog/1.jpg", 10);
  gray("cat with a space/ä.jpeg", 30, 8);
  gray("\xe7\x8c\xab/x", 40); // another name in UTF-8, and a file without an ending
  write(".hidden/x.jpg", "none");
  write("dog/.DS_Store", "none");
  Examples both = open();
  EXPECT_EQ(both.x->shape(), (Shape{4, 2, 2, 1}));
  EXPECT_EQ(readAll(*both.x), (std::vector<double>{30, 30, 30, 30, 10, 10, 10, 10, 20, 20, 20, 20, 40, 40, 40, 40}));
  EXPECT_EQ(both.labels->texts, (std::vector<std::string>{"cat with a space", "dog", "dog", "\xe7\x8c\xab"}));
  TargetCoding coding = findCoding(*both.labels, {}, 0); // needs no --task
  EXPECT_EQ(coding.outputs, 3);
  EXPECT_THAT(both.labels->place(1), HasSubstr("d/dog/1.jpg: label"));
  EXPECT_THAT(both.x->facts(), Contains(Pair("size", "2 x 2 to 8 x 8, resized to 2 x 2")));
  EXPECT_THAT(both.x->facts(), Contains(Pair("classes", HasSubstr("3 (cat with a space 1, dog 2, "))));
  EXPECT_EQ(open(false, {2, 2, 3}).x->shape(), (Shape{4, 2, 2, 3}));
}

TEST_F(ImageFolder, ImagesWithoutClassesCanBePredicted) {
  gray("b.jpg", 2);
  gray("a.jpg", 1);
  EXPECT_EQ(readAll(*openUnlabelled({folder / "d", "", {}}, {2, 2, 1}))[0], 1);
  EXPECT_EQ(openUnlabelled({folder / "d/", "", {}}, {2, 2, 1})->name(), folder / "d");
  EXPECT_ERROR(open(), "d: 2 files and no folders in it; one folder of images for each class expected");
}

TEST_F(ImageFolder, BrokenFilesAreRefusedOrSkippedByName) {
  gray("a/1.jpg", 1);
  gray("b/1.jpg", 2);
  gray("b/3.jpg", 3);
  write("a/0.jpg", "");
  write("b/2.jpg", "no image");
  write("b/readme.txt", "text");
  std::string message = messageOf([&] { (void)open(); });
  EXPECT_THAT(message, HasSubstr("d: 3 of 6 files cannot be read (--broken-images skip leaves them out): "));
  EXPECT_THAT(message, HasSubstr("a/0.jpg: an empty file; "));
  Examples both = open(true);
  EXPECT_EQ(readAll(*both.x), (std::vector<double>{1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3}));
  EXPECT_EQ(both.labels->texts, (std::vector<std::string>{"a", "b", "b"}));
  EXPECT_THAT(both.x->facts(), Contains(Pair("skipped", HasSubstr("3 of 6 files: "))));
  for (int i = 0; i < 9; ++i)
    write("b/x" + std::to_string(i), "text");
  EXPECT_ERROR(open(), " and 7 more");
}

TEST_F(ImageFolder, WaysInWhichItCanBeWrong) {
  EXPECT_ERROR(openUnlabelled({folder / "absent/", "", {}}, {2, 2, 1}), "absent: No such file or directory");
  fs::create_directories(folder / "d/empty");
  EXPECT_ERROR(open(), "d: no files in its 1 class folders: empty");
  gray("a/1.jpg", 1);
  EXPECT_THAT(open().x->facts(), Contains(Pair("empty", "class folders without files: empty")));
  EXPECT_ERROR(findCoding(*open().labels, {}, 0), "d: all 1 labels are 'a': at least two classes expected");
  EXPECT_ERROR(open(false, {12}), "d: images found, but the network's input is [12]; [height, width, 1] or");
  EXPECT_ERROR(openLabelled({folder / "d", folder / "d", {}}, {}, {2, 2, 1}), "a folder of images found for labels");
  fs::create_directory_symlink("..", folder / "d/a/loop");
  EXPECT_ERROR(open(), "d: folders in the class folder 'a', such as 'loop'; images expected");
  fs::remove(folder / "d/a/loop");
  fs::create_symlink("self", folder / "d/self");
  EXPECT_ERROR(open(), "d/self: Too many levels of symbolic links");
  fs::remove(folder / "d/self");
  fs::create_symlink("nowhere", folder / "d/a/gone.jpg");
  EXPECT_ERROR(open(), "d/a/gone.jpg: a link to nothing");
  fs::remove_all(folder / "d/empty");
  fs::remove(folder / "d/a/gone.jpg");
  gray("a/deep/1.jpg", 1);
  fs::remove(folder / "d/a/1.jpg");
  EXPECT_ERROR(open(), "images expected (is ");
  fs::remove_all(folder / "d/a");
  EXPECT_ERROR(open(), "d: an empty folder; images, or one folder of images a class, expected");
}
