#include "contract/yaml_tree.h"

#include <set>

#include <yaml.h>

#include "base/text.h"

namespace sluice::contract {
namespace {

constexpr std::size_t kBytesMax = 1U << 20U;
constexpr int kNodesMax = 20'000;
constexpr int kDepthMax = 32;
constexpr std::size_t kComplaintsMax = 100;

Position place(const yaml_mark_t& mark) {
  return {static_cast<int>(mark.line) + 1, static_cast<int>(mark.column) + 1};
}

std::string text_of(const yaml_char_t* bytes, std::size_t length) {
  return {reinterpret_cast<const char*>(bytes), length};
}

// One event of libyaml, freed at the end of its life.
class EventHolder {
 public:
  EventHolder() = default;
  ~EventHolder() { yaml_event_delete(&event_); }
  EventHolder(const EventHolder&) = delete;
  EventHolder& operator=(const EventHolder&) = delete;
  yaml_event_t& get() { return event_; }

 private:
  yaml_event_t event_{};
};

class TreeReader {
 public:
  TreeReader(std::string_view bytes, const std::string& file) : file_(file) {
    yaml_parser_initialize(&parser_);
    yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(bytes.data()),
                                 bytes.size());
  }
  ~TreeReader() { yaml_parser_delete(&parser_); }
  TreeReader(const TreeReader&) = delete;
  TreeReader& operator=(const TreeReader&) = delete;

  YamlReading run() {
    read_stream();
    if (stopped_) reading_.root.reset();
    return std::move(reading_);
  }

 private:
  void complain(Position at, std::string wrong, std::string right) {
    if (reading_.complaints.size() >= kComplaintsMax) return;
    reading_.complaints.push_back({file_, at, std::move(wrong), std::move(right)});
  }

  // Nothing behind this place is read.
  void stop(Position at, std::string wrong, std::string right) {
    if (!stopped_) complain(at, std::move(wrong), std::move(right));
    stopped_ = true;
  }

  bool next(yaml_event_t& event) {
    if (stopped_) return false;
    if (yaml_parser_parse(&parser_, &event) != 0) return true;
    stop_at_error();
    return false;
  }

  void stop_at_error() {
    const bool has_mark = parser_.problem_mark.line != 0 || parser_.problem_mark.column != 0 ||
                          parser_.error == YAML_SCANNER_ERROR || parser_.error == YAML_PARSER_ERROR;
    std::string wrong = parser_.problem != nullptr ? parser_.problem : "out of memory";
    if (parser_.error == YAML_READER_ERROR) {
      wrong += fmt::format(" (byte {} of the file)", parser_.problem_offset);
    }
    if (parser_.context != nullptr) {
      wrong +=
          fmt::format(" {} that starts in line {}", parser_.context, parser_.context_mark.line + 1);
    }
    stop(has_mark ? place(parser_.problem_mark) : Position{}, "this is no YAML: " + wrong,
         "check indentation, quotes and brackets here and just above; quote text that holds `: ` "
         "or `{`");
  }

  void read_stream() {
    for (int documents = 0; !stopped_;) {
      EventHolder holder;
      yaml_event_t& event = holder.get();
      if (!next(event)) return;
      if (event.type == YAML_STREAM_END_EVENT) return;
      if (event.type == YAML_STREAM_START_EVENT || event.type == YAML_DOCUMENT_END_EVENT) continue;
      if (event.type == YAML_DOCUMENT_START_EVENT && ++documents > 1) {
        return stop(place(event.start_mark), "a second YAML document begins here",
                    "keep one document a file, without a second `---`");
      }
      if (event.type != YAML_DOCUMENT_START_EVENT) reading_.root = read_node(event, 1);
    }
  }

