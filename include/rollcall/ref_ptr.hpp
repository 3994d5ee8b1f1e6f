#pragma once

#include <type_traits>
#include <utility>

namespace rollcall {

/// Shares ownership of a `T` that counts its own references: eight bytes where
/// `std::shared_ptr` has sixteen and a control block. `retain(p)` and
/// `release(p)` are found beside `T`.
template <class T>
class ref_ptr {
public:
  /// Points to nothing.
  ref_ptr() noexcept = default;

  /// Takes a reference.
  explicit ref_ptr(T* pointer) noexcept : pointer_{pointer} {
    if (pointer_ != nullptr)
      retain(pointer_);
  }

  /// Takes one more reference.
  ref_ptr(const ref_ptr& other) noexcept : ref_ptr{other.pointer_} {
  }

  /// Takes the reference of `other`.
  ref_ptr(ref_ptr&& other) noexcept
      : pointer_{std::exchange(other.pointer_, nullptr)} {
  }

  /// From mutable to const.
  template <class U>
  requires std::is_convertible_v<U*, T*> ref_ptr(ref_ptr<U> other)
  noexcept : pointer_{other.detach()} {
  }

  ~ref_ptr() {
    if (pointer_ != nullptr)
      release(pointer_);
  }

  /// Drops what it had, and takes the reference of `other`.
  ref_ptr& operator=(ref_ptr other) noexcept {
    std::swap(pointer_, other.pointer_);
    return *this;
  }

  /// As of any pointer.
  ///@{
  [[nodiscard]] T* get() const noexcept {
    return pointer_;
  }

  T& operator*() const noexcept {
    return *pointer_;
  }

  T* operator->() const noexcept {
    return pointer_;
  }

  explicit operator bool() const noexcept {
    return pointer_ != nullptr;
  }
  ///@}

  /// Gives the reference away without dropping it.
  [[nodiscard]] T* detach() noexcept {
    return std::exchange(pointer_, nullptr);
  }

  /// Whether both point to the same object.
  friend bool operator==(const ref_ptr&, const ref_ptr&) = default;

private:
  T* pointer_ = nullptr;
};

} // namespace rollcall
