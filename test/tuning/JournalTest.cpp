#include "compiler/tuning/Journal.h"
#include "test/runtime/ExpectError.h"
#include "test/runtime/TemporaryFolder.h"

#include <fstream>
#include <gtest/gtest.h>

using namespace inetc;
using namespace inet::test;
using ::inet::Json;

namespace {

class JournalFile : public testing::Test {
protected:
  void append(const std::string &text) { std::ofstream(path, std::ios::app) << text; }

  TemporaryFolder folder;
  std::string path = folder / "a.journal";
  Json identity = {{"--seed", 1}, {"-D", {"depth=1,2"}}};
};

} // namespace

TEST_F(JournalFile, KeepsResultsToTheBit) {
  const double number = 0.1 + 0.2;
  {
    Journal journal(path, identity, false);
    journal.append("a", {{"score", number}});
    EXPECT_EQ((*journal.find("a"))["score"], number);
    EXPECT_EQ(journal.find("b"), nullptr);
  }
  Journal journal(path, identity, true);
  ASSERT_NE(journal.find("a"), nullptr);
  EXPECT_EQ((*journal.find("a"))["score"].get<double>(), number);
  journal.remove();
  EXPECT_FALSE(std::ifstream(path).good());
}

TEST_F(JournalFile, DropsALineThatIsTorn) {
  { Journal(path, identity, false).append("a", {{"score", 1}}); }
  append(R"({"key":"b","resu)");
  {
    Journal journal(path, identity, true);
    EXPECT_EQ(journal.size(), 1u);
    journal.append("c", {{"score", 2}});
  }
  Journal journal(path, identity, true);
  EXPECT_EQ(journal.size(), 2u);
  EXPECT_NE(journal.find("c"), nullptr);
}

TEST_F(JournalFile, OfWhichNotEvenTheFirstLineIsWholeBeginsAnew) {
  append(R"({"--seed":)");
  { Journal(path, identity, false).append("a", {}); }
  EXPECT_EQ(Journal(path, identity, true).size(), 1u);
}

TEST_F(JournalFile, RefusesWhatIsNotThisSearch) {
  { Journal(path, identity, false).append("a", {{"score", 1}}); }
  EXPECT_ERROR(Journal(path, identity, false), "a search that was not finished, with 1 results: --resume goes on");
  Json other = identity;
  other["--seed"] = 2;
  EXPECT_ERROR(Journal(path, other, true), "the journal of another search: --seed is 1 there, 2 here");
  other = identity;
  other["--loss"] = "error";
  EXPECT_ERROR(Journal(path, other, true), "--loss is nothing there, \"error\" here");
  append("no line\n{}\n");
  EXPECT_ERROR(Journal(path, identity, true), "a.journal:3: no line of a journal");
}

TEST_F(JournalFile, HasOneWriter) {
  Journal journal(path, identity, false);
  EXPECT_ERROR(Journal(path, identity, true), "another search writes this journal");
  EXPECT_ERROR(Journal(folder / "none/a.journal", identity, true), "cannot open the journal: No such file");
}
