// Splits a document into its tokens.
#include "json/tokens.hpp"

#include <utility>

#include "json/array_rows.hpp"
#include "json/simdjson.hpp"

namespace stocktracker::inline v0::json {

static_assert(kPadding >= simdjson::SIMDJSON_PADDING);

struct Tokens::Index {
  std::unique_ptr<simdjson::internal::dom_parser_implementation> parser;
  std::size_t capacity = 0;

  /// Memory that a thread keeps from one body to the next, unless it is larger than a window needs: pages come one
  /// after another, and fresh memory costs more than reading.
  static std::unique_ptr<Index>& spare() noexcept {
    thread_local std::unique_ptr<Index> one;
    return one;
  }
};

Tokens::Tokens() : index_(std::move(Index::spare())) {
  if (!index_) index_ = std::make_unique<Index>();
}

Tokens::~Tokens() {
  if (index_->capacity <= kDefaultWindow) Index::spare() = std::move(index_);
}

const char* Tokens::index(const char* text, std::size_t size) noexcept {
  auto code = simdjson::SUCCESS;
  auto& parser = index_->parser;
  if (size > simdjson::SIMDJSON_MAXSIZE_BYTES) return simdjson::error_message(simdjson::CAPACITY);
  if (!parser) {
    code = simdjson::get_active_implementation()->create_dom_parser_implementation(size, simdjson::DEFAULT_MAX_DEPTH,
                                                                                   parser);
    if (code == simdjson::SUCCESS) index_->capacity = size;
  } else if (index_->capacity < size) {
    index_->capacity = 0;
    code = parser->set_capacity(size);
    if (code == simdjson::SUCCESS) index_->capacity = size;
  }
  if (code != simdjson::SUCCESS) return simdjson::error_message(code);
  code = parser->stage1(reinterpret_cast<const std::uint8_t*>(text), size, simdjson::stage1_mode::regular);
  if (code != simdjson::SUCCESS) return simdjson::error_message(code);
  text_ = text;
  at_ = parser->structural_indexes.get();
  end_ = at_ + parser->n_structural_indexes;
  // There is room for it: the library ends its own index in the same way.
  parser->structural_indexes[parser->n_structural_indexes] = static_cast<std::uint32_t>(size);
  return nullptr;
}

bool Tokens::skip_value() noexcept {
  std::size_t depth = 0;
  do {
    switch (kind()) {
      case '{':
      case '[':
        ++depth;
        break;
      case '}':
      case ']':
        if (depth == 0) return false;
        --depth;
        break;
      case '\0':
        return false;
      case ',':
      case ':':
        if (depth == 0) return false;
        break;
      default:
        break;
    }
    ++at_;
  } while (depth != 0);
  return true;
}

}  // namespace stocktracker::inline v0::json
