#ifndef INET_TEST_RUNTIME_EXPECTERROR_H
#define INET_TEST_RUNTIME_EXPECTERROR_H

#include "runtime/Error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace inet::test {

/// The message of the inet::Error that `function` throws; a failure if it throws none.
template <class Function> std::string messageOf(Function &&function) {
  try {
    function();
  } catch (const Error &error) {
    EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos) << "a message is one line: " << error.what();
    return error.what();
  }
  ADD_FAILURE() << "no error";
  return "";
}

} // namespace inet::test

/// `statement` throws an inet::Error whose one line contains `text`.
#define EXPECT_ERROR(statement, text)                                                                                  \
  EXPECT_THAT(::inet::test::messageOf([&] { (void)(statement); }), ::testing::HasSubstr(text))

#endif
