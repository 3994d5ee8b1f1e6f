#include "rollcall/types.hpp"

namespace rollcall {

std::string tracked::phx_ref() const {
  std::string result;
  crdt::append_phx_ref(result, dot);
  return result;
}

std::string tracked::phx_ref_prev() const {
  std::string result;
  if (previous_seq != 0)
    crdt::append_phx_ref(result, {dot.replica, previous_seq});
  return result;
}

} // namespace rollcall
