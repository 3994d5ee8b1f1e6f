#include "actors/cluster/tell_codec.hpp"

#include "actors/cluster/bounded_source.hpp"
#include "messages/type_ids.hpp"
#include "rollcall/error.hpp"

#include <caf/binary_serializer.hpp>
#include <caf/uniform_type_info_map.hpp>

#include <fmt/format.h>

#include <exception>
#include <utility>

namespace rollcall {

namespace {

caf::error refuse(std::string why) {
  return make_error(ec::unknown_type, std::move(why));
}

} // namespace

tell_codec::tell_codec(caf::actor_system& system,
                       const std::vector<std::string>& types,
                       std::size_t bytes_max)
    : system_(system),
      types_(types.begin(), types.end()),
      bytes_max_(bytes_max) {
  types_.insert(caf::type_name<told_event>::value);
}

std::string tell_codec::all_types() const {
  return fmt::format("{}", fmt::join(types_, ", "));
}

caf::error tell_codec::check_types(const caf::message& message) const {
  if (message.empty())
    return refuse("the message is empty");
  const auto& names = system_.types();
  for (std::size_t i = 0; i < message.size(); ++i) {
    const auto& name = names.portable_name(message.type(i));
    if (name == names.default_type_name())
      return refuse("the message has a type without a CAF type id, which "
                    "cannot go to another node");
    if (!types_.contains(name))
      return refuse(fmt::format("the message has a {}; nodes exchange: {} (see "
                                "cluster_config::tell_types)",
                                name, all_types()));
  }
  return {};
}

caf::expected<std::string>
tell_codec::encode(const caf::message& message) const {
  if (auto problem = check_types(message))
    return problem;
  std::vector<char> bytes;
  try {
    caf::binary_serializer sink{system_, bytes};
    if (auto failed = message.save(sink))
      return refuse(fmt::format("the message cannot be serialised: {}",
                                caf::to_string(failed)));
  } catch (const std::exception& thrown) {
    return refuse(
        fmt::format("the message cannot be serialised: {}", thrown.what()));
  }
  if (bytes.size() > bytes_max_)
    return make_error(ec::too_large,
                      fmt::format("the message has {} bytes; allowed: {} (see "
                                  "cluster_config::tell_bytes_max)",
                                  bytes.size(), bytes_max_));
  std::string result{bytes.begin(), bytes.end()};
  // What the other node would refuse is better refused here, in words.
  if (!message.match_elements<told_event>())
    if (auto read = decode(result); !read)
      return std::move(read.error());
  return result;
}

caf::expected<caf::message> tell_codec::decode(std::string_view bytes) const {
  if (bytes.size() > bytes_max_)
    return make_error(ec::too_large);
  caf::message result;
  try {
    bounded_source source{system_, bytes, types_};
    if (auto failed = result.load(source))
      return refuse(fmt::format("the message cannot be read: {}",
                                caf::to_string(failed)));
    if (source.left() != 0 || result.empty())
      return refuse("the message has bytes that belong to nothing");
  } catch (const std::exception& thrown) {
    return refuse(fmt::format("the message cannot be read: {}", thrown.what()));
  }
  return result;
}

} // namespace rollcall
