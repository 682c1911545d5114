// A transport that answers from payloads in memory or in files.
#pragma once

#include <memory>
#include <string>

#include <stocktracker/ports/http_transport.hpp>

#include "payloads.hpp"

namespace bench {

// Answers with copies of what it was given, each page once per run of the list; the payloads must outlive it.
std::shared_ptr<stocktracker::HttpTransport> make_payload_transport(const Payloads& payloads);

// Answers from the files of a folder, read when they are asked for. Files are told apart by what they hold, not by
// their names: {"cards":..} a page of cards (in order of name), {"data":{"items":..}} the stock page, [..] the seller
// warehouses,
// {"stocks":..} an answer of the seller warehouse whose id is the first number in the file's name.
stocktracker::Result<std::shared_ptr<stocktracker::HttpTransport>> make_file_transport(const std::string& folder);

}  // namespace bench
