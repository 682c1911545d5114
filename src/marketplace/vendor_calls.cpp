#include "marketplace/vendor_calls.hpp"

namespace stocktracker::inline v0 {

Result<HttpResponse> VendorCalls::send(const HttpRequest& request, const CallContext& context) const {
  if (auto may = context.check(ports_.clock->now()); !may) {
    return std::move(may).error().during(request.operation).in(context);
  }
  STK_TRY(auto response, ports_.transport->send(request, context));
  STK_TRY(judge_(request, response, ports_.clock->now()));
  return response;
}

Result<std::string> VendorCalls::recall(std::string_view name, const CallContext& context) const {
  if (!ports_.memory) return std::string();
  return ports_.memory->get(name, context);
}

Result<void> VendorCalls::remember(std::string_view name, std::string_view value, const CallContext& context) const {
  if (!ports_.memory) return success();
  return ports_.memory->set(name, value, context);
}

std::string shown(std::string_view text) {
  constexpr std::size_t kShown = 300;
  std::string cut(text.substr(0, kShown));
  while (text.size() > kShown && !cut.empty() && (static_cast<unsigned char>(cut.back()) & 0xC0) == 0x80)
    cut.pop_back();
  if (text.size() > kShown && !cut.empty() && static_cast<unsigned char>(cut.back()) >= 0xC0) cut.pop_back();
  for (char& c : cut) {
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  }
  return cut;
}

bool is_api_address(std::string_view url) noexcept {
  if (url.find_first_of(" \t\r\n@?#") != std::string_view::npos) return false;
  if (url.starts_with("https://")) return url.size() > 8;
  for (const std::string_view here : {"http://127.0.0.1", "http://localhost", "http://[::1]"}) {
    if (!url.starts_with(here)) continue;
    const std::string_view rest = url.substr(here.size());
    return rest.empty() || rest.front() == ':' || rest.front() == '/';  // not "127.0.0.1.example.com"
  }
  return false;
}

}  // namespace stocktracker::inline v0
