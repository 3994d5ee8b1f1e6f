#include "actors/cluster/node_id.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>

#include <unistd.h>

#include <algorithm>
#include <random>
#include <vector>

namespace rollcall {

namespace {

// The actor system offers no way to set its id. Access checks do not apply to
// explicit instantiations, so this one may name the private member.
template <auto Member>
struct node_id_key {
  friend caf::node_id& node_of_system(caf::actor_system& system) {
    return system.*Member;
  }
};

caf::node_id& node_of_system(caf::actor_system& system);

template struct node_id_key<&caf::actor_system::node_>;

caf::node_id random_node_id() {
  std::random_device device;
  caf::node_id::default_data::host_id_type host;
  std::generate(host.begin(), host.end(),
                [&device] { return static_cast<std::uint8_t>(device()); });
  return caf::make_node_id(static_cast<std::uint32_t>(::getpid()), host);
}

/// Not a module in any other sense: `init` is the one place where the system
/// exists and nobody has read its id.
class unique_node_id final : public caf::actor_system::module {
public:
  explicit unique_node_id(caf::actor_system& system) : system_(system) {
    // nop
  }

  void start() override {
    // nop
  }

  void stop() override {
    // nop
  }

  void init(caf::actor_system_config&) override {
    node_of_system(system_) = random_node_id();
  }

  id_t id() const override {
    return opencl_manager;
  }

  void* subtype_ptr() override {
    return this;
  }

private:
  caf::actor_system& system_;
};

} // namespace

void use_unique_node_id(caf::actor_system_config& settings) {
  settings.module_factories.emplace_back(
      [](caf::actor_system& system) -> caf::actor_system::module* {
        return new unique_node_id(system);
      });
}

node_key key_of(const caf::node_id& node) {
  std::vector<char> bytes;
  caf::binary_serializer sink{nullptr, bytes};
  node_key key{};
  if (auto failed = inspect(static_cast<caf::serializer&>(sink), node);
      !failed && bytes.size() == key.size())
    std::transform(bytes.begin(), bytes.end(), key.begin(),
                   [](char c) { return static_cast<std::byte>(c); });
  return key;
}

caf::node_id node_of(const node_key& key) {
  constexpr std::size_t pid_at = sizeof(caf::atom_value);
  constexpr std::size_t host_at = pid_at + sizeof(std::uint32_t);
  std::uint32_t pid = 0;
  for (auto i = pid_at; i < host_at; ++i)
    pid = pid << 8 | std::to_integer<std::uint32_t>(key[i]);
  caf::node_id::default_data::host_id_type host;
  std::transform(key.begin() + host_at, key.end(), host.begin(),
                 std::to_integer<std::uint8_t>);
  auto node = caf::make_node_id(pid, host);
  return node->valid() && key_of(node) == key ? node : caf::node_id{};
}

} // namespace rollcall
