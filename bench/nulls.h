// Nulls: healthy releases, and how often each method rolls one back within an hour.
#pragma once

#include <string>
#include <vector>

#include "bench/harm.h"
#include "sim/trouble.h"

namespace sluice::bench {

struct NullCase {
  std::string name;
  sim::ServiceModel service;
  bool share_climbs = false;  // from 5 to 50 % over the hour; else 5 %
};

// Every trouble at 1,000 requests a second and an error rate of 0.1 %.
[[nodiscard]] std::vector<NullCase> troubled_nulls();
// Independent errors at other rates and other traffic.
[[nodiscard]] std::vector<NullCase> independent_nulls();

struct NullResults {
  std::vector<NullCase> cases;
  std::vector<std::string> methods;
  std::vector<std::vector<int>> rolled_back;  // of case, of method
  int runs = 0;
};

[[nodiscard]] NullResults run_nulls(std::vector<NullCase> cases, const std::vector<Method>& methods,
                                    const Effort& effort, std::uint64_t first_cell);

// Of the robust judge alone, at a margin of 0, many hours of every trouble that both arms share.
// bench/one_view.h says why that takes so little time.
struct SharedNull {
  const sim::Trouble* trouble = nullptr;
  int rolled_back = 0;
};
[[nodiscard]] std::vector<SharedNull> run_shared_nulls(const Effort& effort);
// The same for five processes beside five, which is what the engine has of many a service. Once
// after the usual ten minutes of the baseline alone, and once after ten hours, which teach how its
// processes fail.
struct FewProcesses {
  std::vector<SharedNull> at_first;
  std::vector<SharedNull> later;
};
[[nodiscard]] FewProcesses run_few_processes(const Effort& effort);
[[nodiscard]] std::string few_processes_table(const FewProcesses& rows, int runs);
[[nodiscard]] std::string shared_null_table(const std::vector<SharedNull>& rows, int runs);
// What the judge promises of it, as a part of healthy releases.
[[nodiscard]] double bar_of(const sim::Trouble& trouble);

// Per cent rolled back with its limits, by Clopper and Pearson, for the first methods; per cent
// alone for the others.
[[nodiscard]] std::string null_table(const NullResults& results, std::size_t with_limits);

// A release that is no worse than the margin allows.
struct Harmless {
  double requests_per_second = 0;
  judge::Rates rates;
  double margin = 0;
};

// Independent errors, ten seconds a batch, an hour, no groups: how many of many rollouts are taken
// back. `cell` makes the seeds.
[[nodiscard]] int false_rollbacks(const Harmless& law, const Effort& effort, std::uint64_t cell);
// At equal rates and on the margin.
[[nodiscard]] std::string type_one_table(const Effort& effort);

}  // namespace sluice::bench
