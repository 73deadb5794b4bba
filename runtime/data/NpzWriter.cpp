// libzip, writing to our own unnamed file instead of its own temporary one: what a killed run leaves is decided in one
// place.
#include "runtime/data/OutputFile.h"

#include "runtime/Error.h"
#include "runtime/data/Npy.h"

#include <cerrno>
#include <fmt/format.h>
#include <unistd.h>
#include <zip.h>

namespace inet {
namespace {

struct ArchiveSink {
  OutputFile &file;
  zip_error_t error;
  std::string message;
  bool complete = false;
};

zip_int64_t failSink(ArchiveSink &sink) {
  zip_error_set(&sink.error, ZIP_ER_WRITE, errno);
  return -1;
}

zip_int64_t seekSink(ArchiveSink &sink, void *data, zip_uint64_t size) {
  auto *arguments = ZIP_SOURCE_GET_ARGS(zip_source_args_seek_t, data, size, &sink.error);
  if (!arguments || ::lseek(sink.file.descriptor(), arguments->offset, arguments->whence) < 0)
    return failSink(sink);
  return 0;
}

zip_int64_t writeSink(ArchiveSink &sink, const void *data, zip_uint64_t size) {
  try {
    sink.file.write(data, static_cast<int64_t>(size));
    return static_cast<zip_int64_t>(size);
  } catch (const Error &error) { // no exception may cross libzip
    sink.message = error.what();
    return failSink(sink);
  }
}

zip_int64_t sinkCallback(void *state, void *data, zip_uint64_t size, zip_source_cmd_t command) {
  auto &sink = *static_cast<ArchiveSink *>(state);
  switch (command) {
  case ZIP_SOURCE_SUPPORTS:
    return ZIP_SOURCE_SUPPORTS_WRITABLE;
  case ZIP_SOURCE_STAT: {
    // The archive is always written anew: as far as libzip can see there is none yet.
    if (!sink.complete) {
      zip_error_set(&sink.error, ZIP_ER_READ, ENOENT);
      return -1;
    }
    zip_stat_init(static_cast<zip_stat_t *>(data));
    return sizeof(zip_stat_t);
  }
  case ZIP_SOURCE_ERROR:
    return zip_error_to_data(&sink.error, data, size);
  case ZIP_SOURCE_SEEK_WRITE:
    return seekSink(sink, data, size);
  case ZIP_SOURCE_WRITE:
    return writeSink(sink, data, size);
  case ZIP_SOURCE_TELL_WRITE:
    return ::lseek(sink.file.descriptor(), 0, SEEK_CUR);
  case ZIP_SOURCE_COMMIT_WRITE:
    sink.complete = true;
    return 0;
  case ZIP_SOURCE_BEGIN_WRITE:
  case ZIP_SOURCE_ROLLBACK_WRITE:
  case ZIP_SOURCE_REMOVE:
  case ZIP_SOURCE_OPEN:
  case ZIP_SOURCE_CLOSE:
  case ZIP_SOURCE_FREE:
    return 0;
  default:
    zip_error_set(&sink.error, ZIP_ER_OPNOTSUPP, 0);
    return -1;
  }
}

void addArray(zip_t *archive, const NamedArray &array, const std::string &header) {
  auto fragment = [](const void *data, int64_t size) {
    return zip_buffer_fragment_t{static_cast<zip_uint8_t *>(const_cast<void *>(data)), static_cast<zip_uint64_t>(size)};
  };
  std::vector<zip_buffer_fragment_t> fragments = {fragment(header.data(), static_cast<int64_t>(header.size()))};
  for (const void *piece : array.pieces)
    fragments.push_back(fragment(piece, array.pieceBytes()));
  zip_source_t *source = zip_source_buffer_fragment(archive, fragments.data(), fragments.size(), 0);
  zip_int64_t index =
      source ? zip_file_add(archive, (array.name + ".npy").c_str(), source, ZIP_FL_ENC_UTF_8) : zip_int64_t(-1);
  if (index < 0) {
    std::string reason = zip_strerror(archive);
    zip_source_free(source);
    throw Error(reason);
  }
  zip_set_file_compression(archive, index, ZIP_CM_STORE, 0);
  // 1 January 1980, the first date that zip knows: the same results make the same file.
  zip_file_set_dostime(archive, index, 0, (1 << 5) | 1, 0);
}

} // namespace

void writeNpz(OutputFile &file, const std::vector<NamedArray> &arrays) {
  ArchiveSink sink{file, {}, "", false};
  zip_error_init(&sink.error);
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t *source = zip_source_function_create(sinkCallback, &sink, &error);
  zip_t *archive = source ? zip_open_from_source(source, ZIP_CREATE | ZIP_TRUNCATE, &error) : nullptr;
  if (!archive) {
    zip_source_free(source);
    throw Error(fmt::format("{}: cannot write: {}", file.path(), zip_error_strerror(&error)));
  }
  std::vector<std::string> headers; // alive until zip_close
  headers.reserve(arrays.size());
  for (const NamedArray &array : arrays)
    headers.push_back(formatNpyHeader(array.dtype, array.shape));
  try {
    for (size_t i = 0; i < arrays.size(); ++i)
      addArray(archive, arrays[i], headers[i]);
  } catch (...) {
    zip_discard(archive);
    throw;
  }
  if (zip_close(archive) != 0) {
    std::string reason =
        sink.message.empty() ? fmt::format("{}: cannot write: {}", file.path(), zip_strerror(archive)) : sink.message;
    zip_discard(archive);
    throw Error(reason);
  }
}

} // namespace inet
