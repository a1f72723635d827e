#include "gates/people.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "gates/findings.h"

namespace sluice::gates {
namespace {

// Without an address, a remark or an @ around it.
std::string bare_name(std::string_view text) {
  text = trim(text.substr(0, text.find_first_of("<(")));
  if (text.starts_with('@')) text.remove_prefix(1);
  return to_lower_ascii(text);
}

void add_names(std::string_view cell, std::vector<std::string>& out) {
  for (const std::string_view part : split(cell, ',')) {
    const std::string name(trim(part));
    if (!name.empty() && std::ranges::find(out, name) == out.end()) out.push_back(name);
  }
}

}  // namespace

bool names(std::string_view text, const Person& person) {
  const std::string bare = bare_name(text);
  return bare == to_lower_ascii(person.name) || bare == to_lower_ascii(person.user);
}

std::vector<std::string> authors_of(const Contract& contract) {
  std::vector<std::string> authors;
  add_names(contract.author, authors);
  for (const std::string& cell : contract.revision_authors) add_names(cell, authors);
  return authors;
}

bool is_author(const Person& person, const Contract& contract) {
  const std::vector<std::string> authors = authors_of(contract);
  return std::ranges::any_of(authors,
                             [&](const std::string& author) { return names(author, person); });
}

std::string author_doubt(const Contract& contract, const Policy& policy) {
  const std::vector<std::string> authors = authors_of(contract);
  if (authors.empty()) return "the contract names no author";
  for (const std::string& author : authors) {
    const bool known = std::ranges::any_of(
        policy.people, [&](const Person& person) { return names(author, person); });
    if (!known) return fmt::format("the author {} is nobody in sluice.yaml", quoted(author));
  }
  return {};
}

bool has_domain(const Person& person, std::string_view domain) {
  return std::ranges::find(person.domains, domain) != person.domains.end();
}

bool has_any_domain(const Person& person, const std::vector<std::string>& domains) {
  return domains.empty() || std::ranges::any_of(domains, [&](const std::string& domain) {
           return has_domain(person, domain);
         });
}

}  // namespace sluice::gates