  YamlNode read_node(const yaml_event_t& event, int depth) {
    YamlNode node{.kind = YamlNode::Kind::scalar, .at = place(event.start_mark)};
    if (++nodes_ > kNodesMax) {
      stop(node.at, fmt::format("the file has more than {} values", kNodesMax), "make it smaller");
    } else if (depth > kDepthMax) {
      stop(node.at, fmt::format("this is nested more than {} deep", kDepthMax), "nest less");
    } else if (event.type == YAML_ALIAS_EVENT) {
      complain(node.at, "aliases (`*name`) are not read", "write the value out");
    } else if (event.type == YAML_SCALAR_EVENT) {
      read_scalar(event, node);
    } else if (event.type == YAML_SEQUENCE_START_EVENT) {
      refuse_extras(node.at, event.data.sequence_start.anchor, event.data.sequence_start.tag);
      read_sequence(node, depth);
    } else if (event.type == YAML_MAPPING_START_EVENT) {
      refuse_extras(node.at, event.data.mapping_start.anchor, event.data.mapping_start.tag);
      read_mapping(node, depth);
    }
    return node;
  }

  void refuse_extras(Position at, const yaml_char_t* anchor, const yaml_char_t* tag) {
    if (anchor != nullptr) complain(at, "anchors (`&name`) are not read", "remove it");
    if (tag != nullptr) complain(at, "tags (`!name`) are not read", "remove it");
  }

  void read_scalar(const yaml_event_t& event, YamlNode& node) {
    const auto& scalar = event.data.scalar;
    refuse_extras(node.at, scalar.anchor, scalar.tag);
    node.scalar = text_of(scalar.value, scalar.length);
    node.quoted = scalar.style != YAML_PLAIN_SCALAR_STYLE;
  }

  void read_sequence(YamlNode& node, int depth) {
    node.kind = YamlNode::Kind::sequence;
    while (!stopped_) {
      EventHolder holder;
      if (!next(holder.get()) || holder.get().type == YAML_SEQUENCE_END_EVENT) return;
      node.items.push_back(read_node(holder.get(), depth + 1));
    }
  }

  void read_mapping(YamlNode& node, int depth) {
    node.kind = YamlNode::Kind::mapping;
    std::set<std::string> keys;
    while (!stopped_) {
      EventHolder key_holder;
      if (!next(key_holder.get()) || key_holder.get().type == YAML_MAPPING_END_EVENT) return;
      YamlNode key = read_node(key_holder.get(), depth + 1);
      EventHolder value_holder;
      if (stopped_ || !next(value_holder.get())) return;
      YamlNode value = read_node(value_holder.get(), depth + 1);
      if (accepts(key, keys)) node.entries.emplace_back(std::move(key), std::move(value));
    }
  }

  bool accepts(const YamlNode& key, std::set<std::string>& keys) {
    if (key.kind != YamlNode::Kind::scalar) {
      complain(key.at,
               "a key is a list or a mapping; a placeholder `{{…}}` left in reads like this",
               "write a word as the key; quote text that starts with `{`");
      return false;
    }
    if (!keys.insert(key.scalar).second) {
      complain(key.at, fmt::format("`{}` is given twice", printable(key.scalar, 80)), "keep one");
      return false;
    }
    return true;
  }

  const std::string& file_;
  yaml_parser_t parser_{};
  YamlReading reading_;
  int nodes_ = 0;
  bool stopped_ = false;
};

}  // namespace

bool YamlNode::is_null() const {
  return kind == Kind::scalar && !quoted &&
         (scalar.empty() || scalar == "~" || to_lower_ascii(scalar) == "null");
}

const YamlNode* YamlNode::find(std::string_view key) const {
  for (const auto& [name, value] : entries) {
    if (name.scalar == key) return &value;
  }
  return nullptr;
}

YamlReading read_yaml(std::string_view bytes, const std::string& file) {
  if (bytes.size() > kBytesMax) {
    return {.root = {},
            .complaints = {{file,
                            {},
                            fmt::format("the file has {} bytes", bytes.size()),
                            "a configuration has at most 1 MiB"}}};
  }
  return TreeReader(bytes, file).run();
}

}  // namespace sluice::contract
