#pragma once

/// \file
/// A reference to a function object.

#include <concepts>
#include <memory>
#include <type_traits>
#include <utility>

namespace deepmaacc {

template <class Signature>
class function_ref;

/// Refers to a function object of any type, so that what takes it need be no template. Costs an indirect call; owns nothing.
template <class Result, class... Arguments>
class function_ref<Result(Arguments...)> {
 public:
  template <class Function>
  requires(std::is_object_v<std::remove_reference_t<Function>> && !std::same_as<std::remove_cvref_t<Function>, function_ref> &&
           // NOLINTNEXTLINE(bugprone-forwarding-reference-overload): its requires keeps copies out, which the check does not read
           std::is_invocable_r_v<Result, Function&, Arguments...>) function_ref(Function&& function)
      : function_(const_cast<void*>(static_cast<const void*>(std::addressof(function)))), call_([](void* referred, Arguments... arguments) {
          return static_cast<Result>((*static_cast<std::remove_reference_t<Function>*>(referred))(std::forward<Arguments>(arguments)...));
        }) {}

  Result operator()(Arguments... arguments) const { return call_(function_, std::forward<Arguments>(arguments)...); }

 private:
  void* function_;
  Result (*call_)(void*, Arguments...);
};

}  // namespace deepmaacc
