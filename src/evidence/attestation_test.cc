#include "evidence/attestation.h"

#include <fstream>
#include <iterator>

#include <doctest/doctest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "codec/base64.h"
#include "evidence/assessment.h"
#include "evidence/dsse.h"
#include "evidence/timestamp.h"

namespace sluice::evidence {
namespace {

constexpr std::string_view kType = "application/vnd.in-toto+json";
constexpr std::string_view kTests = "https://in-toto.io/attestation/test-result/v0.1";
constexpr std::string_view kSummary = "https://slsa.dev/verification_summary/v1";
constexpr std::string_view kProvenance = "https://slsa.dev/provenance/v1";
constexpr std::string_view kVulns = "https://in-toto.io/attestation/vulns/v0.1";

std::string golden(const std::string& name) {
  std::ifstream file(SLUICE_SOURCE_DIR "/tests/golden/attestations/" + name, std::ios::binary);
  REQUIRE_MESSAGE(file.good(), name);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

PublicKey golden_key(const std::string& name) {
  auto key = parse_public_key(golden(name + ".pem"));
  REQUIRE(key);
  return *std::move(key);
}

// A signer whose secret is `seed` again and again.
class Signer {
 public:
  explicit Signer(char seed) {
    const std::string secret(32, seed);
    key_ = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr,
                                        reinterpret_cast<const unsigned char*>(secret.data()),
                                        secret.size());
  }
  Signer(const Signer&) = delete;
  Signer& operator=(const Signer&) = delete;
  ~Signer() { EVP_PKEY_free(key_); }

  [[nodiscard]] PublicKey key() const {
    BIO* file = BIO_new(BIO_s_mem());
    PEM_write_bio_PUBKEY(file, key_);
    char* text = nullptr;
    const long size = BIO_get_mem_data(file, &text);
    auto key = parse_public_key({text, static_cast<std::size_t>(size)});
    BIO_free(file);
    REQUIRE(key);
    return *std::move(key);
  }

  [[nodiscard]] std::string sign(std::string_view message) const {
    std::string signature(64, '\0');
    std::size_t size = signature.size();
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    EVP_DigestSignInit(context, nullptr, nullptr, nullptr, key_);
    EVP_DigestSign(context, reinterpret_cast<unsigned char*>(signature.data()), &size,
                   reinterpret_cast<const unsigned char*>(message.data()), message.size());
    EVP_MD_CTX_free(context);
    return signature;
  }

 private:
  EVP_PKEY* key_ = nullptr;
};

std::string base64(std::string_view bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                   reinterpret_cast<const unsigned char*>(bytes.data()),
                                   static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

std::string signed_by(const std::vector<const Signer*>& signers, std::string_view payload,
                      std::string_view type = kType) {
  std::string signatures;
  for (const Signer* signer : signers) {
    const std::string signature = signer->sign(pre_authentication_encoding(type, payload));
    signatures += fmt::format(R"({}{{"keyid":"any","sig":"{}"}})", signatures.empty() ? "" : ",",
                              base64(signature));
  }
  return fmt::format(R"({{"payload":"{}","payloadType":"{}","signatures":[{}]}})", base64(payload),
                     type, signatures);
}

// About the artifact that about_us() asks for, unless `digest` says otherwise.
std::string statement_of(std::string_view type, std::string_view predicate,
                         std::string_view digest = "") {
  const std::string ours = fmt::format(R"("sha256":"{}")", std::string(64, 'a'));
  return fmt::format(
      R"({{"_type":"https://in-toto.io/Statement/v1","subject":[{{"name":"x","digest":{{{}}}}}],"predicateType":"{}","predicate":{}}})",
      digest.empty() ? std::string_view(ours) : digest, type, predicate);
}

constexpr std::string_view kPassed =
    R"({"result":"PASSED","configuration":[],"passedTests":["a"]})";

TrustedKey trusted(const Signer& signer, std::string evaluator = "scanner") {
  return {.evaluator = std::move(evaluator),
          .key = signer.key(),
          .predicate_types = {std::string(kTests), std::string(kSummary), std::string(kProvenance),
                              std::string(kVulns), "https://example.org/other"},
          .domains = {"security"},
          .speaks_for = {"https://verifier.example", "https://builder.example"}};
}

AttestationRule about_us() {
  return {.artifacts = {Digest{std::string(64, 'a')}}, .domain = "security", .author = "dev"};
}

std::string code_of(std::string_view envelope, const std::vector<TrustedKey>& keys,
                    const AttestationRule& rule = about_us()) {
  const auto attestation = open_attestation(envelope, keys);
  const Assessment found =
      attestation ? assess(*attestation, rule) : unreadable(attestation.error());
  CHECK((found.verdict == Verdict::pass) == found.remedy.empty());
  if (!attestation) return attestation.error().message;
  return fmt::format("{} {}", to_text(found.verdict), found.code);
}

std::string code_of_statement(std::string_view type, std::string_view predicate,
                              const AttestationRule& rule = about_us()) {
  const Signer signer('s');
  return code_of(signed_by({&signer}, statement_of(type, predicate)), {trusted(signer)}, rule);
}

TEST_CASE("base64: both alphabets, one spelling") {
  CHECK(codec::decode_base64("aGk=") == "hi");
  CHECK(codec::decode_base64("aGk") == "hi");
  CHECK(codec::decode_base64("") == "");
  CHECK(codec::decode_base64("+/8=") == "\xfb\xff");
  CHECK(codec::decode_base64("-_8") == "\xfb\xff");
  for (const std::string wrong :
       {"a", "aGk==", "a===", "=", "aGl", "+_8=", "aG k", "aGk=\n", "a*k="}) {
    INFO(wrong);
    CHECK(!codec::decode_base64(wrong));
  }
}

TEST_CASE("timestamp: RFC 3339 in UTC, and nothing else") {
  CHECK(parse_timestamp("1970-01-01T00:00:01Z") == Tick{1'000});
  CHECK(parse_timestamp("2024-06-12T07:24:34.351608Z") == Tick{1'718'177'074'351});
  CHECK(parse_timestamp("2024-02-29T00:00:00.5Z") == Tick{1'709'164'800'500});
  for (const std::string wrong :
       {"2023-02-29T00:00:00Z", "2024-06-12T07:24:34", "2024-06-12", "2024-06-12T24:00:00Z",
        "2024-06-12T07:24:34+00:00", "", "2024-06-12T07:24:34.Z", "2024-06-12T07:24:34.xZ"}) {
    INFO(wrong);
    CHECK(!parse_timestamp(wrong));
  }
}

TEST_CASE("dsse: the encoding that is signed is the specification's") {
  CHECK(pre_authentication_encoding("http://example.com/HelloWorld", "hello world") ==
        "DSSEv1 29 http://example.com/HelloWorld 11 hello world");
}

TEST_CASE("dsse: signatures made by others verify, and manipulated ones do not") {
  for (const std::string name :
       {"ed25519", "p256", "p256_pair_url_safe", "dsse_vector", "google_vsa"}) {
    INFO(name);
    const auto envelope = read_envelope(golden(name + ".json"));
    REQUIRE(envelope);
    const PublicKey key = golden_key(name);
    const std::string signature = envelope->signatures.at(0);
    const auto message = [&](std::string_view type, std::string_view payload) {
      return pre_authentication_encoding(type, payload);
    };
    const std::string good = message(envelope->payload_type, envelope->payload);
    CHECK(verifies(key, good, signature));
    CHECK(!verifies(key, message(envelope->payload_type + "x", envelope->payload), signature));
    for (std::size_t i = 0; i < signature.size(); ++i) {
      std::string bent = signature;
      bent[i] = static_cast<char>(bent[i] ^ 1);
      CHECK(!verifies(key, good, bent));
    }
    std::string bent = envelope->payload;
    bent.back() = static_cast<char>(bent.back() ^ 1);
    CHECK(!verifies(key, message(envelope->payload_type, bent), signature));
    CHECK(!verifies(key, good, ""));
    CHECK(!verifies(key, good, std::string(64, '\0')));
    CHECK(!verifies(golden_key(name == "ed25519" ? "p256" : "ed25519"), good, signature));
  }
}

TEST_CASE("attestation: a verification summary in production use is opened") {
  const std::vector<TrustedKey> keys{
      {.evaluator = "google",
       .key = golden_key("google_vsa"),
       .predicate_types = {std::string(kSummary)},
       .domains = {"security"},
       .speaks_for = {"https://bcid.corp.google.com/verifier/bcid_package_enforcer/v0.1"}}};
  const auto attestation = open_attestation(golden("google_vsa.json"), keys);
  REQUIRE(attestation);
  const auto* summary = std::get_if<VerificationSummary>(&attestation->statement.predicate);
  REQUIRE(summary != nullptr);
  CHECK(summary->passed);
  CHECK(summary->levels == std::vector<std::string>{"BCID_L1", "SLSA_BUILD_LEVEL_2"});
  CHECK(attestation->statement.made_at == Tick{1'718'177'074'351});
  CHECK(assess(*attestation, about_us()).code == "other_subject");
}

TEST_CASE("keys: only public ones of the two kinds, and nothing of a private one in the message") {
  CHECK(golden_key("p256").kind == KeyKind::ecdsa_p256);
  CHECK(golden_key("ed25519").kind == KeyKind::ed25519);
  const auto why = [](std::string_view pem) { return parse_public_key(pem).error().message; };
  CHECK(why("-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n") ==
        "a private key where a public one is wanted");
  CHECK(why("").starts_with("no public key"));
  // P-384 and RSA
  EVP_PKEY* other = EVP_EC_gen("P-384");
  BIO* file = BIO_new(BIO_s_mem());
  PEM_write_bio_PUBKEY(file, other);
  char* text = nullptr;
  const long size = BIO_get_mem_data(file, &text);
  CHECK(why({text, static_cast<std::size_t>(size)}).contains("neither Ed25519 nor"));
  BIO_free(file);
  EVP_PKEY_free(other);
}

TEST_CASE("attestation: what an entitled signer says counts") {
  CHECK(code_of_statement(kTests, kPassed) == "PASS ok");
  CHECK(code_of_statement(kTests, R"({"result":"FAILED","configuration":[]})") ==
        "FAIL tests_failed");
  CHECK(
      code_of_statement(kTests, R"({"result":"PASSED","configuration":[],"failedTests":["a"]})") ==
      "FAIL tests_failed");
  CHECK(code_of_statement(kTests, R"({"result":"WARNED","configuration":[]})") ==
        "INCONCLUSIVE tests_warned");
  CHECK(
      code_of_statement(kTests, R"({"result":"passed","configuration":[]})").contains("no result"));
  CHECK(code_of_statement(kTests, R"({"result":"PASSED"})").contains("`configuration` is missing"));
  CHECK(code_of_statement("https://example.org/other", "{}") == "INCONCLUSIVE predicate_unknown");
}

TEST_CASE("attestation: only the pair of key and name speaks for a verifier or a builder") {
  const auto summary = [](std::string_view result, std::string_view id, std::string_view levels) {
    return fmt::format(
        R"({{"verifier":{{"id":"{}"}},"resourceUri":"r","policy":{{"uri":"p"}},"verificationResult":"{}","verifiedLevels":[{}]}})",
        id, result, levels);
  };
  constexpr std::string_view kUs = "https://verifier.example";
  CHECK(code_of_statement(kSummary, summary("PASSED", kUs, "\"A\"")) == "PASS ok");
  CHECK(code_of_statement(kSummary, summary("PASSED", "https://other.example", "\"A\"")) ==
        "INCONCLUSIVE not_entitled");
  CHECK(code_of_statement(kSummary, summary("FAILED", kUs, "\"FAILED\"")) ==
        "FAIL verification_failed");
  CHECK(code_of_statement(kSummary, summary("PASSED", kUs, "\"FAILED\"")) ==
        "FAIL verification_failed");
  AttestationRule levels = about_us();
  levels.levels = {"SLSA_BUILD_LEVEL_3"};
  CHECK(code_of_statement(kSummary, summary("PASSED", kUs, "\"A\""), levels) ==
        "INCONCLUSIVE level_missing");
}

TEST_CASE("attestation: provenance with a parameter that nobody expects is not understood") {
  const auto provenance = [](std::string_view builder, std::string_view parameters) {
    return fmt::format(
        R"({{"buildDefinition":{{"buildType":"t","externalParameters":{{{}}}}},"runDetails":{{"builder":{{"id":"{}"}}}}}})",
        parameters, builder);
  };
  constexpr std::string_view kUs = "https://builder.example";
  CHECK(code_of_statement(kProvenance, provenance(kUs, "")) == "PASS ok");
  CHECK(code_of_statement(kProvenance, provenance(kUs, R"("ref":"main")")) ==
        "INCONCLUSIVE unexpected_parameter");
  AttestationRule rule = about_us();
  rule.external_parameters = {"ref"};
  CHECK(code_of_statement(kProvenance, provenance(kUs, R"("ref":"main")"), rule) == "PASS ok");
  CHECK(code_of_statement(kProvenance, provenance("https://evil.example", "")) ==
        "INCONCLUSIVE not_entitled");
  CHECK(code_of_statement(kProvenance, provenance("", "")).contains("`id` is missing"));
}

TEST_CASE("attestation: a vulnerability scan is judged by the worst severity it names") {
  const auto scan = [](std::string_view result,
                       std::string_view finished = "2024-01-01T00:00:00Z") {
    return fmt::format(
        R"({{"scanner":{{"uri":"s","result":[{}]}},"metadata":{{"scanFinishedOn":"{}"}}}})", result,
        finished);
  };
  const auto code = [&](std::string_view result) {
    return code_of_statement(kVulns, scan(result));
  };
  CHECK(code("") == "PASS ok");
  CHECK(code(R"({"id":"CVE-1","severity":[{"method":"nvd","score":"medium"}]})") == "PASS ok");
  CHECK(code(R"({"id":"CVE-1","severity":[{"score":"low"},{"score":"9.1"}]})") ==
        "FAIL vulnerable");
  CHECK(code(R"({"vulnerability":{"id":"CVE-1","severity":[{"score":"high"}]}})") ==
        "FAIL vulnerable");
  CHECK(code(R"({"id":"CVE-1"})") == "INCONCLUSIVE severity_unclear");
  CHECK(code_of_statement(kVulns, scan("", "yesterday")).contains("no time in UTC"));
  CHECK(code_of_statement(kVulns, R"({"scanner":{"uri":"s","result":[]}})") ==
        "INCONCLUSIVE scan_unstated");
  CHECK(code_of_statement(kVulns, R"({"scanner":{"uri":"s"}})").contains("is missing"));
}

TEST_CASE("attestation: it must be about this release, by a digest and not by a name") {
  const Signer signer('s');
  const auto about = [&](std::string_view digest, const AttestationRule& rule) {
    return code_of(signed_by({&signer}, statement_of(kTests, kPassed, digest)), {trusted(signer)},
                   rule);
  };
  AttestationRule rule = about_us();
  rule.commit = std::string(40, 'c');
  const std::string ours = fmt::format(R"("sha256":"{}")", std::string(64, 'a'));
  const std::string other = fmt::format(R"("sha256":"{}")", std::string(64, 'b'));
  CHECK(about(ours, rule) == "PASS ok");
  CHECK(about(other, rule) == "INCONCLUSIVE other_subject");
  CHECK(about(other + "," + fmt::format(R"("gitCommit":"{}")", rule.commit), rule) == "PASS ok");
  CHECK(about(R"("gitCommit":"")", about_us()) == "INCONCLUSIVE other_subject");
  CHECK(about(R"("sha256":"zz")", rule) == "INCONCLUSIVE other_subject");
}

TEST_CASE("attestation: a signer who may not speak of it does not count") {
  const Signer signer('s');
  const std::string envelope = signed_by({&signer}, statement_of(kTests, kPassed));
  TrustedKey key = trusted(signer);
  CHECK(code_of(envelope, {key}) == "PASS ok");
  key.domains = {"performance"};
  CHECK(code_of(envelope, {key}) == "INCONCLUSIVE not_entitled");
  key = trusted(signer);
  key.predicate_types = {std::string(kVulns)};
  CHECK(code_of(envelope, {key}) == "INCONCLUSIVE not_entitled");
  CHECK(code_of(envelope, {trusted(signer, "dev")}) == "INCONCLUSIVE not_entitled");  // the author
}

TEST_CASE("attestation: signers are counted by their keys") {
  const Signer one('1');
  const Signer two('2');
  AttestationRule rule = about_us();
  rule.signers_min = 2;
  const std::string statement = statement_of(kTests, kPassed);
  const std::vector<TrustedKey> keys{trusted(one, "a"), trusted(two, "b")};
  CHECK(code_of(signed_by({&one, &two}, statement), keys, rule) == "PASS ok");
  CHECK(code_of(signed_by({&one, &one}, statement), keys, rule) == "INCONCLUSIVE not_entitled");
  CHECK(code_of(signed_by({&one}, statement), {trusted(one, "a"), trusted(one, "b")}, rule) ==
        "INCONCLUSIVE not_entitled");
}

TEST_CASE("attestation: nothing is read of a payload that nobody trusted has signed") {
  const Signer signer('s');
  const Signer stranger('x');
  const std::string rejected = "no signature of the envelope is by a key that is trusted";
  CHECK(code_of(signed_by({&stranger}, statement_of(kTests, kPassed)), {trusted(signer)}) ==
        rejected);
  CHECK(code_of(signed_by({&stranger}, "not even JSON"), {trusted(signer)}) == rejected);
  CHECK(code_of(signed_by({&signer}, statement_of(kTests, kPassed)), {}) == rejected);
  CHECK(code_of(signed_by({&stranger, &signer}, statement_of(kTests, kPassed)),
                {trusted(signer)}) == "PASS ok");
}

TEST_CASE("attestation: what two readers could understand differently is refused") {
  const Signer signer('s');
  const auto said = [&](std::string_view payload, std::string_view type = kType) {
    return code_of(signed_by({&signer}, payload, type), {trusted(signer)});
  };
  const std::string good = statement_of(kTests, kPassed);
  const auto with = [&](std::string_view old_text, std::string_view new_text) {
    std::string text = good;
    return text.replace(text.find(old_text), old_text.size(), new_text);
  };
  CHECK(said(good) == "PASS ok");
  CHECK(said(good, "application/vnd.in-toto.test-result+json") == "PASS ok");
  CHECK(said(good, "application/json").contains("no in-toto"));
  CHECK(said(good, "application/vnd.in-totox+json").contains("no in-toto"));
  CHECK(said(with(R"("result":"PASSED")", R"("result":"FAILED","result":"PASSED")"))
            .contains("occurs twice"));
  CHECK(said(with(R"("predicateType")", R"("expires":"2020-01-01T00:00:00Z","predicateType")"))
            .contains("`expires` is not known"));
  CHECK(said(with(R"("result")", R"("critical":["x"],"result")")).contains("critical"));
  CHECK(said(with("Statement/v1", "Statement/v2")).contains("`_type`"));
  CHECK(said(with(R"("digest":{)", R"("digests":{)")).contains("no digest"));
  CHECK(said(good + "{}").contains("not JSON"));
}

TEST_CASE("attestation: an envelope that is not one is refused before anything else") {
  const auto said = [](std::string_view envelope) { return code_of(envelope, {}); };
  CHECK(said("[]").contains("no DSSE envelope"));
  CHECK(said(R"({"payloadType":"t","payload":"aGk=","signatures":[]})").contains("no signatures"));
  CHECK(said(R"({"payloadType":"t","payload":"a k","signatures":[{"sig":"aGk="}]})")
            .contains("base64"));
  CHECK(said(R"({"payloadType":"t","payload":"aGk=","payload":"aGk=","signatures":[{"sig":""}]})")
            .contains("occurs twice"));
  CHECK(said(R"({"crit":[],"payloadType":"t","payload":"aGk=","signatures":[{"sig":""}]})")
            .contains("critical"));
  std::string many;
  for (int i = 0; i < 33; ++i) many += R"({"sig":""},)";
  many.pop_back();
  CHECK(said(fmt::format(R"({{"payloadType":"t","payload":"aGk=","signatures":[{}]}})", many))
            .contains("more than 32"));
}

}  // namespace
}  // namespace sluice::evidence
