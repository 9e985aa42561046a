#pragma once

/// \file
/// A value of one of many types, and visiting one of many. `std::variant` and `std::visit` make a handful of functions for each type in
/// each use: for fifty types that took a third of a program's compile time. These make one or two.

#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>
#include <variant>

namespace deepmaacc {

namespace detail {

/// The position of a type in a list; the list's length where it is not there.
template <class Kind, class... Kinds>
constexpr std::size_t position_among() {
  std::size_t position = 0;
  static_cast<void>(((std::is_same_v<Kind, Kinds> || (++position, false)) || ...));
  return position;
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
  explicit box(Kind&& given) : value(std::move(given)) {}
};

template <class Result, class Kind, class Visitor>
Result visit_boxed(Visitor& visitor, const any_box& held) {
  return visitor(static_cast<const box<Kind>&>(held).value);
}

template <class Result, std::size_t Position, class Visitor, class Variant>
Result visit_alternative(Visitor& visitor, const Variant& one) {
  return visitor(*std::get_if<Position>(&one));
}

}  // namespace detail

/// A value of one of several types, each there once. It does not change, and copies share it; what was moved from may only be assigned to
/// or destroyed.
template <class... Kinds>
class one_of {
 public:
  /// The position of a type, from 0.
  template <class Kind>
  static constexpr std::size_t position_of = detail::position_among<Kind, Kinds...>();

  template <class Kind>
  requires(position_of<Kind> < sizeof...(Kinds)) one_of(Kind value) : position_(position_of<Kind>) {
    const detail::any_box* made = new detail::box<Kind>(std::move(value));  // as the base: so there is one kind of reference count
    held_.reset(made);
  }

  template <class Kind>
  requires(position_of<Kind> < sizeof...(Kinds)) bool holds() const { return position_ == position_of<Kind>; }
  /// The value where it has this type, else null.
  template <class Kind>
  const Kind* get_if() const {
    return holds<Kind>() ? &static_cast<const detail::box<Kind>&>(*held_).value : nullptr;
  }

  /// Calls `visitor` with the value as its own type; what it returns has the same type for all.
  template <class Visitor>
  decltype(auto) visit(Visitor&& visitor) const {
    using result = decltype(visitor(*first(static_cast<const one_of*>(nullptr))));
    using call = result (*)(std::remove_reference_t<Visitor>&, const detail::any_box&);
    static constexpr call calls[] = {&detail::visit_boxed<result, Kinds, std::remove_reference_t<Visitor>>...};
    return calls[position_](visitor, *held_);
  }

 private:
  template <class First, class... Rest>
  static const First* first(const one_of<First, Rest...>*);

  std::size_t position_;
  std::shared_ptr<const detail::any_box> held_;
};

/// Calls `visitor` with what a variant holds. What it returns has the same type for all.
template <class Visitor, class First, class... Rest>
decltype(auto) visit_one(Visitor&& visitor, const std::variant<First, Rest...>& one) {
  using visiting = std::remove_reference_t<Visitor>;
  using result = decltype(visitor(std::declval<const First&>()));
  using call = result (*)(visiting&, const std::variant<First, Rest...>&);
  return [&]<std::size_t... I>(std::index_sequence<I...>)->result {
    static constexpr call calls[] = {&detail::visit_alternative<result, I, visiting, std::variant<First, Rest...>>...};
    return calls[one.index()](visitor, one);
  }
  (std::index_sequence_for<First, Rest...>{});
}

}  // namespace deepmaacc
