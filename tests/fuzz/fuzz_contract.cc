// Whatever the bytes are: a contract comes out, bounded, and what is no contract is never one twice
// over (the same bytes give the same result).
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/text.h"
#include "contract/markdown_contract.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const sluice::Contract contract = sluice::contract::parse_contract(bytes, "fuzz.md");
  if (contract.complaints.size() > 210 || contract.placeholders.size() > 200) std::abort();
  if (contract.sections.size() > 20'000 || contract.changes.size() > 20'000) std::abort();
  if (!contract.is_contract && contract.complaints.empty()) std::abort();
  for (const auto* complaints : {&contract.complaints, &contract.placeholders}) {
    for (const sluice::Complaint& complaint : *complaints) {
      const std::string text = sluice::to_text(complaint);
      if (text != sluice::printable(text, text.size())) std::abort();
      if (complaint.at.line < 0 || complaint.at.line > 20'001 || complaint.at.column < 0) {
        std::abort();
      }
    }
  }
  return 0;
}
