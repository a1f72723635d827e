// The folder that holds sluice.yaml and the state folder; commands run in it.
#pragma once

#include <string>

namespace sluice::guard {

// "/home/ana/shop/.sluice" -> "/home/ana/shop". The path is absolute, without a slash at the end.
[[nodiscard]] inline std::string project_folder(const std::string& state_folder) {
  const std::size_t slash = state_folder.rfind('/');
  return slash == 0 || slash == std::string::npos ? "/" : state_folder.substr(0, slash);
}

}  // namespace sluice::guard
