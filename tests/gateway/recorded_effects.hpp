#pragma once

#include "app/gateway/channel_table.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall::test {

/// Writes down what a channel table makes happen.
class recorded_effects : public channels::channel_effects {
public:
  void send(channels::encoded frame) override {
    sent.push_back(std::move(frame.bytes));
  }
  bool serves(std::string_view topic) override {
    return topic.starts_with("room:");
  }
  bool admits_join() override {
    return admits;
  }
  std::optional<std::string> renew(const channels::body& payload) override {
    if (takes_tokens)
      done.push_back("renew " + payload.bytes);
    return takes_tokens ? token_problem : std::nullopt;
  }
  std::unique_ptr<channels::channel> make_channel() override {
    auto made = std::make_unique<channels::channel>();
    made->id = ++last_id;
    return made;
  }
  std::string_view start(channels::channel& which,
                         channels::body params) override {
    done.push_back("start " + name(which) + " " + params.bytes);
    return start_problem;
  }
  void enter(channels::channel& which, presence_view view) override {
    done.push_back(
        "enter " + name(which)
        + (view == presence_view::state_and_diffs ? " with state" : ""));
  }
  void deliver(channels::channel& which, channels::message message) override {
    done.push_back("deliver " + name(which) + " " + message.event);
  }
  void leave(channels::channel& which) override {
    done.push_back("leave " + name(which));
  }
  void release(channels::channel& which, bool is_ended) override {
    done.push_back((is_ended ? "forget " : "stop ") + name(which));
  }
  void count(refusal why) override {
    refused.emplace_back(to_string(why));
  }
  void count_crash() override {
    refused.emplace_back("crash");
  }
  void close(channels::close_code, std::string_view reason,
             refusal why) override {
    done.push_back("close " + std::string{reason});
    count(why);
  }

  static std::string name(const channels::channel& which) {
    return which.topic + "#" + std::to_string(which.id);
  }

  std::vector<std::string> sent;
  std::vector<std::string> done;
  std::vector<std::string> refused;
  std::uint64_t last_id = 0;
  bool admits = true;
  std::string_view start_problem;
  bool takes_tokens = false;
  std::optional<std::string> token_problem = std::string{};
};

} // namespace rollcall::test
