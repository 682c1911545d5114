// Arguments that are taken as objects, with the type that help() names.
#pragma once

#include "bindings/python/src/casters.hpp"

namespace stkpy {

// Type::name is what help() shows. The function that gets the argument checks it.
template <class Type>
struct TypedArgument {
  py::object value = py::none();
};

struct SecretOrNone {
  static constexpr auto name = py::detail::const_name("Optional[Secret]");
};
struct TenantOrNone {
  static constexpr auto name = py::detail::const_name("Union[str, Tenant, TenantId, None]");
};
struct KeyOrKeys {
  static constexpr auto name = py::detail::const_name("Union[str, Sequence[str]]");
};
struct ThreadCount {
  static constexpr auto name = py::detail::const_name("Union[bool, int]");
};
struct AuditCallable {
  static constexpr auto name = py::detail::const_name("Optional[Callable[[AuditEvent], object]]");
};
struct TransportOrNone {
  static constexpr auto name = py::detail::const_name("Union[HttpTransport, Transport, None]");
};
struct ClockOrNone {
  static constexpr auto name = py::detail::const_name("Union[Clock, TimeSource, None]");
};
struct TelemetryOrNone {
  static constexpr auto name = py::detail::const_name("Optional[Telemetry]");
};
struct KeysOrNone {
  static constexpr auto name = py::detail::const_name("Optional[KeyProvider]");
};

}  // namespace stkpy

namespace PYBIND11_NAMESPACE {
namespace detail {

template <class Type>
struct type_caster<stkpy::TypedArgument<Type>> {
  PYBIND11_TYPE_CASTER(stkpy::TypedArgument<Type>, Type::name);
  bool load(handle from, bool) {
    value.value = reinterpret_borrow<object>(from);
    return true;
  }
  static handle cast(const stkpy::TypedArgument<Type>& from, return_value_policy, handle) {
    return from.value.inc_ref();
  }
};

}  // namespace detail
}  // namespace PYBIND11_NAMESPACE
