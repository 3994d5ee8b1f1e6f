#pragma once

#include "app/node/log.hpp"
#include <rollcall/gateway_stats.hpp>
#include <rollcall/stats.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace rollcall::node {

/// A number of any type.
struct metric_value {
  template <class Number>
  metric_value(Number from) : number{static_cast<double>(from)} {
  }

  double number;
};

/// Writes metrics in the text format of Prometheus, version 0.0.4.
class metrics_text {
public:
  void gauge(std::string_view name, std::string_view help, metric_value value);
  void counter(std::string_view name, std::string_view help,
               metric_value value);

  /// Starts a gauge or counter whose values, one a label, follow by `labelled`.
  void gauges(std::string_view name, std::string_view help);
  void counters(std::string_view name, std::string_view help);
  void labelled(std::string_view name, std::string_view label,
                std::string_view label_value, metric_value value);

  /// A histogram in seconds.
  void histogram(std::string_view name, std::string_view help,
                 const duration_histogram& values);

  [[nodiscard]] const std::string& text() const noexcept {
    return text_;
  }

private:
  void head(std::string_view name, std::string_view help,
            std::string_view type);

  std::string text_;
};

/// Metrics of the presence runtime, the gateway, the log, and the process.
void append_runtime(metrics_text& out, const runtime_stats& stats);
void append_gateway(metrics_text& out, const gateway_stats& stats);
/// Metrics of the built-in channel.
void append_channels(metrics_text& out, const duration_histogram& track_time);
/// Requests for the page and the API that gave a wrong admin token, or were not
/// looked at after too many of them.
void append_admin(metrics_text& out, std::uint64_t wrong_token,
                  std::uint64_t too_often);
void append_log(metrics_text& out, const log_losses& lost);
void append_process(metrics_text& out);

} // namespace rollcall::node
