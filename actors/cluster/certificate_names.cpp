#include "actors/cluster/certificate_names.hpp"

#include "text/percent.hpp"

#include <fmt/format.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <memory>

namespace rollcall {

namespace {

constexpr std::string_view scheme = "rollcall:";
constexpr std::string_view shared_host = "localhost";

/// As the bytes are: a NUL inside makes another name, not a shorter one.
std::string text_of(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<std::size_t>(ASN1_STRING_length(text))};
}

void add(certificate_names& out, const GENERAL_NAME& name) {
  if (name.type == GEN_DNS)
    out.hosts.push_back(text_of(name.d.dNSName));
  if (name.type != GEN_URI)
    return;
  const auto uri = text_of(name.d.uniformResourceIdentifier);
  if (uri.starts_with(scheme))
    out.nodes.push_back(
        node_name_of(std::string_view{uri}.substr(scheme.size())));
}

} // namespace

std::string node_name_of(std::string_view encoded) {
  return decode_percent(encoded).value_or(std::string{encoded});
}

certificate_names names_in(X509* certificate) {
  certificate_names result;
  if (certificate == nullptr)
    return result;
  const std::unique_ptr<GENERAL_NAMES, decltype(&GENERAL_NAMES_free)> all{
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(
          certificate, NID_subject_alt_name, nullptr, nullptr)),
      &GENERAL_NAMES_free};
  for (int i = 0; all && i < sk_GENERAL_NAME_num(all.get()); ++i)
    add(result, *sk_GENERAL_NAME_value(all.get(), i));
  return result;
}

bool may_be(const certificate_names& names, std::string_view node) {
  const auto& allowed = names.nodes.empty() ? names.hosts : names.nodes;
  if (names.nodes.empty() && node == shared_host)
    return false;
  return std::find(allowed.begin(), allowed.end(), node) != allowed.end();
}

std::vector<std::string> names_allowed_by(const certificate_names& names) {
  std::vector<std::string> result;
  for (const auto& name : names.nodes.empty() ? names.hosts : names.nodes)
    if (may_be(names, name))
      result.push_back(name);
  return result;
}

std::string describe(const certificate_names& names) {
  std::string result;
  for (const auto& name : names_allowed_by(names))
    result += (result.empty() ? "'" : ", '") + name + "'";
  return result.empty() ? "no node" : result;
}

} // namespace rollcall
