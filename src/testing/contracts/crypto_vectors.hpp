// Published test vectors, in hexadecimal or, where JWS has them so, in base64url.
#pragma once

#include <string_view>

#include <stocktracker/ports/crypto.hpp>

namespace stocktracker::inline v0::testing::crypto_vectors {

struct DigestVector {
  HashAlgorithm algorithm;
  std::string_view text;
  std::string_view digest;
};
constexpr DigestVector kDigests[] = {
    {HashAlgorithm::sha1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d"},
    {HashAlgorithm::sha256, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {HashAlgorithm::sha256, "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {HashAlgorithm::sha384, "abc",
     "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"},
    {HashAlgorithm::sha512, "abc",
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
     "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
};

struct MacVector {
  HashAlgorithm algorithm;
  std::string_view key;
  std::string_view text;
  std::string_view code;
};
// "Jefe" and "what do ya want for nothing?".
constexpr std::string_view kJefe = "4a656665";
constexpr std::string_view kWhat = "7768617420646f2079612077616e7420666f72206e6f7468696e673f";
constexpr MacVector kMacs[] = {
    {HashAlgorithm::sha1, kJefe, kWhat, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"},
    {HashAlgorithm::sha256, kJefe, kWhat, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
    {HashAlgorithm::sha384, kJefe, kWhat,
     "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649"},
    {HashAlgorithm::sha512, kJefe, kWhat,
     "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
     "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"},
};

struct SignatureVector {
  SignatureAlgorithm algorithm;
  std::string_view text;
  std::string_view modulus;
  std::string_view exponent;
  std::string_view x;
  std::string_view y;
  std::string_view signature;
};
// RFC 7515, A.2 and A.3; RFC 8032, 7.1, test 1; the numbers in base64url.
constexpr SignatureVector kSignatures[] = {
    {SignatureAlgorithm::rs256,
     "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0"
     "cnVlfQ",
     "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pC"
     "gNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg6"
     "65xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRW"
     "yuXpoQ",
     "AQAB", "", "",
     "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t"
     "1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12j"
     "zDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQ"
     "Ge77Rw"},
    {SignatureAlgorithm::es256,
     "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0"
     "cnVlfQ",
     "", "", "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
     "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"},
    {SignatureAlgorithm::ed25519, "", "", "", "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "",
     "5VZDAMNgrHKQhuLMgG6CioSHfx645dl02HPgZSJJAVVfuIIVkKM7rMYeOXAc-bRr0lv18FlbviRlUUFDjnoQCw"},
};

struct AgreementVector {
  AgreementAlgorithm algorithm;
  std::string_view private_key;
  std::string_view peer;
  std::string_view shared;
};
// RFC 5903, 8.1, both sides; RFC 7748, 5.2.
constexpr AgreementVector kAgreements[] = {
    {AgreementAlgorithm::p256, "c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433",
     "04d12dfb5289c8d4f81208b70270398c342296970a0bccb74c736fc7554494bf63"
     "56fbf3ca366cc23e8157854c13c58d6aac23f046ada30f8353e74f33039872ab",
     "d6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de"},
    {AgreementAlgorithm::p256, "c6ef9c5d78ae012a011164acb397ce2088685d8f06bf9be0b283ab46476bee53",
     "04dad0b65394221cf9b051e1feca5787d098dfe637fc90b9ef945d0c3772581180"
     "5271a0461cdb8252d61f1c456fa3e59ab1f45b33accf5f58389e0577b8990bb3",
     "d6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de"},
    {AgreementAlgorithm::x25519, "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
     "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
     "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552"},
};

struct HkdfVector {
  std::string_view key;
  std::string_view salt;
  std::string_view info;
  std::string_view derived;
};
// RFC 5869, A.1.
constexpr HkdfVector kHkdf{"0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "000102030405060708090a0b0c",
                           "f0f1f2f3f4f5f6f7f8f9",
                           "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"};

struct AeadVector {
  AeadAlgorithm algorithm;
  std::string_view key;
  std::string_view nonce;
  std::string_view associated;
  std::string_view text;
  std::string_view sealed;
};
// Test cases 4 and 16 of McGrew and Viega's AES-GCM; RFC 8439, 2.8.2.
constexpr std::string_view kGcmText =
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba"
    "637b39";
constexpr std::string_view kGcmAssociated = "feedfacedeadbeeffeedfacedeadbeefabaddad2";
constexpr AeadVector kAead[] = {
    {AeadAlgorithm::aes_128_gcm, "feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888", kGcmAssociated,
     kGcmText,
     "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973"
     "d"
     "58e0915bc94fbc3221a5db94fae95ae7121a47"},
    {AeadAlgorithm::aes_256_gcm, "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
     "cafebabefacedbaddecaf888", kGcmAssociated, kGcmText,
     "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0ab"
     "c"
     "c9f66276fc6ece0f4e1768cddf8853bb2d551b"},
    {AeadAlgorithm::chacha20_poly1305, "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f",
     "070000004041424344454647", "50515253c0c1c2c3c4c5c6c7",
     "4c616469657320616e642047656e746c656d656e206f662074686520636c617373206f66202739393a204966204920636f756c64206f6666"
     "657220796f75206f6e6c79206f6e652074697020666f7220746865206675747572652c2073756e73637265656e20776f756c6420626520697"
     "4"
     "2e",
     "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b1a71de0a9e060b29"
     "05d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc3ff4def08e4b7a9de576d26586cec64b"
     "61161ae10b594f09e26a7e902ecbd0600691"},
};

/// Points of Ed25519 of order 1, 2, 4 and 8.
constexpr std::string_view kSmallOrder[] = {"0000000000000000000000000000000000000000000000000000000000000000",
                                            "0100000000000000000000000000000000000000000000000000000000000000",
                                            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
                                            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
                                            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                                            "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                                            "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"};
constexpr std::string_view kSmallOrderPem =
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
    "-----END PUBLIC KEY-----\n";

/// Public keys of RSA with 2,048 bits that nobody should use.
constexpr std::string_view kExponentOfOne =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIIBIDANBgkqhkiG9w0BAQEFAAOCAQ0AMIIBCAKCAQEArUXyPTsaEd9Yf9KAO6ts\n"
    "OY2INIp+7Y0U8G0/73AZZqDDgeiPOMDI/YcSuLwHbzeHudF54GwP1PX4EwxCN3MO\n"
    "36+9Z/lhlpnP4ZiK2fBsFEoCW0E/ipoCHqZIp90Gg565Bbbm4wfUvtxRQxGT5sPz\n"
    "ORorjx/x/UKil1XUwTqQKTHNRH41uLbY/kQuPUNyBOUtsiIaWACKBabEZHFZwyTJ\n"
    "hZuBDnZuydKGY8qCjdX0s7LksGzmB0HHqHzkLIIYBy6MNb+ZLcnpxhZhLnaWps7M\n"
    "G3jlEGFzEdijws5vRH7U1XseL+uJQUw0PBAnxNHDhrvEzWE+MNjxat+Rt1hKImWx\n"
    "9QIBAQ==\n"
    "-----END PUBLIC KEY-----\n";
constexpr std::string_view kLongExponent =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIICGzANBgkqhkiG9w0BAQEFAAOCAggAMIICAwKCAQEArUXyPTsaEd9Yf9KAO6ts\n"
    "OY2INIp+7Y0U8G0/73AZZqDDgeiPOMDI/YcSuLwHbzeHudF54GwP1PX4EwxCN3MO\n"
    "36+9Z/lhlpnP4ZiK2fBsFEoCW0E/ipoCHqZIp90Gg565Bbbm4wfUvtxRQxGT5sPz\n"
    "ORorjx/x/UKil1XUwTqQKTHNRH41uLbY/kQuPUNyBOUtsiIaWACKBabEZHFZwyTJ\n"
    "hZuBDnZuydKGY8qCjdX0s7LksGzmB0HHqHzkLIIYBy6MNb+ZLcnpxhZhLnaWps7M\n"
    "G3jlEGFzEdijws5vRH7U1XseL+uJQUw0PBAnxNHDhrvEzWE+MNjxat+Rt1hKImWx\n"
    "9QKB+wEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
    "AAAAAAAAAAAAAAAAAAAB\n"
    "-----END PUBLIC KEY-----\n";

}  // namespace stocktracker::inline v0::testing::crypto_vectors
