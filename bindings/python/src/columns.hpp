// Columns that other code may look at without copying them.
#pragma once

#include <memory>

#include "bindings/python/src/casters.hpp"

namespace stkpy {

// Shared by all views of it.
class Columns {
 public:
  explicit Columns(st::PositionColumns columns)
      : data_(std::make_shared<const st::PositionColumns>(std::move(columns))) {}
  [[nodiscard]] const std::shared_ptr<const st::PositionColumns>& data() const noexcept { return data_; }

 private:
  std::shared_ptr<const st::PositionColumns> data_;
};

// One column through the buffer protocol: read-only, of numbers.
struct Column {
  std::shared_ptr<const st::PositionColumns> owner;
  const void* first;
  std::size_t rows;
  std::size_t width;
  const char* format;
};

// stocktracker.frames, imported when it is needed.
py::object frames();
void bind_columns(py::module_& module);

}  // namespace stkpy
