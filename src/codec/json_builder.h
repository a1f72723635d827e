// JsonBuilder: one JSON value put together from its parts, in the order in which they are read.
// Every step returns false when the document is to be refused; trouble() says why.
#pragma once

#include <string>
#include <vector>

#include "codec/json.h"

namespace sluice::codec {

// A text that occurs twice, or null.
[[nodiscard]] const std::string* repeated(const std::vector<const std::string*>& texts);

class JsonBuilder {
 public:
  explicit JsonBuilder(std::size_t values_max) : values_max_(values_max) {}

  bool open(Json container);
  void key(std::string name) { keys_.back() = std::move(name); }
  bool add(Json value);
  bool close();

  [[nodiscard]] bool complete() const { return complete_; }
  [[nodiscard]] std::size_t depth() const { return open_.size(); }
  [[nodiscard]] const std::string& trouble() const { return trouble_; }
  // The value; the builder is ready for the next one.
  [[nodiscard]] Json take();

 private:
  Json whole_;
  std::vector<Json> open_;
  std::vector<std::string> keys_;  // of the member being read, one for each level
  std::size_t values_ = 0;
  std::size_t values_max_;
  bool complete_ = false;
  std::string trouble_;
};

}  // namespace sluice::codec
