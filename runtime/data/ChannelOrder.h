// The order of the numbers of an image: channels last, as the networks take them, or one plane a channel.
#ifndef INET_RUNTIME_DATA_CHANNELORDER_H
#define INET_RUNTIME_DATA_CHANNELORDER_H

#include "runtime/data/Array.h"

namespace inet {

/// `last`: all channels of a position lie side by side, [n, height, width, channels]. `first`: plane by plane,
/// [n, channels, height, width].
enum class ChannelOrder { last, first };

/// `rows`, whose numbers lie plane by plane, with channels last: [n, positions..., channels] of `input`. Rows may be
/// flat or [channels, positions...]. Throws Error where they are neither.
std::unique_ptr<RowSource> planesToChannelsLast(std::unique_ptr<RowSource> rows, const Shape &input);

/// Rows as the network takes them, from the order that the user has named. Where nobody has and rows without a shape go
/// to an input of several channels, adds the fact of what they are taken for.
std::unique_ptr<RowSource> arrangeChannels(std::unique_ptr<RowSource> rows, const Shape &input,
                                           std::optional<ChannelOrder> order);

} // namespace inet

#endif
