#pragma once

#include <openssl/types.h>

#include <string>
#include <string_view>
#include <vector>

namespace rollcall {

/// The names in a certificate's subject alternative name that a node may bear.
struct certificate_names {
  std::vector<std::string> nodes; ///< Of URIs `rollcall:NAME`, decoded.
  std::vector<std::string> hosts; ///< DNS names.
};

/// Reads them; `certificate` may be null.
[[nodiscard]] certificate_names names_in(X509* certificate);

/// Whether a node with such a certificate may call itself `node`. With a URI
/// `rollcall:NAME` it may bear that name only; without one a DNS name will do,
/// except `localhost`, which many certificates share.
[[nodiscard]] bool may_be(const certificate_names& names,
                          std::string_view node);

/// All names that `may_be` takes.
[[nodiscard]] std::vector<std::string>
names_allowed_by(const certificate_names& names);

/// The names that `may_be` takes, for people.
[[nodiscard]] std::string describe(const certificate_names& names);

/// The name of a node as a URI has it: with escapes, or as it is if one of them
/// is broken.
[[nodiscard]] std::string node_name_of(std::string_view encoded);

} // namespace rollcall
