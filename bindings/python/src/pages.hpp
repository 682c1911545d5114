// Pages of the library as iterators of Python.
#pragma once

#include "bindings/python/src/calls.hpp"
#include "bindings/python/src/engine.hpp"

namespace stkpy {

// The GIL is released for a batch of rows, not for each row. Beside each row is the cursor after it, so that a reader
// that stops within a batch continues exactly there.
template <class T>
class PageReader {
 public:
  PageReader(st::Pages<T> pages, int batch, std::string after = {})
      : pages_(std::move(pages)), batch_(static_cast<std::size_t>(batch)), cursor_(std::move(after)) {}

  // Raises StopIteration at the end.
  st::Result<T> next() {
    if (at_ == rows_.size()) fetch();
    if (at_ == rows_.size()) throw py::stop_iteration();
    if (at_ < cursors_.size()) cursor_ = std::move(cursors_[at_]);
    return std::move(rows_[at_++]);
  }
  // After the row that `next` has returned last.
  [[nodiscard]] const std::string& cursor() const noexcept { return cursor_; }

  // Copies of the rows that `next` returns next, at most `most`.
  py::list peek(std::size_t most) {
    if (at_ == rows_.size()) fetch();
    py::list shown;
    for (std::size_t i = at_; i < rows_.size() && shown.size() < most; ++i) shown.append(py::cast(rows_[i]));
    return shown;
  }

 private:
  // Leaves no rows at the end. A failure after some rows is raised when they have been read.
  void fetch() {
    if (busy_) raise(st::Error(st::Errc::invalid_argument, "this listing is being read by another thread"));
    rows_.clear();
    cursors_.clear();
    at_ = 0;
    if (failure_) raise(*std::exchange(failure_, std::nullopt));
    busy_ = true;
    {
      const Released released;
      while (rows_.size() < batch_) {
        auto row = pages_.next();
        if (!row) break;
        if (!*row) {
          failure_ = std::move(*row).error();
          break;
        }
        rows_.push_back(std::move(*row).value());
        if (auto cursor = pages_.cursor(); !cursor.empty()) cursors_.push_back(std::move(cursor));
      }
    }
    busy_ = false;
    if (rows_.empty() && failure_) raise(*std::exchange(failure_, std::nullopt));
  }

  st::Pages<T> pages_;
  std::size_t batch_;
  std::string cursor_;
  std::vector<T> rows_;
  std::vector<std::string> cursors_;  // of rows_, or none
  std::optional<st::Error> failure_;
  std::size_t at_ = 0;
  bool busy_ = false;
};

// An iterator that keeps its engine.
template <class T>
struct Listing {
  EngineHandle engine;
  PageReader<T> rows;
};

template <class T>
auto bind_listing(py::module_& module, const char* name) {
  return py::class_<Listing<T>>(module, name, "An iterator over rows, a bounded page at a time.")
      .def("__iter__", [](Listing<T>& listing) -> Listing<T>& { return listing; })
      .def("__next__", [](Listing<T>& listing) { return listing.rows.next(); })
      .def(
          "_peek", [](Listing<T>& listing, std::size_t most) { return listing.rows.peek(most); }, py::arg("most"))
      .def_property_readonly(
          "cursor", [](const Listing<T>& listing) { return listing.rows.cursor(); },
          "Where to continue after the last row that was read: the argument `after` of the same call.");
}

}  // namespace stkpy
