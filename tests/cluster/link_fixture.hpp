#pragma once

#include "actors/cluster/link.hpp"
#include "actors/cluster/node_id.hpp"
#include "messages/type_ids.hpp"
#include "tests/cluster/certificates.hpp"

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
#include <map>
#include <memory>
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

inline link_config plaintext() {
  return {};
}

/// The same settings, but for one.
template <class T>
link_config with(link_config settings, T link_config::*setting,
                 std::type_identity_t<T> value) {
  settings.*setting = std::move(value);
  return settings;
}

struct system_config : caf::actor_system_config {
  system_config() {
    configure_links(*this);
    add_message_types<caf::id_block::rollcall>();
    set("scheduler.max-threads", std::size_t{2});
  }
};

/// Answers to questions that went over links, by the number of the question.
class answers {
public:
  void put(const std::string& frame) {
    const auto colon = frame.find(':');
    {
      const std::lock_guard guard{mutex_};
      texts_[frame.substr(0, colon)] = frame.substr(colon + 1);
    }
    changed_.notify_all();
  }

  std::optional<std::string> wait_for(const std::string& number,
                                      std::chrono::milliseconds timeout) {
    std::unique_lock guard{mutex_};
    if (!changed_.wait_for(guard, timeout,
                           [&] { return texts_.contains(number); }))
      return std::nullopt;
    return texts_.at(number);
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, std::string> texts_;
};

/// What a node publishes: sends questions back as answers, keeps answers, and
/// ignores all other frames. Numbers are for callers of the same node.
inline caf::behavior echo(caf::event_based_actor* self,
                          std::shared_ptr<answers> kept) {
  return {[self, kept](const wire_frame& frame) {
            if (frame.bytes.starts_with('?') && self->current_sender())
              self->send(caf::actor_cast<caf::actor>(self->current_sender()),
                         wire_frame{"!" + frame.bytes.substr(1)});
            else if (frame.bytes.starts_with('!'))
              kept->put(frame.bytes.substr(1));
          },
          [](int number) { return number; }};
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

  /// Sends `question` to the echo of another node. @returns the answer, or
  /// none if it does not come.
  std::optional<std::string> ask(const caf::actor& whom,
                                 const std::string& question,
                                 std::chrono::milliseconds timeout = patience) {
    const auto number = std::to_string(++questions_);
    send(whom, "?" + number + ":" + question);
    return answers_->wait_for(number, timeout);
  }

  std::optional<int> ask(const caf::actor& whom, int question,
                         std::chrono::milliseconds timeout = patience) {
    const auto answer = ask(whom, std::to_string(question), timeout);
    return answer ? std::optional{std::stoi(*answer)} : std::nullopt;
  }

  /// Sends what no echo answers.
  void send(const caf::actor& whom, std::string text) {
    caf::send_as(echo_, whom, wire_frame{std::move(text)});
  }

  /// What is wrong, in words; empty if nothing is.
  template <class T>
  std::string why_not(const caf::expected<T>& outcome) {
    return outcome ? std::string{} : system_.render(outcome.error());
  }

  /// Whether the node still does its work, seen from a new peer.
  bool is_well() {
    bool is_answered = false;
    caf::scoped_actor self{system_};
    self->request(echo_, patience, 7)
        .receive([&](int got) { is_answered = got == 7; }, [](caf::error&) {});
    return is_answered;
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
  std::shared_ptr<answers> answers_ = std::make_shared<answers>();
  caf::actor echo_ = system_.spawn(echo, answers_);
  int questions_ = 0;

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
