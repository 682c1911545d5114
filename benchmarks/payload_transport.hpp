// A transport that answers from payloads in memory or in files.
#pragma once

#include <memory>
#include <string>

#include <stocktracker/ports/http_transport.hpp>

#include "payloads.hpp"

namespace bench {

// Answers with copies of the payloads, each page once per reading of the list. The payloads must outlive it.
std::shared_ptr<stocktracker::HttpTransport> make_payload_transport(const Payloads& payloads);

// Answers from the files of a folder, read at the request. The content of a file says what it is: {"cards":..} a page
// of cards (in the order of names), {"data":{"items":..}} the stock page, [..] the seller warehouses, {"stocks":..} an
// answer of a seller warehouse; the first number in the file's name is the id of that warehouse.
stocktracker::Result<std::shared_ptr<stocktracker::HttpTransport>> make_file_transport(const std::string& folder);

}  // namespace bench
