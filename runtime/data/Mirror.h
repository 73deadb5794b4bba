// Mirror images as further examples.
#ifndef INET_RUNTIME_DATA_MIRROR_H
#define INET_RUNTIME_DATA_MIRROR_H

#include "runtime/data/Array.h"

namespace inet {

/// The n rows of `images`, and after them the same n with left and right exchanged: twice as many. `input`: [height,
/// width, channels], the order of the numbers of a row, which may itself be flat. Streams: the file is read twice.
/// Messages have the row numbers of the file. Throws Error where the input is no image.
std::shared_ptr<RowSource> withMirrorImages(std::shared_ptr<RowSource> images, const Shape &input);

} // namespace inet

#endif
