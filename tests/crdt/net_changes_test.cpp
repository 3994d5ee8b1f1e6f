#include "crdt/net_changes.hpp"
#include "crdt/presence_set.hpp"
#include "crdt/stored_entry.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace rollcall;
using namespace rollcall::crdt;

namespace {

/// Changes of one topic, and their net effect in words: "+a -b ~c =d" for a
/// join, a leave, one that passed and one that returned.
struct one_run {
  /// As one version of a presence comes from the network: in an entry of its
  /// own each time.
  static entry_ptr received(const std::string& key, std::uint64_t seq) {
    return stored_entry::make(key, "{}", 0, dot{{1}, seq}, 0);
  }

  void shown(const std::string& key, std::uint64_t seq) {
    run.push_back({topic, {}, received(key, seq)});
  }

  void hidden(const std::string& key, std::uint64_t seq,
              leave_reason why = leave_reason::left) {
    run.push_back({topic, received(key, seq), {}, why});
  }

  void updated(const std::string& key, std::uint64_t before,
               std::uint64_t after) {
    run.push_back({topic, received(key, before), received(key, after)});
  }

  [[nodiscard]] static std::string text(const std::vector<leave_reason>& all) {
    std::string result;
    for (const auto why : all)
      result += (result.empty() ? "" : " ") + std::string{to_string(why)};
    return result;
  }

  /// Why each of the leaves left.
  [[nodiscard]] std::string reasons() const {
    return text(net_of(run).reasons);
  }

  [[nodiscard]] std::string net() const {
    const auto effect = net_of(run);
    std::string result;
    const auto add = [&](char sign, const std::vector<entry_ptr>& list) {
      for (const auto& one : list)
        result
            += (result.empty() ? "" : " ") + (sign + std::string{one->key()});
    };
    add('+', effect.joins);
    add('-', effect.leaves);
    add('~', effect.passed);
    add('=', effect.returned);
    return result;
  }

  topic_ptr topic;
  std::vector<change> run;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(net_changes_tests, one_run)

BOOST_AUTO_TEST_CASE(what_came_joins_and_what_went_leaves) {
  shown("a", 1);
  hidden("b", 2);
  BOOST_TEST(net() == "+a -b");
}

BOOST_AUTO_TEST_CASE(what_came_and_went_passed) {
  shown("a", 1);
  hidden("a", 1);
  BOOST_TEST(net() == "~a");
  shown("a", 1);
  BOOST_TEST(net() == "+a");
  hidden("a", 1);
  BOOST_TEST(net() == "~a");
}

BOOST_AUTO_TEST_CASE(what_went_and_came_back_returned) {
  hidden("a", 1);
  shown("a", 1);
  BOOST_TEST(net() == "=a");
  hidden("a", 1);
  BOOST_TEST(net() == "-a");
  shown("a", 1);
  BOOST_TEST(net() == "=a");
}

BOOST_AUTO_TEST_CASE(a_chain_of_updates_is_its_first_and_its_last_version) {
  hidden("a", 1);
  shown("a", 2);
  hidden("a", 2);
  shown("a", 3);
  BOOST_TEST(net() == "+a -a ~a");
}

BOOST_AUTO_TEST_CASE(a_leave_has_its_reason) {
  hidden("a", 1);
  hidden("b", 2, leave_reason::lost);
  updated("c", 3, 4);
  hidden("d", 5, leave_reason::node_down);
  BOOST_TEST(reasons() == "left lost updated node_down");
}

BOOST_AUTO_TEST_CASE(what_came_and_went_has_its_reason_as_well) {
  shown("a", 1);
  hidden("b", 2);
  updated("a", 1, 3);
  hidden("a", 3, leave_reason::kicked);
  shown("c", 4);
  hidden("c", 4, leave_reason::lost);
  BOOST_TEST(net() == "-b ~a ~a ~c");
  BOOST_TEST(one_run::text(net_of(run).passed_reasons) == "kicked kicked lost");
}

BOOST_AUTO_TEST_CASE(
    who_is_updated_and_then_leaves_does_not_leave_by_the_update) {
  updated("a", 1, 2);
  updated("a", 2, 3);
  BOOST_TEST(net() == "+a -a ~a");
  BOOST_TEST(reasons() == "updated");
  hidden("a", 3, leave_reason::kicked);
  BOOST_TEST(net() == "-a ~a ~a");
  BOOST_TEST(reasons() == "kicked");
}

BOOST_AUTO_TEST_CASE(who_comes_back_under_its_key_left_all_the_same) {
  hidden("a", 1, leave_reason::lost);
  shown("a", 2);
  BOOST_TEST(reasons() == "lost");
}

BOOST_AUTO_TEST_CASE(merged_changes_have_the_same_effect) {
  updated("a", 1, 2);
  updated("a", 2, 3);
  hidden("b", 4, leave_reason::lost);
  shown("c", 5);
  shown("d", 6);
  hidden("d", 6);
  updated("e", 7, 8);
  hidden("e", 8, leave_reason::kicked);
  run = merged(run);
  BOOST_TEST(run.size() == 4u);
  BOOST_TEST(net() == "+a +c -a -b -e");
  BOOST_TEST(reasons() == "updated lost kicked");
  // What is merged goes on to be merged.
  hidden("a", 3, leave_reason::lost);
  BOOST_TEST(reasons() == "lost lost kicked");
}

BOOST_AUTO_TEST_CASE(a_long_run_has_the_same_effect_as_a_short_one) {
  for (std::uint64_t seq = 1; seq <= 40; ++seq) {
    hidden("gone", seq);
    hidden("back", 100 + seq);
    shown("back", 100 + seq);
    shown("new", 200 + seq);
    shown("ghost", 300 + seq);
    hidden("ghost", 300 + seq);
  }
  const auto effect = net_of(run);
  BOOST_TEST(effect.leaves.size() == 40U);
  BOOST_TEST(effect.returned.size() == 40U);
  BOOST_TEST(effect.joins.size() == 40U);
  BOOST_TEST(effect.passed.size() == 40U);
}

BOOST_AUTO_TEST_SUITE_END()
