// What an environment uses and must have to itself, by names that are the same however it is
// written in sluice.yaml: "localhost:80" and "http://[::1]/" are one TCP port of this machine.
//
// Never shows a password: credentials and options of connection strings are cut off first.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/policy.h"

namespace sluice::gates {

// One thing that an environment uses.
struct Use {
  std::string thing;  // comparable: "TCP port 8080"
  std::string role;   // "entrance"
  const EnvironmentName* environment = nullptr;
};

// Everything: endpoints, ports of processes, sockets and maps, log ports, databases, and the state
// and the fixed ports that the command and the variables of its processes name. Borrows the
// environment.
[[nodiscard]] std::vector<Use> uses_of(const EnvironmentSpec& environment);

// "http://127.0.0.1:8080/" -> "TCP port 8080", "https://shop.example" -> "address
// shop.example:443".
[[nodiscard]] std::string address_name(std::string_view url);

// "postgres://me:secret@db/shop?sslmode=off" and "host=db dbname=shop" -> "database
// `db:5432/shop`". One for each server where several are named.
[[nodiscard]] std::vector<std::string> database_names(std::string_view text);

// "./run//x/../a.sock" -> "run/a.sock".
[[nodiscard]] std::string plain_path(std::string_view path);

}  // namespace sluice::gates
