// Complaint: what is wrong at one place of a file that somebody wrote, and what would be right.
#pragma once

#include <string>
#include <vector>

namespace sluice {

// Both count from 1; column counts bytes. {0, 0} is the file as a whole.
struct Position {
  int line = 0;
  int column = 0;
  friend auto operator<=>(const Position&, const Position&) = default;
};

struct Complaint {
  std::string file;
  Position at;
  std::string wrong;  // "the stages add up to nothing: `5 %` follows `25 %`"
  std::string right;  // "list the stages in rising order, ending at 100 %"
  friend bool operator==(const Complaint&, const Complaint&) = default;
};

// "work/releases/x.md:12:3: wrong; right": one line, safe to print.
[[nodiscard]] std::string to_text(const Complaint& complaint);

}  // namespace sluice
