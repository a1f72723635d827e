#include "evidence/signature.h"

#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "base/assert.h"

namespace sluice::evidence {
namespace {

constexpr std::size_t kPemBytesMax = 16'384;
constexpr std::size_t kP256Bytes = 32;

template <auto Free>
struct Freer {
  template <class T>
  void operator()(T* thing) const {
    Free(thing);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using Bio = std::unique_ptr<BIO, Freer<BIO_free>>;
using Certificate = std::unique_ptr<X509, Freer<X509_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Freer<EVP_MD_CTX_free>>;
using EcdsaSignature = std::unique_ptr<ECDSA_SIG, Freer<ECDSA_SIG_free>>;

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::optional<KeyKind> kind_of(const EVP_PKEY* key) {
  if (EVP_PKEY_is_a(key, "ED25519") == 1) return KeyKind::ed25519;
  if (EVP_PKEY_is_a(key, "EC") != 1) return std::nullopt;
  std::array<char, 64> group{};
  std::size_t size = 0;
  const bool named = EVP_PKEY_get_group_name(key, group.data(), group.size(), &size) == 1;
  const std::string_view name(group.data(), named ? size : 0);
  return name == "prime256v1" || name == "P-256" ? std::optional(KeyKind::ecdsa_p256)
                                                 : std::nullopt;
}

std::string der_of(const EVP_PKEY* key) {
  unsigned char* raw = nullptr;
  const int size = i2d_PUBKEY(key, &raw);
  SLUICE_ASSERT(size > 0);
  std::string der(reinterpret_cast<const char*>(raw), static_cast<std::size_t>(size));
  OPENSSL_free(raw);
  return der;
}

bool verifies_as_it_is(EVP_PKEY* key, KeyKind kind, std::string_view message,
                       std::string_view signature) {
  const DigestContext context(EVP_MD_CTX_new());
  SLUICE_ASSERT(context != nullptr);
  const EVP_MD* digest = kind == KeyKind::ecdsa_p256 ? EVP_sha256() : nullptr;
  if (EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, key) != 1) return false;
  return EVP_DigestVerify(context.get(), bytes(signature), signature.size(), bytes(message),
                          message.size()) == 1;
}

// r and s, 32 bytes each, as the DER that OpenSSL takes; empty where they are no numbers for it.
std::string der_of_pair(std::string_view pair) {
  const EcdsaSignature numbers(ECDSA_SIG_new());
  SLUICE_ASSERT(numbers != nullptr);
  const auto number = [&](std::size_t from) {
    return BN_bin2bn(bytes(pair.substr(from)), kP256Bytes, nullptr);
  };
  if (ECDSA_SIG_set0(numbers.get(), number(0), number(kP256Bytes)) != 1) return {};
  unsigned char* raw = nullptr;
  const int size = i2d_ECDSA_SIG(numbers.get(), &raw);
  if (size <= 0) return {};
  std::string der(reinterpret_cast<const char*>(raw), static_cast<std::size_t>(size));
  OPENSSL_free(raw);
  return der;
}

Result<PublicKey> public_key_of(const EVP_PKEY* key) {
  const auto kind = kind_of(key);
  if (!kind) {
    return fail(ErrorCode::invalid_input, "a key that is neither Ed25519 nor ECDSA P-256");
  }
  std::string der = der_of(key);
  Digest fingerprint = sha256(der);
  return PublicKey{.kind = *kind, .der = std::move(der), .fingerprint = std::move(fingerprint)};
}

}  // namespace

Result<PublicKey> parse_public_key(std::string_view pem) {
  if (pem.contains("PRIVATE KEY")) {
    return fail(ErrorCode::invalid_input, "a private key where a public one is wanted");
  }
  if (pem.size() > kPemBytesMax)
    return fail(ErrorCode::invalid_input, "a key file that is too long");
  const Bio file(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  SLUICE_ASSERT(file != nullptr);
  const Key key(PEM_read_bio_PUBKEY(file.get(), nullptr, nullptr, nullptr));
  ERR_clear_error();
  if (key == nullptr) {
    return fail(ErrorCode::invalid_input, "no public key in PEM (`BEGIN PUBLIC KEY`)");
  }
  return public_key_of(key.get());
}

Result<PublicKey> key_of_certificate(std::string_view der) {
  if (der.size() > kPemBytesMax) {
    return fail(ErrorCode::invalid_input, "a certificate that is too long");
  }
  const unsigned char* at = bytes(der);
  const Certificate certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  const EVP_PKEY* key = nullptr;
  if (certificate != nullptr && at == bytes(der) + der.size()) {
    key = X509_get0_pubkey(certificate.get());
  }
  ERR_clear_error();
  if (key == nullptr) {
    return fail(ErrorCode::invalid_input, "a certificate that cannot be read");
  }
  return public_key_of(key);
}

bool verifies(const PublicKey& key, std::string_view message, std::string_view signature) {
  const unsigned char* at = bytes(key.der);
  const Key parsed(d2i_PUBKEY(nullptr, &at, static_cast<long>(key.der.size())));
  bool good = false;
  if (parsed != nullptr) {
    good = verifies_as_it_is(parsed.get(), key.kind, message, signature);
    if (!good && key.kind == KeyKind::ecdsa_p256 && signature.size() == 2 * kP256Bytes) {
      const std::string der = der_of_pair(signature);
      good = !der.empty() && verifies_as_it_is(parsed.get(), key.kind, message, der);
    }
  }
  ERR_clear_error();
  return good;
}

}  // namespace sluice::evidence
