/// Submits a call as an operation, after its permission was checked.
#pragma once

#include <memory>
#include <type_traits>
#include <utility>

#include <stocktracker/ports/operation.hpp>
#include <stocktracker/ports/ports.hpp>

#include "core/caught.hpp"

namespace stocktracker::inline v0 {

/// `call` gets the context to call the service with and returns Result<T>; it enters as every call does. A timeout
/// counts from here, so that time in the queue is part of it. Errc::overloaded if the queue is full.
template <class T, class F>
[[nodiscard]] Result<Operation<T>> submit_call(const Ports& ports, Lane lane, Permission permission,
                                               const CallContext& given, F call) {
  STK_TRY(const auto entered, enter(ports, given, permission));  // until the task is in the queue: `close` waits for it
  auto shared = std::make_shared<typename Operation<T>::Shared>(given.stop);
  CallContext context = given.started(ports.clock->now());
  context.stop = shared->state.stop();
  auto task = [shared, context = std::move(context), call = std::move(call)]() mutable {
    shared->result.emplace(caught("the submitted call", [&]() -> Result<T> { return call(context); }));
    shared->state.finish();
  };
  STK_TRY(ports.executor->submit(lane, std::move(task), entered.tenant));
  return Operation<T>(std::move(shared));
}

}  // namespace stocktracker::inline v0
