// Harm: how many requests reach a bad release before each method takes it back, over the whole
// grid: the blast radius.
#pragma once

#include <string>
#include <vector>

#include "bench/methods.h"
#include "bench/scenarios.h"

namespace sluice::bench {

struct Effort {
  int runs = 0;
  int threads = 1;
};

// Of one method in one cell, each over all runs; a run without a decision has those of its horizon.
struct Harm {
  int rolled_back = 0;
  std::vector<double> requests;  // of the canary, until the decision
  std::vector<double> failed;    // of these
  std::vector<double> seconds;
};

struct HarmGrid {
  std::vector<Cell> cells;
  std::vector<Method> methods;
  std::vector<std::vector<Harm>> harm;  // of cell, of method
};

[[nodiscard]] HarmGrid run_grid(std::vector<Cell> cells, std::vector<Method> methods,
                                const Effort& effort);

// The least canary requests that a method with this margin can need on average in this cell; and
// with decisions once a second, which cost half a second's requests whatever the test. Infinite
// where the release is within the margin.
[[nodiscard]] double bound_of(const Cell& cell, double margin);
[[nodiscard]] double operating_bound_of(const Cell& cell, double margin);
// An hour holds three times the bound.
[[nodiscard]] bool decidable(const Cell& cell, double margin);

// Markdown: the median of harmed requests in each cell, of the first methods; what they come to
// beside the bounds, of all.
[[nodiscard]] std::string grid_table(const HarmGrid& grid, std::size_t methods);
[[nodiscard]] std::string ratio_table(const HarmGrid& grid);
// The cells that the ratios are taken over.
[[nodiscard]] std::string cell_list(const HarmGrid& grid, double margin);

}  // namespace sluice::bench
