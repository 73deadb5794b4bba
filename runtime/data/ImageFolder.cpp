// A folder of images, one sub-folder a class, or of images without classes.
#include "runtime/Error.h"
#include "runtime/data/Image.h"
#include "runtime/data/Sources.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>
#include <new>
#include <oneapi/tbb/parallel_for.h>
#include <set>

namespace inet {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMostNamed = 5; // files that a message names before it counts the others

struct Listing {
  std::vector<std::string> files, folders; // names, sorted by their bytes, so that every machine has the same order
};

/// What lies in a folder, hidden files apart. Throws Error for what cannot be read, and for what is neither a file nor
/// a folder.
Listing list(const std::string &path) {
  Listing listing;
  std::error_code error;
  fs::directory_iterator entries(path, error);
  for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
    std::string name = entries->path().filename().string();
    if (name.starts_with('.') || name == "Thumbs.db" || name == "desktop.ini")
      continue;
    std::error_code unknown;
    fs::file_status status = fs::status(entries->path(), unknown); // follows links
    if (status.type() == fs::file_type::not_found)
      throw Error(fmt::format("{}/{}: a link to nothing", path, printable(name)));
    if (unknown)
      throw Error(fmt::format("{}/{}: {}", path, printable(name), unknown.message()));
    if (status.type() != fs::file_type::directory && status.type() != fs::file_type::regular)
      throw Error(fmt::format("{}/{}: neither a file nor a folder", path, printable(name)));
    (fs::is_directory(status) ? listing.folders : listing.files).push_back(name);
  }
  if (error)
    throw Error(fmt::format("{}: {}", path, error.message()));
  std::sort(listing.files.begin(), listing.files.end());
  std::sort(listing.folders.begin(), listing.folders.end());
  return listing;
}

struct ImageRecord {
  std::string path, className; // "": no class
  std::string fault = "";      // why it is none; "" for an image
  int64_t height = 0, width = 0;
};

/// "a.jpg: truncated; b.png: no image and 3 more"
std::string named(const std::vector<std::string> &texts) {
  auto end = texts.begin() + int64_t(std::min(texts.size(), kMostNamed));
  return fmt::format("{}{}", fmt::join(texts.begin(), end, "; "),
                     end == texts.end() ? "" : fmt::format(" and {} more", texts.end() - end));
}

/// The images of a folder and its class folders, in the order of their names.
std::vector<ImageRecord> findImages(const std::string &folder, bool needsClasses, Facts &facts) {
  Listing top = list(folder);
  std::vector<ImageRecord> images;
  if (top.folders.empty() && top.files.empty())
    throw Error(fmt::format("{}: an empty folder; images, or one folder of images a class, expected", folder));
  if (top.folders.empty() && needsClasses)
    throw Error(fmt::format("{}: {} files and no folders in it; one folder of images for each class expected", folder,
                            top.files.size()));
  if (!top.folders.empty() && !top.files.empty())
    facts.emplace_back("left out", fmt::format("files beside the class folders: {}", named(top.files)));
  std::vector<std::string> empty;
  for (const std::string &name : top.folders) {
    std::string path = folder + "/" + name;
    Listing inside = list(path);
    if (!inside.folders.empty())
      throw Error(fmt::format("{}: folders in the class folder '{}', such as '{}'; images expected{}", folder,
                              printable(name), printable(inside.folders.front()),
                              inside.files.empty() ? fmt::format(" (is {} meant?)", path) : ""));
    if (inside.files.empty())
      empty.push_back(name);
    for (const std::string &file : inside.files)
      images.push_back({path + "/" + file, name});
  }
  if (top.folders.empty())
    for (const std::string &file : top.files)
      images.push_back({folder + "/" + file, ""});
  if (images.empty())
    throw Error(fmt::format("{}: no files in its {} class folders: {}", folder, empty.size(), named(empty)));
  if (!empty.empty())
    facts.emplace_back("empty", fmt::format("class folders without files: {}", named(empty)));
  return images;
}

/// Holds all images as the network takes them.
class ImageSource : public MemorySource {
public:
  ImageSource(const std::string &name, const Shape &shape, std::vector<float> pixels)
      : MemorySource(name, Dtype::f4, shape, pixels.data()), pixels_(std::move(pixels)) {} // which stay where they are

private:
  std::vector<float> pixels_;
};

/// Reads image `record` into `out`, in the network's size; leaves its fault where it is none.
void readInto(ImageRecord &record, const Shape &input, float *out) {
  try {
    Image image = readImage(record.path);
    record.height = image.height;
    record.width = image.width;
    image = resized(withChannels(std::move(image), input[2]), input[0], input[1]);
    std::copy(image.pixels.begin(), image.pixels.end(), out);
  } catch (const Error &error) {
    record.fault = error.what();
  }
}

