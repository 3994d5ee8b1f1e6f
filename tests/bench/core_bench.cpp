// The replicated set without actors: what own writes, intervals, reads and
// memory cost, and the wire. `core_bench [LARGEST]`: presences of the largest
// set, 1000000 if not given.
#include "crdt/presence_set.hpp"
#include "crdt/wire/interval_wire.hpp"
#include "tests/bench/report.hpp"
#include "tests/support/random.hpp"

#include <malloc.h>

#include <cstdlib>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <vector>

using namespace rollcall;
using bench::keep;
using bench::median_of;
using bench::report;
using bench::stopwatch;
using crdt::presence_set;
using crdt::stored_entry;

namespace {

constexpr auto everything = std::numeric_limits<std::size_t>::max();
constexpr std::size_t runs = 7;
constexpr std::uint64_t seed = 1;

std::string topic_of(std::size_t number, std::size_t per_topic) {
  return "room:" + std::to_string(number / per_topic);
}

/// Keys come in no order.
std::string key_of(std::size_t number) {
  return "user" + std::to_string(number * 7'919 % 10'000'019);
}

/// About 40 bytes, two keys.
std::string meta_of(std::size_t number) {
  return R"({"online_at":")" + std::to_string(1'700'000'000 + number)
         + R"(","n":)" + std::to_string(number % 1'000) + "}";
}

