#pragma once

#include "actors/cluster/link.hpp"
#include "actors/cluster/node_id.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/exit_reason.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <boost/test/unit_test.hpp>
#include <poll.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <future>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

/// What the tests of links share. Waiting is always for an event, with a
/// deadline that only a broken program or a very slow machine reaches.
namespace rollcall::test {

inline constexpr std::chrono::seconds patience{10};

/// Links come and go on their own thread; a test waits for what it expects.
class event_log {
public:
  link_events events() {
    return {.up = [this](const link_up& event) { add(ups_, event); },
            .down = [this](const link_down& event) { add(downs_, event); }};
  }

  /// The next link that came up; fails the test if none does.
  link_up next_up() {
    return next(ups_, ups_taken_);
  }

  link_down next_down() {
    return next(downs_, downs_taken_);
  }

  [[nodiscard]] std::size_t downs() const {
    std::lock_guard guard{mutex_};
    return downs_.size();
  }

private:
  template <class T>
  void add(std::vector<T>& events, const T& event) {
    {
      std::lock_guard guard{mutex_};
      events.push_back(event);
    }
    changed_.notify_all();
  }

  template <class T>
  T next(std::vector<T>& events, std::size_t& taken) {
    std::unique_lock guard{mutex_};
    BOOST_REQUIRE(changed_.wait_for(guard, patience,
                                    [&] { return events.size() > taken; }));
    return events[taken++];
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<link_up> ups_;
  std::vector<link_down> downs_;
  std::size_t ups_taken_ = 0;
  std::size_t downs_taken_ = 0;
};

/// Certificates for the whole run: an authority with nodes `a` and `b`, and a
/// `stranger` of another authority.
inline const std::filesystem::path& certificates() {
  static const auto folder = [] {
    const auto path = std::filesystem::temp_directory_path()
                      / ("rollcall-link-test-" + std::to_string(::getpid()));
    const std::string script = MAKE_TEST_CA;
    const auto command = "'" + script + "' " + path.string() + " a b && '"
                         + script + "' " + path.string()
                         + "/other stranger && DAYS=0 '" + script + "' "
                         + path.string() + " expired";
    BOOST_REQUIRE(std::system(command.c_str()) == 0);
    std::atexit([] {
      std::error_code ignored;
      std::filesystem::remove_all(certificates(), ignored);
    });
    return path;
  }();
  return folder;
}

inline link_config plaintext() {
  return {};
}

/// Mutual TLS as node `name`. `authority` is a folder below the certificates.
inline link_config tls_as(const std::string& name,
                          const std::string& authority = "") {
  link_config settings;
  const auto folder = certificates() / authority;
  settings.certificate_file = folder / (name + ".crt");
  settings.key_file = folder / (name + ".key");
  settings.authority_file = folder / "ca.crt";
  return settings;
}

struct system_config : caf::actor_system_config {
  system_config() {
    configure_links(*this);
    set("scheduler.max-threads", std::size_t{2});
  }
};

/// Sends back what it gets, after `discard` nothing.
inline caf::behavior echo() {
  return {[](const std::string& text) { return text; },
          [](int number) { return number; },
          [](caf::close_atom, const std::string&) {}};
}

/// One node of a cluster: an actor system, its links, and an echo.
class node {
public:
  explicit node(const link_config& settings) {
    auto made = cluster_link::make(system_, settings, echo_, log.events());
    BOOST_REQUIRE_MESSAGE(made, why_not(made));
    links = std::move(*made);
    auto bound = links->listen("127.0.0.1", 0);
    BOOST_REQUIRE_MESSAGE(bound, why_not(bound));
    port = *bound;
  }

  ~node() {
    links.reset();
    caf::anon_send_exit(echo_, caf::exit_reason::user_shutdown);
  }

  node(const node&) = delete;
  node& operator=(const node&) = delete;

  std::future<caf::expected<link_peer>> start_connect(const std::string& host,
                                                      std::uint16_t to) {
    auto promise = std::make_shared<std::promise<caf::expected<link_peer>>>();
    links->connect(host, to, [promise](caf::expected<link_peer> outcome) {
      promise->set_value(std::move(outcome));
    });
    return promise->get_future();
  }

  caf::expected<link_peer> connect(std::uint16_t to,
                                   const std::string& host = "127.0.0.1") {
    auto outcome = start_connect(host, to);
    BOOST_REQUIRE((outcome.wait_for(patience) == std::future_status::ready));
    return outcome.get();
  }

  /// As `connect`, where nothing else than success will do.
  link_peer join(std::uint16_t to) {
    auto outcome = connect(to);
    BOOST_REQUIRE_MESSAGE(outcome, why_not(outcome));
    return *outcome;
  }

  /// Sends `question` to an echo. @returns the answer, or none for an error.
  template <class T>
  std::optional<T> ask(const caf::actor& whom, const T& question,
                       std::chrono::milliseconds timeout = patience) {
    std::optional<T> answer;
    caf::scoped_actor self{system_};
    self->request(whom, timeout, question)
        .receive([&](const T& got) { answer = got; }, [](caf::error&) {});
    return answer;
  }

  /// What is wrong, in words; empty if nothing is.
  template <class T>
  std::string why_not(const caf::expected<T>& outcome) {
    return outcome ? std::string{} : system_.render(outcome.error());
  }

  /// Whether the node still does its work, seen from a new peer.
  bool is_well() {
    return ask<int>(echo_, 7) == 7;
  }

  caf::actor_system& system() {
    return system_;
  }

  const caf::actor& published() const {
    return echo_;
  }

private:
  system_config settings_;
  caf::actor_system system_{settings_};
  caf::actor echo_ = system_.spawn(echo);

public:
  event_log log;
  std::unique_ptr<cluster_link> links;
  std::uint16_t port = 0;
};

inline link_error code_of(const caf::expected<link_peer>& outcome) {
  return outcome ? link_error::none
                 : static_cast<link_error>(outcome.error().code());
}

struct two_nodes {
  node a{tls_as("a")};
  node b{tls_as("b")};
};

/// Waits for something that has no event. @returns whether it came to be.
template <class F>
[[nodiscard]] bool eventually(F condition) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (!condition())
    if (std::chrono::steady_clock::now() > end)
      return false;
    else
      ::poll(nullptr, 0, 5);
  return true;
}

/// CPU time that this process has used.
inline std::chrono::nanoseconds cpu_time() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return std::chrono::seconds{now.tv_sec}
         + std::chrono::nanoseconds{now.tv_nsec};
}

} // namespace rollcall::test

namespace rollcall {

inline std::ostream& operator<<(std::ostream& out, link_error code) {
  return out << to_string(code);
}

inline std::ostream& operator<<(std::ostream& out, frame_verdict verdict) {
  return out << to_string(verdict);
}

} // namespace rollcall
