// How a camera was held: the orientation in the Exif block of a JPEG.
#ifndef INET_RUNTIME_DATA_EXIF_H
#define INET_RUNTIME_DATA_EXIF_H

#include "runtime/data/Image.h"

namespace inet {

/// The tag Orientation (0x0112) of an APP1 block, 1 to 8; 1, upright, where there is none or the block is damaged.
/// Source: Exif 2.32 (CIPA DC-008), 4.5.4 and 4.6.4 A.
int exifOrientation(const std::vector<unsigned char> &block);

/// The image as it was seen: 1 to 8, of which 5 to 8 swap height and width.
Image oriented(Image image, int orientation);

} // namespace inet

#endif
