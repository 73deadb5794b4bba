#include "runtime/report/Html.h"

#include <gtest/gtest.h>
#include <limits>

using namespace inet;

TEST(Html, WhatUsersWriteIsText) {
  EXPECT_EQ(escapeHtml("<script>alert(\"a\" & 'b')</script>"),
            "&lt;script&gt;alert(&quot;a&quot; &amp; &#39;b&#39;)&lt;/script&gt;");
  EXPECT_EQ(escapeHtml("Zürich 漢字"), "Zürich 漢字");
  EXPECT_EQ(escapeHtml("a\xff<\xc3"), "a\xef\xbf\xbd&lt;\xef\xbf\xbd"); // no UTF-8
  EXPECT_EQ(escapeHtml(std::string("a\0b\x1b\tc\n", 7)), "a\xef\xbf\xbd"
                                                         "b\xef\xbf\xbd\tc\n");
  Html html;
  html.open("p", {{"title", "\"><script>"}}).text("<b>").close();
  EXPECT_EQ(html.markup(), "<p title=\"&quot;&gt;&lt;script&gt;\">&lt;b&gt;</p>\n");
}

TEST(Html, ElementsNest) {
  Html row;
  row.open("tr").element("th", "a", {{"scope", "row"}}).element("td", "1").close();
  Html html;
  html.open("table").add(row).close().empty("img", {{"alt", ""}});
  EXPECT_EQ(html.markup(), "<table><tr><th scope=\"row\">a</th><td>1</td></tr>\n</table>\n<img alt=\"\" />");
}

TEST(Html, LongNamesAreShortened) {
  EXPECT_EQ(shortened("abc", 3), "abc");
  EXPECT_EQ(shortened("abcd", 3), "ab…");
  EXPECT_EQ(shortened("äöü", 3), "äöü");
  EXPECT_EQ(shortened("äöüß", 3), "äö…");
  EXPECT_EQ(shortened("", 3), "");
}

TEST(Html, ImagesAreBase64) {
  // The examples of RFC 4648, section 10.
  const auto address = [](std::string_view text) { return pngAddress({text.begin(), text.end()}).substr(22); };
  EXPECT_EQ(address(""), "");
  EXPECT_EQ(address("f"), "Zg==");
  EXPECT_EQ(address("fo"), "Zm8=");
  EXPECT_EQ(address("foobar"), "Zm9vYmFy");
  EXPECT_EQ(address("\xff\xfe\xfd"), "//79");
}

TEST(Html, CoordinatesAreShortAndFinite) {
  EXPECT_EQ(coordinate(1), "1");
  EXPECT_EQ(coordinate(-0.001), "0");
  EXPECT_EQ(coordinate(12.346), "12.35");
  EXPECT_EQ(coordinate(100), "100");
  EXPECT_EQ(coordinate(std::numeric_limits<double>::quiet_NaN()), "0");
}
