// What is done to the features of every example before the network sees them: plain numbers, learnt from the training
// set and applied to all sets, which can be kept beside a model.
#ifndef INET_RUNTIME_DATA_PREPROCESSING_H
#define INET_RUNTIME_DATA_PREPROCESSING_H

#include "runtime/data/Array.h"

namespace inet {

struct Preprocessing {
  std::optional<Standardization> scaling;
};

} // namespace inet

#endif
