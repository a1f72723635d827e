// Series of real metrics, and those that no real metric should be.
#include "bench/series.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include <doctest/doctest.h>
#include <unistd.h>

#include "bench/methods.h"

namespace sluice::bench {
namespace {

namespace fs = std::filesystem;

struct Folder {
  fs::path path = fs::temp_directory_path() / ("sluice_series_" + std::to_string(::getpid()));

  Folder() { fs::create_directories(path); }
  ~Folder() { fs::remove_all(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(path / (name + ".csv"), std::ios::binary) << text;
  }
};

const std::string kHeads = "timestamp,value\n";

std::vector<double> course_of(const std::string& text) {
  const Folder folder;
  folder.write("one", text);
  const SeriesFolder read = read_series(folder.path);
  CHECK(read.left_out.empty());
  REQUIRE(read.all.size() == 1);
  return read.all[0].course;
}

TEST_CASE("series: values over their mean, whatever the times say") {
  CHECK(course_of(kHeads + "2014-04-01 00:00:00,1\n2014-04-01 00:00:00,3\n2013-01-01,2\n") ==
        std::vector{0.5, 1.5, 1.0});
  CHECK(course_of("timestamp,value\r\nt,5\r\nt,5\r\n") == std::vector{1.0, 1.0});
  CHECK(course_of("value,label\n4,0\n12,1\n") == std::vector{0.5, 1.5});
}

TEST_CASE("series: what is no number is left out, less than 0 counts as 0") {
  CHECK(course_of(kHeads + "t,NaN\nt,\nt\n\nt,1\nt,inf\nt,2x\nt,1e999\nt,3\n") ==
        std::vector{0.5, 1.5});
  CHECK(course_of(kHeads + "t,-100\nt,4\nt,0\nt,4\n") == std::vector{0.0, 2.0, 0.0, 2.0});
}

TEST_CASE("series: huge values and a lonely peak stay within what a rate can be") {
  CHECK(course_of(kHeads + "t,1e308\nt,1.5e308\nt,5e307\n") == std::vector{1.0, 1.5, 0.5});
  std::string peak = kHeads;
  for (int i = 0; i < 1'000; ++i) peak += "t,0\n";
  CHECK(std::ranges::max(course_of(peak + "t,7\n")) == 300);
}

TEST_CASE("series: what cannot be a course is named, with the reason") {
  const Folder folder;
  folder.write("a_heads", "time;number\n1;2\n");
  folder.write("b_empty", "");
  folder.write("c_words", kHeads + "t,none\n");
  folder.write("d_zeros", kHeads + "t,0\nt,-3\n");
  const SeriesFolder read = read_series(folder.path);
  CHECK(read.all.empty());
  CHECK(read.left_out ==
        std::vector<std::string>{"a_heads: its first line names no column `value`",
                                 "b_empty: its first line names no column `value`",
                                 "c_words: it holds no number",
                                 "d_zeros: no value is above 0, so there is no mean to divide by"});
  CHECK(read_series(folder.path / "absent").all.empty());
}

TEST_CASE("series: a single value, and fewer than an hour, are gone through again and again") {
  const std::vector<Series> all = {{"one value", {1}}, {"two", {0, 2}}, {"peaks", {0, 0, 0, 300}}};
  const std::string table = series_table(all, sluice_methods(0), {.runs = 1, .threads = 1});
  for (const Series& series : all) {
    INFO(series.name);
    CHECK(table.find("| " + series.name + " | 0 (0 to 98) | 0 (0 to 98) |") != std::string::npos);
  }
}

}  // namespace
}  // namespace sluice::bench
