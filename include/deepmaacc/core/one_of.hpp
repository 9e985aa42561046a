#pragma once

/// \file
/// A value of one of many types, and visiting one of many. `std::variant` and `std::visit` make a handful of functions for each type in
/// each use: for fifty types that took a third of a program's compile time. These make one or two.

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <memory>
#include <new>
#include <tuple>
#include <type_traits>
#include <typeinfo>
#include <utility>

namespace deepmaacc {

namespace detail {

/// The position of a type in a list; the list's length where it is not there.
template <class Kind, class... Kinds>
constexpr std::size_t position_among() {
  std::size_t position = 0;
  static_cast<void>(((std::is_same_v<Kind, Kinds> || (++position, false)) || ...));
  return position;
}

/// Whether a value becomes one of a kind without losing anything, as in braces.
template <class Given, class Kind>
concept converts_whole = requires(Given&& given) {
  std::type_identity_t<Kind[]>{std::forward<Given>(given)};
};

/// The position of the type that a value becomes: its own, else the only one it converts to; the list's length where there is none.
template <class Given, class... Kinds>
constexpr std::size_t position_for() {
  constexpr std::size_t own = position_among<std::remove_cvref_t<Given>, Kinds...>();
  if constexpr (own < sizeof...(Kinds)) {
    return own;
  } else {
    std::size_t position = 0, found = sizeof...(Kinds), count = 0;
    ((converts_whole<Given, Kinds> ? (found = position++, ++count) : position++), ...);
    return count == 1 ? found : sizeof...(Kinds);
  }
}

struct any_box {
  any_box() = default;
  any_box(const any_box&) = delete;
  any_box& operator=(const any_box&) = delete;
  virtual ~any_box() = default;
};

template <class Kind>
struct box final : any_box {
  Kind value;
  template <class Given>
  box(std::in_place_t, Given&& given) : value(std::forward<Given>(given)) {}
};

/// A value that copies share.
class shared_value {
 public:
  template <class Kind, class Given>
  shared_value(std::in_place_type_t<Kind>, Given&& given) {
    const any_box* made = new box<Kind>(std::in_place, std::forward<Given>(given));  // as the base: so there is one kind of reference count
    held_.reset(made);
  }
  template <class Kind>
  const Kind& as() const {
    return static_cast<const box<Kind>&>(*held_).value;
  }

 private:
  std::shared_ptr<const any_box> held_;
};

/// A value that is copied as bytes are.
template <std::size_t Size, std::size_t Alignment>
class plain_value {
 public:
  template <class Kind, class Given>
  plain_value(std::in_place_type_t<Kind>, Given&& given) {
    ::new (static_cast<void*>(bytes_)) Kind(std::forward<Given>(given));
  }
  template <class Kind>
  const Kind& as() const {
    return *std::launder(reinterpret_cast<const Kind*>(bytes_));
  }

 private:
  alignas(Alignment) std::byte bytes_[Size]{};
};

template <class... Kinds>
using value_of_one = std::conditional_t<((std::is_trivially_copyable_v<Kinds> && std::is_copy_constructible_v<Kinds>)&&...),
                                        plain_value<std::max({sizeof(Kinds)...}), std::max({alignof(Kinds)...})>, shared_value>;

template <class Result, class Kind, class Visitor, class Value>
Result visit_as(Visitor& visitor, const Value& held) {
  return visitor(held.template as<Kind>());
}

template <class Result, class Kind, class... Rest, class Visitor, class Value>
Result visit_in_turn(Visitor& visitor, const Value& held, std::size_t position) {
  if constexpr (sizeof...(Rest) > 0) {
    if (position > 0) return visit_in_turn<Result, Rest...>(visitor, held, position - 1);
  }
  return visitor(held.template as<Kind>());
}

}  // namespace detail

/// A value of one of several types, each there once. It does not change. Copies share it, but for types that are all copied as bytes are;
/// what was moved from may only be assigned to or destroyed.
template <class... Kinds>
class one_of {
  using first_type = std::tuple_element_t<0, std::tuple<Kinds...>>;

 public:
  /// The position of a type, from 0.
  template <class Kind>
  static constexpr std::size_t position_of = detail::position_among<Kind, Kinds...>();

  /// The first type's default.
  one_of() requires(std::is_default_constructible_v<first_type>) : one_of(first_type{}) {}
  /// Of a value of one of the types, or of one that converts, without narrowing, to one of them alone.
  template <class Given>
  requires(!std::same_as<std::remove_cvref_t<Given>, one_of> && detail::position_for<Given, Kinds...>() < sizeof...(Kinds))
      // NOLINTNEXTLINE(bugprone-forwarding-reference-overload): its requires keeps copies out, which the check does not read
      one_of(Given&& given)
      : one_of(std::in_place_type<std::tuple_element_t<detail::position_for<Given, Kinds...>(), std::tuple<Kinds...>>>,
               std::forward<Given>(given)) {}

  /// Calls `visit.operator()<Kind>()` for every type, in order.
  template <class Visit>
  static void for_each_kind(const Visit& visit) {
    (visit.template operator()<Kinds>(), ...);
  }

  std::size_t index() const { return position_; }
  template <class Kind>
  requires(position_of<Kind> < sizeof...(Kinds)) bool holds() const { return position_ == position_of<Kind>; }
  /// The value where it has this type, else null.
  template <class Kind>
  const Kind* get_if() const {
    return holds<Kind>() ? &held_.template as<Kind>() : nullptr;
  }
  /// The value.
  /// \throws std::bad_cast where it has another type
  template <class Kind>
  const Kind& as() const {
    if (!holds<Kind>()) throw std::bad_cast();
    return held_.template as<Kind>();
  }

  /// Calls `visitor` with the value as its own type; what it returns has the same type for all.
  template <class Visitor>
  decltype(auto) visit(Visitor&& visitor) const {
    using visiting = std::remove_reference_t<Visitor>;
    using result = decltype(visitor(std::declval<const first_type&>()));
    static_assert((std::is_same_v<result, decltype(visitor(std::declval<const Kinds&>()))> && ...));
    using value_type = detail::value_of_one<Kinds...>;
    if constexpr (sizeof...(Kinds) < 10) {  // so few compilers may inline, which is worth 7 % of LeNet-5's analysis
      return detail::visit_in_turn<result, Kinds...>(visitor, held_, position_);
    } else {
      using call = result (*)(visiting&, const value_type&);
      static constexpr call calls[] = {&detail::visit_as<result, Kinds, visiting, value_type>...};
      return calls[position_](visitor, held_);
    }
  }

 private:
  template <class Kind, class Given>
  one_of(std::in_place_type_t<Kind> kind, Given&& given) : position_(position_of<Kind>), held_(kind, std::forward<Given>(given)) {}

  std::size_t position_;
  detail::value_of_one<Kinds...> held_;
};

}  // namespace deepmaacc
