// Sigstore bundles of tests/golden/attestations, which an independent tool made.
#include "evidence/bundle.h"

#include <fstream>
#include <iterator>

#include <doctest/doctest.h>

#include "codec/base64.h"
#include "evidence/assessment.h"
#include "evidence/attestation.h"

namespace sluice::evidence {
namespace {

constexpr std::string_view kTests = "https://in-toto.io/attestation/test-result/v0.1";

std::string golden(const std::string& name) {
  std::ifstream file(SLUICE_SOURCE_DIR "/tests/golden/attestations/" + name, std::ios::binary);
  REQUIRE_MESSAGE(file.good(), name);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// The evaluator "ci" with this key, and what it may speak of.
std::vector<TrustedKey> named(const std::string& key) {
  auto parsed = parse_public_key(golden(key + ".pem"));
  REQUIRE(parsed);
  std::vector<TrustedKey> keys(1);
  keys[0] = {.evaluator = "ci",
             .key = *std::move(parsed),
             .predicate_types = {std::string(kTests)},
             .domains = {"security"}};
  return keys;
}

std::string code_of(std::string_view bytes, const std::vector<TrustedKey>& keys) {
  const auto opened = open_attestation(bytes, keys);
  if (!opened) return opened.error().message;
  const AttestationRule rule{.artifacts = {Digest{std::string(64, 'a')}}, .domain = "security"};
  const Assessment found = assess(*opened, rule);
  return fmt::format("{} {}", to_text(found.verdict), found.code);
}

TEST_CASE("bundle: what an independent tool made is verified by the key that is named") {
  for (const std::string file :
       {"bundle_v03_key.json", "bundle_v03_certificate.json", "bundle_v02_certificate.json"}) {
    INFO(file);
    CHECK(code_of(golden(file), named("bundle")) == "PASS ok");
    // As they come from a line of a file.
    const auto json = codec::parse_json(golden(file));
    REQUIRE(json);
    CHECK(code_of(json->dump(), named("bundle")) == "PASS ok");
  }
  CHECK(code_of(golden("bundle_v03_key.json"), named("p256"))
            .contains("no signature of the envelope is by a key that is trusted"));
  for (const std::string file : {"bundle_v03_certificate.json", "bundle_v02_certificate.json"}) {
    CHECK(code_of(golden(file), named("p256")).contains("a certificate is not believed"));
    CHECK(code_of(golden(file), {}).contains("a certificate is not believed"));
  }
}

TEST_CASE("bundle: one byte changed, and nobody has signed it") {
  const std::vector<TrustedKey> keys = named("bundle");
  for (const std::string file : {"bundle_v03_key.json", "bundle_v03_certificate.json"}) {
    for (const char* member : {"\"payload\": \"", "\"sig\": \""}) {
      std::string bad = golden(file);
      const std::size_t at = bad.find(member);
      REQUIRE(at != std::string::npos);
      char& digit = bad[at + std::string_view(member).size() + 20];
      digit = digit == 'A' ? 'B' : 'A';
      CHECK_FALSE(open_attestation(bad, keys));
    }
  }
}

TEST_CASE("bundle: what is no whole bundle is refused, with the reason") {
  const std::string good = golden("bundle_v03_certificate.json");
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    const auto opened = open_attestation(text.replace(at, from.size(), to), {});
    REQUIRE(!opened);
    return opened.error().message;
  };
  CHECK(with("bundle.v0.3+json", "bundle.v0.9+json").contains("`mediaType` is"));
  CHECK(with("\"dsseEnvelope\"", "\"other\"").contains("no statement in a DSSE envelope"));
  CHECK(with("\"dsseEnvelope\"", "\"messageSignature\": {}, \"dsseEnvelope\"")
            .contains("a signature over a file"));
  CHECK(with("\"verificationMaterial\"", "\"material\"").contains("verificationMaterial"));
  CHECK(with("\"certificate\"", "\"none\"").contains("either a public key or a certificate"));
  CHECK(with("\"certificate\"", "\"publicKey\": {}, \"certificate\"")
            .contains("either a public key or a certificate"));
  CHECK(with("\"rawBytes\": \"MII", "\"rawBytes\": \"AII").contains("cannot be read"));
  CHECK(with("\"rawBytes\": \"", "\"rawBytes\": \"*").contains("no base64"));
  CHECK(
      with("\"signatures\": [", "\"signatures\": [{\"sig\": \"aGk=\"},").contains("2 signatures"));
}

TEST_CASE("bundle: a certificate of another key than signed it") {
  std::string text = golden("bundle_v03_key.json");
  const std::string other = golden("bundle_v03_certificate.json");
  const std::size_t from = other.find("\"certificate\"");
  const std::string certificate = other.substr(from, other.find('}', from) + 1 - from);
  const std::size_t key = text.find("\"publicKey\"");
  text.replace(key, text.find('}', key) + 1 - key, certificate);
  CHECK_FALSE(open_attestation(text, named("p256")));
  // Signed by somebody else, with the certificate of a key that is named beside it.
  std::string forged = text;
  const std::size_t sig = forged.find("\"sig\": \"") + 8;
  forged.replace(sig, forged.find('"', sig) - sig, codec::encode_base64(std::string(64, 'x')));
  const auto opened = open_attestation(forged, named("bundle"));
  REQUIRE(!opened);
  CHECK(opened.error().message == "the signature is not by the key of the bundle's certificate");
}

}  // namespace
}  // namespace sluice::evidence
