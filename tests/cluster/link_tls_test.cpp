#include "tests/cluster/hostile_client.hpp"
#include "tests/cluster/link_fixture.hpp"
#include "tests/support/contains.hpp"

#include <fstream>

namespace rollcall::test {

namespace {

/// Why these settings make no links.
std::string refusal_of(const link_config& settings) {
  system_config config;
  caf::actor_system system{config};
  auto made = cluster_link::make(system, settings, {});
  return made ? std::string{} : system.render(made.error());
}

std::filesystem::path write(const std::string& name, const std::string& text) {
  const auto path = certificates() / name;
  std::ofstream{path} << text;
  return path;
}

} // namespace

BOOST_AUTO_TEST_SUITE(tls_settings_tests)

BOOST_AUTO_TEST_CASE(good_certificates_load) {
  BOOST_TEST(refusal_of(tls_as("a")) == "");
}

BOOST_AUTO_TEST_CASE(a_missing_file_is_named) {
  auto settings = tls_as("a");
  settings.key_file = "/nowhere/a.key";
  BOOST_TEST(contains(refusal_of(settings), "/nowhere/a.key"));
  BOOST_TEST(contains(refusal_of(settings), "No such file"));
}

BOOST_AUTO_TEST_CASE(a_folder_is_not_a_certificate) {
  auto settings = tls_as("a");
  settings.certificate_file = certificates();
  BOOST_TEST(contains(refusal_of(settings), "cannot be read"));
}

BOOST_AUTO_TEST_CASE(a_file_without_pem_is_named) {
  auto settings = tls_as("a");
  settings.authority_file = write("garbage.crt", "garbage");
  BOOST_TEST(contains(refusal_of(settings), "garbage.crt"));
  settings = tls_as("a");
  settings.key_file = write("garbage.key", "garbage");
  BOOST_TEST(contains(refusal_of(settings), "garbage.key"));
}

BOOST_AUTO_TEST_CASE(the_key_of_another_certificate_is_refused) {
  auto settings = tls_as("a");
  settings.key_file = tls_as("b").key_file;
  BOOST_TEST(
      contains(refusal_of(settings), "is not the key of the certificate"));
}

BOOST_AUTO_TEST_CASE(an_expired_certificate_is_refused_at_start) {
  BOOST_TEST(contains(refusal_of(tls_as("expired")), "expired"));
}

BOOST_AUTO_TEST_CASE(a_certificate_of_another_authority_is_refused_at_start) {
  auto settings = tls_as("a");
  settings.authority_file = tls_as("stranger", "other").authority_file;
  BOOST_TEST(!refusal_of(settings).empty());
}

BOOST_AUTO_TEST_CASE(half_of_the_files_is_an_error) {
  auto settings = tls_as("a");
  settings.authority_file.clear();
  BOOST_TEST(contains(refusal_of(settings), "all three, or none"));
}

BOOST_AUTO_TEST_CASE(settings_out_of_bounds_are_errors) {
  link_config settings;
  settings.links_max = 0;
  BOOST_TEST(contains(refusal_of(settings), "links_max is 0"));
  settings = {};
  settings.frame_bytes_max = 1024;
  BOOST_TEST(contains(refusal_of(settings), "frame_bytes_max"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(tls_peer_tests)

BOOST_AUTO_TEST_CASE(a_peer_of_another_authority_is_refused_by_both_sides) {
  node ours{tls_as("a")};
  node stranger{tls_as("stranger", "other")};
  BOOST_TEST(code_of(stranger.connect(ours.port)) == link_error::untrusted);
  const auto outcome = ours.connect(stranger.port);
  BOOST_TEST(code_of(outcome) == link_error::untrusted);
  BOOST_TEST(contains(ours.why_not(outcome), "certificate"));
  BOOST_TEST(ours.links->stats().links_opened == 0u);
  BOOST_TEST(stranger.links->stats().links_opened == 0u);
  BOOST_TEST(eventually(
      [&] { return ours.links->stats().rejected_for(link_reject::tls) == 2; }));
}

BOOST_AUTO_TEST_CASE(a_client_without_certificate_is_refused) {
  node ours{tls_as("a")};
  hostile_client client{ours.port, link_config{}};
  BOOST_TEST(!client.say_hello(some_node(1)));
  BOOST_TEST(client.is_closed_by_peer());
  BOOST_TEST(eventually(
      [&] { return ours.links->stats().rejected_for(link_reject::tls) == 1; }));
}

BOOST_AUTO_TEST_CASE(
    a_client_that_ignores_our_authority_is_refused_by_its_own) {
  node ours{tls_as("a")};
  hostile_client client{ours.port, tls_as("stranger", "other")};
  BOOST_TEST(!client.say_hello(some_node(1)));
  BOOST_TEST(client.is_closed_by_peer());
  BOOST_TEST(eventually(
      [&] { return ours.links->stats().rejected_for(link_reject::tls) == 1; }));
}

BOOST_AUTO_TEST_CASE(a_peer_without_tls_is_refused_by_a_node_with) {
  node ours{tls_as("a")};
  node plain{plaintext()};
  BOOST_TEST(code_of(plain.connect(ours.port)) == link_error::handshake);
  BOOST_TEST(eventually([&] {
    return ours.links->stats().rejected_for(link_reject::plaintext) == 1;
  }));
}

BOOST_AUTO_TEST_CASE(a_node_with_tls_does_not_talk_to_one_without) {
  node ours{tls_as("a")};
  node plain{plaintext()};
  BOOST_TEST(code_of(ours.connect(plain.port)) == link_error::handshake);
  BOOST_TEST(ours.links->stats().links_opened == 0u);
}

BOOST_AUTO_TEST_CASE(a_host_name_is_checked_if_asked_for) {
  node ours{with(tls_as("a"), &link_config::check_host_name, true)};
  node other{tls_as("b")};
  BOOST_TEST(!!ours.connect(other.port, "127.0.0.1"));
  const auto elsewhere = other.links->listen("127.0.0.2", 0);
  BOOST_REQUIRE(!!elsewhere);
  BOOST_TEST(code_of(ours.connect(*elsewhere, "127.0.0.2"))
             == link_error::untrusted);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(tls_reload_tests)

namespace {

void copy_over(const link_config& from, const link_config& to) {
  using std::filesystem::copy_options;
  const auto copy = [](const auto& source, const auto& target) {
    std::filesystem::copy_file(source, target,
                               copy_options::overwrite_existing);
  };
  copy(from.certificate_file, to.certificate_file);
  copy(from.key_file, to.key_file);
  copy(from.authority_file, to.authority_file);
}

/// A node whose files can be exchanged.
struct reloading {
  reloading() {
    std::filesystem::create_directories(certificates() / "live");
    copy_over(tls_as("a"), files);
  }

  link_config files = tls_as("live", "live");
};

} // namespace

BOOST_FIXTURE_TEST_CASE(new_certificates_are_for_new_connections, reloading) {
  node ours{files};
  node old{tls_as("b")};
  node stranger{tls_as("stranger", "other")};
  const auto peer = old.join(ours.port);
  copy_over(tls_as("stranger", "other"), files);
  BOOST_TEST(!ours.links->reload_certificates());
  stranger.join(ours.port);
  node late{tls_as("c")};
  BOOST_TEST(code_of(late.connect(ours.port)) == link_error::untrusted);
  BOOST_TEST(*old.ask(peer.published, 3) == 3);
}

BOOST_FIXTURE_TEST_CASE(bad_certificates_change_nothing, reloading) {
  node ours{files};
  std::ofstream{files.certificate_file} << "garbage";
  const auto failed = ours.links->reload_certificates();
  BOOST_TEST(contains(caf::to_string(failed), "live.crt"));
  node other{tls_as("b")};
  BOOST_TEST(!!other.connect(ours.port));
}

BOOST_AUTO_TEST_CASE(there_is_nothing_to_reload_without_tls) {
  node ours{plaintext()};
  BOOST_TEST(contains(caf::to_string(ours.links->reload_certificates()),
                      "without certificates"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(plaintext_tests)

BOOST_AUTO_TEST_CASE(plaintext_stays_on_the_machine) {
  node ours{plaintext()};
  const auto bound = ours.links->listen("0.0.0.0", 0);
  BOOST_REQUIRE(!bound);
  BOOST_TEST(contains(ours.why_not(bound), "allow-plaintext"));
  BOOST_TEST(code_of(ours.connect(1, "192.0.2.1")) == link_error::plaintext);
  BOOST_TEST(ours.links->stats().rejected_for(link_reject::plaintext) == 2u);
}

BOOST_AUTO_TEST_CASE(plaintext_leaves_the_machine_if_allowed) {
  node ours{with(plaintext(), &link_config::allow_plaintext, true)};
  BOOST_TEST(!!ours.links->listen("0.0.0.0", 0));
}

BOOST_AUTO_TEST_CASE(a_port_in_use_is_an_error) {
  node ours{plaintext()};
  node other{plaintext()};
  const auto bound = ours.links->listen("127.0.0.1", other.port);
  BOOST_REQUIRE(!bound);
  BOOST_TEST(contains(ours.why_not(bound), "in use"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace rollcall::test
