#include "model/release.h"

#include <doctest/doctest.h>

namespace sluice {
namespace {

Release whole() {
  Release release{.id = "REL-2026-008", .title = "Storefront 1.4.0"};
  release.artifacts = {{"server", "build/server", sha256("server")},
                       {"worker", "build/worker", sha256("worker")}};
  release.configuration = {{"limits", "config/limits.conf", sha256("limits")}};
  release.migrations = {{"0042.sql", "0042.sql", sha256("alter table")}};
  release.flags = {"kept-carts"};
  return release;
}

TEST_CASE("release digest: each artifact, file of configuration, migration and flag counts") {
  const Digest digest = release_digest(whole());
  Release changed = whole();
  changed.artifacts[1].digest = sha256("another worker");
  CHECK(release_digest(changed) != digest);
  changed = whole();
  changed.configuration[0].digest = sha256("other limits");
  CHECK(release_digest(changed) != digest);
  changed = whole();
  changed.migrations[0].digest = sha256("drop table");
  CHECK(release_digest(changed) != digest);
  changed = whole();
  changed.flags = {"kept-baskets"};
  CHECK(release_digest(changed) != digest);
  changed.flags.clear();
  CHECK(release_digest(changed) != digest);
}

TEST_CASE("release digest: what a thing is for counts, too") {
  Release moved = whole();
  moved.artifacts.push_back(moved.configuration[0]);
  moved.configuration.clear();
  CHECK(release_digest(moved) != release_digest(whole()));
}

TEST_CASE("release digest: names of the release, places and order do not count") {
  Release same = whole();
  same.id = "REL-2026-009";
  same.title = "Storefront, renamed";
  same.artifacts = {whole().artifacts[1], whole().artifacts[0]};
  same.artifacts[0].location = "elsewhere/worker";
  CHECK(release_digest(same) == release_digest(whole()));
}

TEST_CASE("release digest: releases of artifacts alone keep the digest that older ledgers hold") {
  Release plain;
  plain.artifacts = {{"server", "", Digest{std::string(64, '0')}}};
  CHECK(release_digest(plain) ==
        sha256("sluice release 1\nartifact server sha256:" + std::string(64, '0') + "\n"));
}

}  // namespace
}  // namespace sluice