std::vector<float> readAllImages(std::vector<ImageRecord> &images, const Shape &input) {
  const int64_t size = countOf(input);
  std::vector<float> pixels(int64_t(images.size()) * size);
  oneapi::tbb::parallel_for(size_t(0), images.size(),
                            [&](size_t i) { readInto(images[i], input, pixels.data() + int64_t(i) * size); });
  return pixels;
}

/// Takes broken images out of both, or throws with their names.
void dropBroken(const std::string &folder, bool skip, int64_t size, std::vector<ImageRecord> &images,
                std::vector<float> &pixels, Facts &facts) {
  std::vector<std::string> faults;
  size_t kept = 0;
  for (size_t i = 0; i < images.size(); ++i) {
    if (!images[i].fault.empty()) {
      faults.push_back(printable(images[i].fault));
      continue;
    }
    if (kept != i) {
      std::copy_n(pixels.begin() + int64_t(i) * size, size, pixels.begin() + int64_t(kept) * size);
      images[kept] = std::move(images[i]);
    }
    ++kept;
  }
  if (faults.empty())
    return;
  if (!skip)
    throw Error(fmt::format("{}: {} of {} files cannot be read (--broken-images skip leaves them out): {}", folder,
                            faults.size(), images.size(), named(faults)));
  if (kept == 0)
    throw Error(fmt::format("{}: none of {} files can be read: {}", folder, images.size(), named(faults)));
  facts.emplace_back("skipped", fmt::format("{} of {} files: {}", faults.size(), images.size(), named(faults)));
  images.resize(kept);
  pixels.resize(int64_t(kept) * size);
}

void addSizes(const std::vector<ImageRecord> &images, const Shape &input, Facts &facts) {
  auto smaller = [](auto &a, auto &b) { return a.height * a.width < b.height * b.width; };
  auto [least, most] = std::minmax_element(images.begin(), images.end(), smaller);
  bool allFit = std::all_of(images.begin(), images.end(),
                            [&](auto &image) { return image.height == input[0] && image.width == input[1]; });
  std::string sizes = fmt::format("{} x {}", least->height, least->width);
  if (least->height != most->height || least->width != most->width)
    sizes += fmt::format(" to {} x {}", most->height, most->width);
  facts.emplace_back("size", allFit ? sizes : fmt::format("{}, resized to {} x {}", sizes, input[0], input[1]));
}

Labels labelsOfImages(const std::string &folder, const std::vector<ImageRecord> &images, Facts &facts) {
  Labels labels;
  labels.name = folder;
  labels.shape = {int64_t(images.size())};
  labels.areClasses = true;
  std::vector<std::string> paths, counts;
  std::map<std::string, int64_t> sizes;
  for (const ImageRecord &image : images) {
    labels.texts.push_back(image.className);
    paths.push_back(image.path);
    ++sizes[image.className];
  }
  labels.placeOf = [paths](int64_t row) { return paths[row]; };
  for (const auto &[name, count] : sizes)
    counts.push_back(fmt::format("{} {}", printable(name), count));
  facts.emplace_back("classes", fmt::format("{} ({})", sizes.size(), fmt::join(counts, ", ")));
  labels.facts = facts;
  return labels;
}

Examples openFolder(const std::string &file, const Wanted &wanted) {
  std::string folder = file;
  while (folder.size() > 1 && folder.ends_with('/'))
    folder.pop_back();
  if (wanted.use == Wanted::Use::labels)
    throw Error(fmt::format("{}: a folder of images found for labels; a file expected", folder));
  const Shape &input = wanted.input;
  if (input.size() != 3 || (input[2] != 1 && input[2] != 3))
    throw Error(fmt::format("{}: images found, but the network's input is {}; [height, width, 1] or [height, width, 3] "
                            "expected",
                            folder, toString(input)));
  bool labelled = wanted.use == Wanted::Use::labelled;
  Facts facts;
  std::vector<ImageRecord> images = findImages(folder, labelled, facts);
  std::vector<float> pixels;
  try {
    pixels = readAllImages(images, input);
  } catch (const std::bad_alloc &) {
    throw Error(
        fmt::format("{}: not enough memory for {} images of {} numbers", folder, images.size(), countOf(input)));
  }
  dropBroken(folder, wanted.skipBrokenImages, countOf(input), images, pixels, facts);
  facts.insert(facts.begin(), {"images", std::to_string(images.size())});
  addSizes(images, input, facts);
  Examples examples;
  if (labelled)
    examples.labels = labelsOfImages(folder, images, facts);
  examples.x = std::make_unique<ImageSource>(folder, Shape{int64_t(images.size()), input[0], input[1], input[2]},
                                             std::move(pixels));
  examples.x->addFacts(facts);
  return examples;
}

} // namespace

const SourceKind imageFolderSource = {"folder of images", true,
                                      [](const std::string &file) {
                                        std::error_code none;
                                        return fs::is_directory(file, none) || file.ends_with('/');
                                      },
                                      openFolder};

} // namespace inet