/// The sum of all heaps and mapped blocks that are in use.
std::size_t heap_bytes() {
  const auto info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

struct shape {
  std::size_t count;
  std::size_t per_topic;
  bool has_one_owner = false;

  [[nodiscard]] std::uint64_t owner_of(std::size_t number) const {
    return has_one_owner ? 1 : number + 1;
  }
};

void fill(presence_set& set, const shape& how) {
  for (std::size_t i = 0; i < how.count; ++i)
    set.join(topic_of(i, how.per_topic),
             stored_entry::make(key_of(i), meta_of(i), how.owner_of(i)));
}

std::string label(std::string_view name, std::size_t count) {
  return std::string{name} + "_in_" + std::to_string(count);
}

// -- own writes ---------------------------------------------------------------

/// One kind of own write, on presences that are spread over the set.
template <class Write>
double time_writes(const shape& how, std::size_t count, Write write) {
  test::random_source random{seed};
  std::vector<std::size_t> which;
  std::vector<std::string> topics;
  std::vector<std::string> keys;
  std::vector<std::string> metas;
  for (std::size_t i = 0; i < count; ++i) {
    which.push_back(random.below(how.count));
    topics.push_back(topic_of(which[i], how.per_topic));
    keys.push_back(key_of(which[i]));
    metas.push_back(meta_of(which[i] + i));
  }
  const stopwatch watch;
  for (std::size_t i = 0; i < count; ++i)
    write(topics[i], keys[i], metas[i], how.owner_of(which[i]));
  return watch.seconds() * 1e9 / static_cast<double>(count);
}

void bench_writes(const shape& how) {
  presence_set set{{"writer", 1, 0, 0}};
  fill(set, how);
  const std::size_t count = std::min<std::size_t>(how.count, 100'000);
  const auto ns = [&](std::string_view name, auto write) {
    report("core", label(name, how.count),
           median_of(runs, [&] { return time_writes(how, count, write); }),
           "ns");
  };
  ns("update", [&](const auto& topic, const auto& key, const auto& meta,
                   std::uint64_t owner) {
    keep(set.update(topic, stored_entry::make(key, meta, owner)));
  });
  ns("leave_and_join", [&](const auto& topic, const auto& key, const auto& meta,
                           std::uint64_t owner) {
    keep(set.leave(topic, key, owner));
    keep(set.join(topic, stored_entry::make(key, meta, owner)));
  });
  ns("join_of_another_owner_and_leave_of_it", [&](const auto& topic,
                                                  const auto& key,
                                                  const auto& meta,
                                                  std::uint64_t owner) {
    keep(set.join(topic, stored_entry::make(key, meta, owner + 1'000'000'000)));
    keep(set.leave(topic, key, owner + 1'000'000'000));
  });
  set.pin("nobody");
}

void bench_bulk_join(const shape& how) {
  std::vector<std::string> topics;
  std::vector<std::string> keys;
  std::vector<std::string> metas;
  for (std::size_t i = 0; i < how.count; ++i) {
    topics.push_back(topic_of(i, how.per_topic));
    keys.push_back(key_of(i));
    metas.push_back(meta_of(i));
  }
  const auto ns = median_of(runs, [&] {
    presence_set set{{"writer", 1, 0, 0}};
    const stopwatch watch;
    for (std::size_t i = 0; i < how.count; ++i)
      keep(set.join(topics[i],
                    stored_entry::make(keys[i], metas[i], how.owner_of(i))));
    return watch.seconds() * 1e9 / static_cast<double>(how.count);
  });
  report("core", label("join_until", how.count), ns, "ns");
}

// -- intervals ----------------------------------------------------------------

/// Fifty leaves and fifty joins; presences in the set stay as many.
void churn(presence_set& writer, const shape& how, std::size_t& oldest,
           std::size_t& newest) {
  for (int i = 0; i < 50; ++i) {
    const auto owner = how.owner_of(oldest);
    writer.leave(topic_of(oldest % how.count, how.per_topic), key_of(oldest),
                 owner);
    ++oldest;
    writer.join(topic_of(newest % how.count, how.per_topic),
                stored_entry::make(key_of(newest), meta_of(newest),
                                   how.owner_of(newest)));
    ++newest;
  }
}

/// @returns seconds of applying alone, of an interval of 100 in the median.
double time_applies(presence_set& writer, presence_set& reader,
                    const shape& how, std::size_t& oldest, bool with_wire) {
  auto newest = oldest + how.count;
  const auto tag = writer.self_tag();
  return median_of(301, [&] {
    churn(writer, how, oldest, newest);
    const auto news
        = writer.make_interval(tag, reader.progress_of(tag), everything);
    std::string packet;
    wire::encode(*news, packet);
    crdt::interval received;
    crdt::changes out;
    if (!with_wire)
      keep(wire::decode(std::as_bytes(std::span{packet}), received));
    const stopwatch watch;
    if (with_wire)
      keep(wire::decode(std::as_bytes(std::span{packet}), received));
    keep(reader.apply(received, out));
    return watch.seconds();
  });
}

void bench_intervals(const shape& how) {
  presence_set writer{{"writer", 1, 0, 0}};
  presence_set reader{{"reader", 1, 0, 0}};
  reader.know(writer.self(), true);
  fill(writer, how);
  const auto tag = writer.self_tag();
  const stopwatch make_watch;
  const auto all = writer.make_interval(tag, {}, everything);
  report("core", label("make_full_interval", how.count),
         make_watch.seconds() * 1e3, "ms");
  std::string packet;
  const stopwatch encode_watch;
  wire::encode(*all, packet);
  const auto count = static_cast<double>(how.count);
  report("wire", label("encode", how.count),
         count / encode_watch.seconds() / 1e6, "M/s");
  report("wire", label("bytes_per_presence", how.count),
         static_cast<double>(packet.size()) / count, "bytes");
  crdt::interval received;
  const stopwatch decode_watch;
  keep(wire::decode(std::as_bytes(std::span{packet}), received));
  report("wire", label("decode", how.count),
         count / decode_watch.seconds() / 1e6, "M/s");
  crdt::changes out;
  const stopwatch apply_watch;
  keep(reader.apply(received, out));
  report("core", label("apply_full_interval", how.count),
         count / apply_watch.seconds() / 1e6, "M/s");
  out = {};
  received = {};
  std::size_t oldest = 0;
  report("core", label("apply_100", how.count),
         time_applies(writer, reader, how, oldest, false) * 1e6, "us");
  report("core", label("decode_and_apply_100", how.count),
         time_applies(writer, reader, how, oldest, true) * 1e6, "us");
}

/// Joins alone and leaves alone, a hundred to a packet.
void bench_delta_bytes() {
  const shape how{.count = 100, .per_topic = 10};
  presence_set set{{"writer", 1, 0, 0}};
  fill(set, {.count = 100'000, .per_topic = 10});
  const auto tag = set.self_tag();
  auto known = set.progress_of(tag);
  const auto bytes = [&](std::size_t writes) {
    std::string packet;
    wire::encode(*set.make_interval(tag, known, everything), packet);
    known = set.progress_of(tag);
    return static_cast<double>(packet.size()) / static_cast<double>(writes);
  };
  set.join("room:77",
           stored_entry::make("user4711", meta_of(4'711), 1'234'567));
  report("wire", "bytes_of_a_single_join", bytes(1), "bytes");
  set.leave("room:77", "user4711", 1'234'567);
  report("wire", "bytes_of_a_single_leave", bytes(1), "bytes");
  for (std::size_t i = 0; i < how.count; ++i)
    set.join(topic_of(i * 1'000, 10),
             stored_entry::make(key_of(i * 31 + 7), meta_of(i), 1'000'000 + i));
  report("wire", "bytes_per_join_of_100", bytes(100), "bytes");
  for (std::size_t i = 0; i < how.count; ++i)
    set.leave(topic_of(i * 1'000, 10), key_of(i * 31 + 7), 1'000'000 + i);
  report("wire", "bytes_per_leave_of_100", bytes(100), "bytes");
}

// -- reads --------------------------------------------------------------------

template <class Read>
void bench_read(const std::string& figure, Read read) {
  constexpr int count = 100'000;
  report("core", figure,
         median_of(runs,
                   [&] {
                     const stopwatch watch;
                     for (int i = 0; i < count; ++i)
                       read(static_cast<std::size_t>(i));
                     return watch.seconds() * 1e9 / count;
                   }),
         "ns");
}

void bench_reads(std::size_t size) {
  presence_set set{{"reader", 1, 0, 0}};
  fill(set, {.count = 100'000, .per_topic = 10});
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < size; ++i) {
    keys.push_back(key_of(i));
    set.join("room", stored_entry::make(keys.back(), meta_of(i), i));
  }
  bench_read(label("list_unchanged", size),
             [&](std::size_t) { keep(set.list("room").size()); });
  const auto snapshot = set.list("room");
  bench_read(label("get_by_key", size), [&](std::size_t i) {
    keep(snapshot.get(keys[i * 31 % keys.size()]).size());
  });
  bench_read(label("count", size),
             [&](std::size_t) { keep(set.topic("room")->keys()); });
  const auto* first = set.find("room", keys[0], 0);
  bench_read(label("update_and_list", size), [&](std::size_t i) {
    first = set.replace(*first, stored_entry::make(keys[0], meta_of(i), 0))
                .after.get();
    keep(set.list("room").size());
  });
}

/// A change in a large room, and then the last 50 places of it.
void bench_window(std::size_t size) {
  presence_set set{{"reader", 1, 0, 0}};
  for (std::size_t i = 0; i < size; ++i)
    set.join("room", stored_entry::make(key_of(i), meta_of(i), i));
  bench_read(label("leave_join_and_last_window", size), [&](std::size_t i) {
    const auto number = i * 31 % size;
    set.leave("room", key_of(number), number);
    set.join("room", stored_entry::make(key_of(number), "{}", number));
    const crdt::presence_range last{size - 50, 50};
    keep(set.topic("room")->windows({&last, 1}).size());
  });
}

// -- memory -------------------------------------------------------------------

void bench_memory(const shape& how, std::string_view name) {
  const auto before = heap_bytes();
  auto set = std::make_unique<presence_set>(crdt::replica_id{"a", 1, 0, 0});
  fill(*set, how);
  const auto own = heap_bytes();
  auto reader = std::make_unique<presence_set>(crdt::replica_id{"b", 1, 0, 0});
  reader->know(set->self(), true);
  {
    const auto all = set->make_interval(set->self_tag(), {}, everything);
    crdt::changes out;
    reader->apply(*all, out);
  }
  const auto remote = heap_bytes();
  const auto count = static_cast<double>(how.count);
  report("core", "bytes_per_presence_own_" + std::string{name},
         static_cast<double>(own - before) / count, "bytes");
  report("core", "bytes_per_presence_remote_" + std::string{name},
         static_cast<double>(remote - own) / count, "bytes");
}

} // namespace

int main(int argc, char** argv) {
  const auto largest = argc > 1 ? std::stoul(argv[1]) : 1'000'000ul;
  for (std::size_t count = 1'000; count <= largest; count *= 10) {
    bench_bulk_join({.count = count, .per_topic = 10});
    bench_writes({.count = count, .per_topic = 10});
    bench_intervals({.count = count, .per_topic = 10});
  }
  bench_delta_bytes();
  for (const std::size_t size : {10u, 1'000u, 10'000u})
    bench_reads(size);
  for (std::size_t size = 1'000; size <= largest; size *= 10)
    bench_window(size);
  constexpr std::size_t many = 200'000;
  bench_memory({many, 10, true}, "one_owner_10_per_topic");
  bench_memory({many, 10, false}, "owner_each_10_per_topic");
  bench_memory({many, 1'000, true}, "one_owner_1000_per_topic");
  bench_memory({many, 1'000, false}, "owner_each_1000_per_topic");
  return 0;
}
