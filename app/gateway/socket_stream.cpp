#include "app/gateway/socket_stream.hpp"

#include <algorithm>

namespace rollcall::channels {

transport::result socket_stream::read(std::span<char> into) {
  if (!received_.empty()) {
    const auto count = std::min(into.size(), received_.size());
    std::copy_n(received_.begin(), count, into.begin());
    received_.erase(0, count);
    return {count, transport::status::ok};
  }
  const auto result = bytes_.read(into);
  has_more_ = result.bytes > 0 && result.status == transport::status::ok;
  if (result.bytes > 0) {
    last_received_ = clock::now();
    counts_.bytes_in.add(result.bytes);
  }
  return result;
}

std::size_t socket_stream::write(const parts& from) {
  std::size_t size = 0;
  for (const auto part : from)
    size += part.size();
  std::size_t skip = 0;
  if (size > gathered_bytes_max && is_flushed()) {
    skip = bytes_.write(from).bytes;
    count_sent(skip);
  }
  for (auto part : from) {
    const auto gone = std::min(skip, part.size());
    part.remove_prefix(gone);
    skip -= gone;
    gathered_ += part;
  }
  return size;
}

std::size_t socket_stream::answer(const parts& from) {
  constexpr std::string_view empty_close{"\x88\0", 2};
  if (!std::exchange(answers_empty_, false))
    return write(from);
  write({empty_close});
  std::size_t size = 0;
  for (const auto part : from)
    size += part.size();
  return size;
}

transport::status socket_stream::flush() {
  while (!gathered_.empty()) {
    const std::string_view rest{gathered_};
    const auto result = bytes_.write({&rest, 1});
    count_sent(result.bytes);
    if (result.bytes == gathered_.size())
      std::string{}.swap(gathered_);
    else
      gathered_.erase(0, result.bytes);
    if (result.status != transport::status::ok)
      return result.status;
  }
  return transport::status::ok;
}

void socket_stream::count_sent(std::size_t bytes) {
  sent_ += bytes;
  counts_.bytes_out.add(bytes);
}

boost::system::error_code socket_stream::explain(transport::status status) {
  if (status == transport::status::closed)
    return boost::asio::error::eof;
  return boost::asio::error::would_block;
}

} // namespace rollcall::channels
