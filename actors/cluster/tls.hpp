#pragma once

#include "actors/cluster/link_config.hpp"

#include <caf/expected.hpp>

#include <boost/asio/ssl/context.hpp>

#include <memory>

namespace rollcall {

/// Loads the three files and makes a context for both directions: TLS 1.2 or
/// later, the peer must show a certificate that leads to the authority, no
/// resumption, no renegotiation. Everything that can be wrong with the files
/// is found here, before the node listens.
///
/// Errors: `ec::invalid_config`, naming the file and what is wrong: not
///         there, not readable, not PEM, key of another certificate, not yet
///         or no longer valid, not signed by the authority, of another node.
[[nodiscard]] caf::expected<std::shared_ptr<boost::asio::ssl::context>>
make_tls_context(const link_config& settings);

} // namespace rollcall
