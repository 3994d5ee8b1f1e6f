#include "rollcall/types.hpp"

#include "crdt/dot.hpp"

namespace rollcall {

std::string tracked::phx_ref() const {
  return crdt::phx_ref_of(dot);
}

std::string tracked::phx_ref_prev() const {
  return crdt::phx_ref_of({dot.replica, previous_seq});
}

} // namespace rollcall
