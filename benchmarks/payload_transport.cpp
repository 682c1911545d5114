// Answers requests from payloads in memory or in files.
#include "payload_transport.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>

namespace bench {
namespace {

namespace st = stocktracker;

st::HttpResponse response(int status, std::string body) { return {status, {}, std::move(body)}; }

std::string with_padding(const std::string& text) {
  std::string copy;
  copy.reserve(text.size() + st::kBodyPadding);
  copy = text;
  return copy;
}

bool has(const st::HttpRequest& request, const char* part) { return request.url.find(part) != std::string::npos; }

constexpr const char* kSeller = R"({"name":"ИП Файлов","sid":"f0000000-0000-4000-8000-000000000001"})";

class PayloadTransport final : public st::HttpTransport {
 public:
  explicit PayloadTransport(const Payloads& payloads) : payloads_(payloads) {}

  st::Result<st::HttpResponse> send(const st::HttpRequest& request, const st::CallContext&) override {
    if (has(request, "seller-info")) return response(200, kSeller);
    if (has(request, "cards/list")) {
      if (request.body.find("nmID") == std::string::npos) card_ = 0;
      if (card_ >= payloads_.cards.size()) return response(200, R"({"cards":[],"cursor":{"total":0}})");
      return response(200, with_padding(payloads_.cards[card_++]));
    }
    if (has(request, "wb-warehouses")) {
      if (request.body.find("\"offset\":0") == std::string::npos) return response(204, "");
      return response(200, with_padding(payloads_.stock_page));
    }
    if (has(request, "/api/v3/warehouses")) return response(200, payloads_.warehouses);
    if (payloads_.seller_stock.empty()) return response(404, "{}");
    return response(200, payloads_.seller_stock[seller_++ % payloads_.seller_stock.size()].body);
  }

 private:
  const Payloads& payloads_;
  std::size_t card_ = 0;
  std::size_t seller_ = 0;
};

class FileTransport final : public st::HttpTransport {
 public:
  struct SellerFile {
    std::string warehouse;
    std::string path;
  };
  std::vector<std::string> cards;
  std::string stock_page;
  std::string warehouses;
  std::vector<SellerFile> sellers;

  st::Result<st::HttpResponse> send(const st::HttpRequest& request, const st::CallContext&) override {
    if (has(request, "seller-info")) return response(200, kSeller);
    if (has(request, "cards/list")) {
      if (request.body.find("nmID") == std::string::npos) card_ = 0;
      if (card_ >= cards.size()) return response(200, R"({"cards":[],"cursor":{"total":0}})");
      return from_file(cards[card_++]);
    }
    if (has(request, "wb-warehouses")) {
      const bool first = request.body.find("\"offset\":0") != std::string::npos;
      return first && !stock_page.empty() ? from_file(stock_page) : response(204, "");
    }
    if (has(request, "/api/v3/warehouses")) return response(200, warehouse_list());
    return seller_answer(request);
  }

 private:
  static st::Result<st::HttpResponse> from_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary | std::ios::ate);
    if (!file) return st::Error(st::Errc::io_failed, "cannot read " + path);
    std::string body;
    const auto size = static_cast<std::size_t>(file.tellg());
    body.reserve(size + st::kBodyPadding);
    body.resize(size);
    file.seekg(0);
    if (!file.read(body.data(), static_cast<std::streamsize>(size))) {
      return st::Error(st::Errc::io_failed, "cannot read " + path);
    }
    return response(200, std::move(body));
  }

  std::string warehouse_list() const {
    if (!warehouses.empty()) {
      if (auto listed = from_file(warehouses)) return std::move(listed.value().body);
    }
    // Without a list: the warehouses that have answers.
    std::string list = "[";
    std::vector<std::string> seen;
    for (const SellerFile& file : sellers) {
      if (std::find(seen.begin(), seen.end(), file.warehouse) != seen.end()) continue;
      seen.push_back(file.warehouse);
      list += (list.size() > 1 ? "," : "") + ("{\"id\":" + file.warehouse) + ",\"name\":\"" + file.warehouse + "\"}";
    }
    return list + "]";
  }

