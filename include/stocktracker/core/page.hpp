/// @file
/// Pages<T>: a listing that is read a bounded page at a time, so that a million rows need the memory of one page.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <stocktracker/core/result.hpp>

namespace stocktracker::inline v0 {

/// The source of pages. An empty page ends the listing.
///
/// @code
/// class Numbers final : public st::PageSource<int> {
///  public:
///   st::Result<std::vector<int>> fetch() override {
///     if (++page_ > 2) return std::vector<int>{};  // an empty page ends the listing
///     return std::vector<int>{page_};
///   }
///
///  private:
///   int page_ = 0;
/// };
/// inline st::Pages<int> numbers() { return st::Pages<int>(std::make_unique<Numbers>()); }
/// @endcode
template <class T>
class PageSource {
 public:
  PageSource() = default;
  PageSource(const PageSource&) = delete;
  PageSource& operator=(const PageSource&) = delete;
  virtual ~PageSource() = default;
  [[nodiscard]] virtual Result<std::vector<T>> fetch() = 0;
  /// The cursor after the first `rows` rows of the page that was fetched last; 0: where that page begins. A failed
  /// fetch must leave it as it was. Empty if the listing cannot continue later.
  [[nodiscard]] virtual std::string cursor(std::size_t rows) const {
    static_cast<void>(rows);
    return {};
  }
};

/// The source of a listing that could not begin.
template <class T>
class FailedPages final : public PageSource<T> {
 public:
  explicit FailedPages(Error error) noexcept : error_(std::move(error)) {}
  [[nodiscard]] Result<std::vector<T>> fetch() override { return error_; }

 private:
  const Error error_;
};

/// Move-only, for one thread at a time. After a failure the listing has ended.
///
/// @code
/// auto accounts = engine.accounts().list();
/// while (auto row = accounts.next()) {
///   STK_TRY(const st::Account& account, *row);
///   std::puts(account.label.c_str());
/// }
/// STK_TRY(const auto all, engine.accounts().list().collect());  // or all at once
/// @endcode
///
/// Lists with a query that has the member `after` continue in another call, program or process:
///
/// @code
/// auto first = engine.stock().positions({.page_size = 100});
/// STK_TRY(const auto rows, first.next_page());
/// auto rest = engine.stock().positions({.page_size = 100, .after = first.cursor()});
/// @endcode
template <class T>
class Pages {
 public:
  explicit Pages(std::unique_ptr<PageSource<T>> source) noexcept : source_(std::move(source)) {}
  /// A listing that ends with this failure at its first page.
  [[nodiscard]] static Pages failed(Error error) { return Pages(std::make_unique<FailedPages<T>>(std::move(error))); }

  /// The next row, a failure, or nothing at the end.
  [[nodiscard]] std::optional<Result<T>> next() {
    if (at_ >= page_.size()) {
      if (!source_) return std::nullopt;
      auto fetched = source_->fetch();
      if (!fetched) {
        end();
        return Result<T>(std::move(fetched).error());
      }
      page_ = std::move(fetched).value();
      at_ = 0;
      if (page_.empty()) {
        end();
        return std::nullopt;
      }
    }
    return Result<T>(std::move(page_[at_++]));
  }

  /// The rest of the current page, or the next page; empty at the end.
  [[nodiscard]] Result<std::vector<T>> next_page() {
    std::vector<T> rows;
    if (auto first = next()) {
      if (!*first) return std::move(*first).error();
      rows.reserve(page_.size() - at_ + 1);
      rows.push_back(std::move(*first).value());
      while (at_ < page_.size()) rows.push_back(std::move(page_[at_++]));
    }
    return rows;
  }

  /// All remaining rows, or the first failure.
  [[nodiscard]] Result<std::vector<T>> collect() {
    std::vector<T> all;
    while (auto row = next()) {
      if (!*row) return std::move(*row).error();
      all.push_back(std::move(*row).value());
    }
    return all;
  }

  /// Where to continue: after the last row that was returned, also after the end or a failure. Give it to the member
  /// `after` of the same query; only page_size may differ. Opaque text of hexadecimal digits. Empty if no row was
  /// returned and the query had no cursor, or if the listing cannot continue later.
  [[nodiscard]] std::string cursor() const { return source_ ? source_->cursor(at_) : ended_at_; }

 private:
  void end() {
    ended_at_ = source_->cursor(at_);
    source_.reset();
  }

  std::unique_ptr<PageSource<T>> source_;
  std::vector<T> page_;
  std::size_t at_ = 0;
  std::string ended_at_;
};

}  // namespace stocktracker::inline v0
