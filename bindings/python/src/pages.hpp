// Pages of the library as iterators of Python.
#pragma once

#include "bindings/python/src/calls.hpp"
#include "bindings/python/src/engine.hpp"

namespace stkpy {

// The GIL is released for a page, not for a row.
template <class T>
class PageReader {
 public:
  explicit PageReader(st::Pages<T> pages) : pages_(std::move(pages)) {}

  // Raises StopIteration at the end.
  st::Result<T> next() {
    if (at_ == page_.size()) fetch();
    return std::move(page_[at_++]);
  }

 private:
  void fetch() {
    if (busy_) raise(st::Error(st::Errc::invalid_argument, "this listing is being read by another thread"));
    busy_ = true;
    auto fetched = quick([&] { return pages_.next_page(); });
    busy_ = false;
    page_.clear();
    at_ = 0;
    page_ = value_or_raise(std::move(fetched));
    if (page_.empty()) throw py::stop_iteration();
  }

  st::Pages<T> pages_;
  std::vector<T> page_;
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
void bind_listing(py::module_& module, const char* name) {
  py::class_<Listing<T>>(module, name, "An iterator over rows, a bounded page at a time.")
      .def("__iter__", [](Listing<T>& listing) -> Listing<T>& { return listing; })
      .def("__next__", [](Listing<T>& listing) { return listing.rows.next(); });
}

}  // namespace stkpy