  struct Amount {
    std::int64_t id;
    std::int64_t units;
  };

  // All answers of a warehouse, read once, by id.
  st::Result<const std::vector<Amount>*> amounts_of(const std::string& warehouse) {
    auto& amounts = amounts_[warehouse];
    if (!amounts.empty()) return &amounts;
    for (const SellerFile& file : sellers) {
      if (file.warehouse != warehouse) continue;
      STK_TRY(const auto answer, from_file(file.path));
      const std::string& text = answer.body;
      const auto number_behind = [&](const char* name, std::size_t from) {
        const std::size_t at = text.find(name, from);
        return at == std::string::npos ? -1 : std::strtoll(text.c_str() + text.find(':', at) + 1, nullptr, 10);
      };
      for (std::size_t at = text.find('{', 1); at != std::string::npos; at = text.find('{', at + 1)) {
        amounts.push_back({number_behind("\"chrtId\"", at), number_behind("\"amount\"", at)});
      }
    }
    std::sort(amounts.begin(), amounts.end(), [](const Amount& a, const Amount& b) { return a.id < b.id; });
    return &amounts;
  }

  st::Result<st::HttpResponse> seller_answer(const st::HttpRequest& request) {
    STK_TRY(const auto* amounts, amounts_of(request.url.substr(request.url.rfind('/') + 1)));
    std::string body = "{\"stocks\":[";
    for (const std::int64_t id : numbers(request.body, 0)) {
      const auto found = std::lower_bound(amounts->begin(), amounts->end(), id,
                                          [](const Amount& a, std::int64_t b) { return a.id < b; });
      if (found == amounts->end() || found->id != id) continue;
      body += (body.back() == '[' ? "{\"chrtId\":" : ",{\"chrtId\":") + std::to_string(id) +
              ",\"amount\":" + std::to_string(found->units) + "}";
    }
    return response(200, body + "]}");
  }

  static std::vector<std::int64_t> numbers(const std::string& text, std::size_t at) {
    std::vector<std::int64_t> found;
    while ((at = text.find_first_of("0123456789", at)) != std::string::npos) {
      char* end = nullptr;
      found.push_back(std::strtoll(text.c_str() + at, &end, 10));
      at = static_cast<std::size_t>(end - text.c_str());
    }
    return found;
  }

  std::size_t card_ = 0;
  std::map<std::string, std::vector<Amount>> amounts_;
};

}  // namespace

std::shared_ptr<st::HttpTransport> make_payload_transport(const Payloads& payloads) {
  return std::make_shared<PayloadTransport>(payloads);
}

st::Result<std::shared_ptr<st::HttpTransport>> make_file_transport(const std::string& folder) {
  std::error_code code;
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder, code)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  if (code) return st::Error(st::Errc::io_failed, folder + ": " + code.message());
  std::sort(files.begin(), files.end());
  auto transport = std::make_shared<FileTransport>();
  for (const auto& file : files) {
    std::ifstream in(file);
    std::string head(512, '\0');
    in.read(head.data(), static_cast<std::streamsize>(head.size()));
    head.resize(static_cast<std::size_t>(in.gcount()));
    const std::size_t first = head.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
    const auto begins_with = [&](const char* key) {
      const std::size_t quote = head.find('"');
      return quote != std::string::npos && head.compare(quote, std::char_traits<char>::length(key), key) == 0;
    };
    if (first != std::string::npos && head[first] == '[') {
      transport->warehouses = file.string();
    } else if (begins_with("\"stocks\"")) {
      const std::string name = file.filename().string();
      const std::size_t digit = name.find_first_of("0123456789");
      const std::string id =
          digit == std::string::npos ? "1" : std::to_string(std::strtoll(name.c_str() + digit, nullptr, 10));
      transport->sellers.push_back({id, file.string()});
    } else if (begins_with("\"data\"")) {
      transport->stock_page = file.string();
    } else if (begins_with("\"cards\"") || begins_with("\"cursor\"")) {
      transport->cards.push_back(file.string());
    } else {
      return st::Error(st::Errc::invalid_argument, file.string() + " is none of the answers that are known");
    }
  }
  return transport;
}

}  // namespace bench
