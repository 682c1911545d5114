// Translates libcurl's codes into errors of the library.
#include "adapters/curl/error_map.hpp"

#include <string>

namespace stocktracker::inline v0::curl {
namespace {

Errc errc_of(CURLcode code, Reached reached) noexcept {
  switch (code) {
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
      return Errc::tls_failed;
    case CURLE_FILESIZE_EXCEEDED:
      return Errc::body_too_large;
    case CURLE_BAD_CONTENT_ENCODING:
      return Errc::body_truncated;
    case CURLE_PARTIAL_FILE:  // also if a stream's connection ended before any answer
      return reached.answered ? Errc::body_truncated : Errc::connection_lost;
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
      return Errc::invalid_argument;
    case CURLE_OUT_OF_MEMORY:
      return Errc::overloaded;
    case CURLE_WEIRD_SERVER_REPLY:
      return Errc::vendor_schema;
    case CURLE_OPERATION_TIMEDOUT:  // ours are the deadlines; this one is of connecting
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
    case CURLE_PROXY:
      return Errc::connect_failed;
    default:
      if (reached.answered) return Errc::body_truncated;
      return reached.sent ? Errc::connection_lost : Errc::connect_failed;
  }
}

}  // namespace

Error error_of(CURLcode code, Reached reached, const char* detail) {
  const Errc errc = errc_of(code, reached);
  std::string message = detail != nullptr && *detail != '\0' ? detail : curl_easy_strerror(code);
  const bool retryable = kind_of(errc) == ErrorKind::unavailable && errc != Errc::tls_failed;
  Error error = Error(errc, std::move(message)).may_retry(retryable);
  if (errc == Errc::invalid_argument) return std::move(error).about("url");
  return error;
}

}  // namespace stocktracker::inline v0::curl
