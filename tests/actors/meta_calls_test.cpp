// Structs, merge patches and batches in the calls of a presence.
#include "tests/actors/one_node.hpp"
#include "tests/support/meta_structs.hpp"
#include <rollcall/limits.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>

using namespace std::literals;
using namespace rollcall;
using rollcall::test::everything;
using rollcall::test::one_node;
using rollcall::test::player;
using names = std::vector<std::string>;

namespace {

struct struct_calls : one_node {
  caf::actor ann = owner();

  std::string meta(const std::string& topic = "t",
                   const std::string& key = "k") const {
    const auto found = who.get_by_key(topic, key);
    return found.size() == 1 ? std::string{found[0]->meta()} : "none";
  }

  /// The error of an answer, in words.
  template <class Answer>
  static std::string problem(const Answer& answer) {
    return answer ? "none" : describe(answer.error());
  }

  /// What an actor's call answers: "ok", or the error.
  template <class Call>
  std::string as_actor(Call call) {
    auto answer = std::make_shared<std::string>("silence");
    in(ann, [=, this](caf::event_based_actor* self) {
      call(self).then([=](const tracked&) { *answer = "ok"; },
                      [=](const caf::error& why) { *answer = name(why); });
    });
    return *answer;
  }

  /// The kinds of the items of a batch, "ok" or the error.
  static names kinds(const batch_result& result) {
    names kinds;
    for (const auto& one : result.items)
      kinds.push_back(one ? "ok"s : name(one.error()));
    return kinds;
  }

  static void expect(const names& found, const names& wanted) {
    BOOST_TEST(found == wanted, boost::test_tools::per_element());
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(meta_calls_tests, struct_calls)

// -- structs ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_struct_is_tracked_updated_and_read_back) {
  BOOST_TEST(problem(who.track(ann, "t", "k", player{"ann", 1})) == "none");
  BOOST_TEST(meta() == R"({"name":"ann","rating":1})");
  BOOST_TEST(problem(who.update(ann, "t", "k", player{"ann", 2})) == "none");
  const auto read = who.get_by_key("t", "k").at(0)->as<player>();
  BOOST_TEST(problem(read) == "none");
  BOOST_TEST((*read == player{"ann", 2}));
}

BOOST_AUTO_TEST_CASE(an_actor_tracks_updates_and_changes_a_struct) {
  BOOST_TEST(as_actor([this](auto* self) {
               return who.track(self, "t", "k", player{"ann", 1});
             })
             == "ok");
  BOOST_TEST(as_actor([this](auto* self) {
               return who.update(self, "t", "k", player{"ann", 2});
             })
             == "ok");
  BOOST_TEST(as_actor([this](auto* self) {
               return who.update(self, "t", "k",
                                 [](player& one) { one.rating *= 10; });
             })
             == "ok");
  BOOST_TEST(meta() == R"({"name":"ann","rating":20})");
}

BOOST_AUTO_TEST_CASE(a_function_may_return_the_struct_or_another_one) {
  who.track(ann, "t", "k", player{"ann", 1});
  who.update(ann, "t", "k", [](player one) {
    ++one.rating;
    return one;
  });
  BOOST_TEST(meta() == R"({"name":"ann","rating":2})");
  who.update(ann, "t", "k", [](const player& one) {
    return std::map<std::string, int>{{one.name, one.rating}};
  });
  BOOST_TEST(meta() == R"({"ann":2})");
}

BOOST_AUTO_TEST_CASE(a_struct_that_json_cannot_say_is_invalid_and_named) {
  everything x;
  x.exact = std::nan("");
  const auto sentence = "invalid_meta: member 'exact' is nan, for which JSON "
                        "has no number";
  BOOST_TEST(problem(who.track(ann, "t", "k", x)) == sentence);
  who.track(ann, "t", "k", "{}");
  BOOST_TEST(problem(who.update(ann, "t", "k", x)) == sentence);
  BOOST_TEST(problem(who.patch(ann, "t", "k", x)) == sentence);
  BOOST_TEST(meta() == "{}");
}

BOOST_AUTO_TEST_CASE(what_is_wrong_before_the_struct_is_said_first) {
  everything x;
  x.exact = std::nan("");
  BOOST_TEST(name(who.track(ann, "", "k", x).error()) == "invalid_topic");
  BOOST_TEST(name(who.track({}, "t", "k", x).error()) == "invalid_owner");
  BOOST_TEST(name(presence{}.track(ann, "t", "k", x).error()) == "not_started");
}

BOOST_AUTO_TEST_CASE(a_struct_has_the_bounds_of_a_meta) {
  const player large{std::string(5000, 'x'), 1};
  BOOST_TEST(name(who.track(ann, "t", "k", large).error()) == "too_large");
  const std::map<std::string, int> reserved{{"phx_ref", 1}};
  BOOST_TEST(name(who.track(ann, "t", "k", reserved).error())
             == "invalid_meta");
}

BOOST_AUTO_TEST_CASE(a_function_of_another_struct_changes_nothing) {
  who.track(ann, "t", "k", R"({"name":"ann"})");
  BOOST_TEST(
      problem(who.update(ann, "t", "k", [](player& one) { ++one.rating; }))
      == "invalid_meta: member 'rating' is missing");
  BOOST_TEST(meta() == R"({"name":"ann"})");
}

BOOST_AUTO_TEST_CASE(a_function_of_a_struct_that_throws_changes_nothing) {
  who.track(ann, "t", "k", player{"ann", 1});
  BOOST_TEST(problem(who.update(ann, "t", "k",
                                [](player&) { throw std::runtime_error{"x"}; }))
             == "invalid_meta: the update function threw: x");
  BOOST_TEST(meta() == R"({"name":"ann","rating":1})");
}

BOOST_AUTO_TEST_CASE(no_function_is_still_an_error) {
  who.track(ann, "t", "k", "{}");
  BOOST_TEST(problem(who.update(ann, "t", "k", update_function{}))
             == "invalid_meta: no update function was given");
}

BOOST_AUTO_TEST_CASE(a_function_of_a_struct_that_lost_a_race_runs_again) {
  who.track(ann, "t", "k", player{"ann", 1});
  int runs = 0;
  who.update(ann, "t", "k", [&](player& one) {
    if (++runs == 1)
      who.update(ann, "t", "k", player{"ann", 100});
    ++one.rating;
  });
  BOOST_TEST(runs == 2);
  BOOST_TEST(meta() == R"({"name":"ann","rating":101})");
}

// -- merge patches ------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_patch_changes_adds_and_removes_members) {
  who.track(ann, "t", "k", R"({"a":1,"b":{"c":2,"d":3},"e":[1]})");
  BOOST_TEST(
      problem(who.patch(ann, "t", "k", R"({"a":null,"b":{"c":4},"f":"x"})"))
      == "none");
  BOOST_TEST(meta() == R"({"b":{"c":4,"d":3},"e":[1],"f":"x"})");
}

BOOST_AUTO_TEST_CASE(an_actor_patches_and_a_patch_may_be_a_struct) {
  who.track(ann, "t", "k", R"({"x":1})");
  BOOST_TEST(as_actor([this](auto* self) {
               return who.patch(self, "t", "k", player{"ann", 3});
             })
             == "ok");
  BOOST_TEST(meta() == R"({"x":1,"name":"ann","rating":3})");
}

BOOST_AUTO_TEST_CASE(a_patch_gets_a_new_reference_and_names_the_old_one) {
  const auto first = who.track(ann, "t", "k", "{}");
  const auto second = who.patch(ann, "t", "k", R"({"a":1})");
  BOOST_TEST_REQUIRE(problem(second) == "none");
  BOOST_TEST(second->phx_ref_prev() == first->phx_ref());
}

BOOST_AUTO_TEST_CASE(a_patch_of_nothing_is_not_tracked) {
  BOOST_TEST(name(who.patch(ann, "t", "k", "{}").error()) == "not_tracked");
  BOOST_TEST(name(who.patch(ann, "t", "k", "[]").error()) == "invalid_meta");
}

BOOST_AUTO_TEST_CASE(a_patch_that_is_no_object_or_reserved_is_refused) {
  who.track(ann, "t", "k", "{}");
  for (const std::string patch :
       {"", "null", "[]", "{", R"({"a":1,"a":2})", R"({"phx_ref":"x"})"})
    BOOST_TEST(name(who.patch(ann, "t", "k", patch).error()) == "invalid_meta");
  BOOST_TEST(meta() == "{}");
}

BOOST_AUTO_TEST_CASE(what_comes_of_a_patch_has_the_bounds_of_a_meta) {
  const auto half = [](const char* member, std::size_t length) {
    return "{\""s + member + "\":\"" + std::string(length, 'x') + "\"}";
  };
  // {"a":"...","b":"..."} has 15 bytes besides.
  const auto bytes_max = who.settings().meta_bytes_max;
  who.track(ann, "t", "k", half("a", 2000));
  const auto before = meta();
  BOOST_TEST(name(who.patch(ann, "t", "k", half("b", bytes_max - 2014)).error())
             == "too_large");
  BOOST_TEST(meta() == before);
  BOOST_TEST(problem(who.patch(ann, "t", "k", half("b", bytes_max - 2015)))
             == "none");
  BOOST_TEST(meta().size() == bytes_max);
}

// -- batches ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_batch_tracks_updates_and_untracks) {
  const auto made = who.track_many(
      ann, {{"a", "k", *to_meta(player{"ann", 1})}, {"b", "k"}, {"b", "l"}});
  BOOST_TEST_REQUIRE(problem(made) == "none");
  expect(kinds(*made), {"ok", "ok", "ok"});
  BOOST_TEST(made->is_complete());
  BOOST_TEST(meta("a") == R"({"name":"ann","rating":1})");
  expect(keys("b"), {"k", "l"});
  const auto changed
      = who.update_many(ann, {{"a", "k", R"({"v":1})"}, {"b", "l", "{ }"}});
  BOOST_TEST_REQUIRE(problem(changed) == "none");
  BOOST_TEST(changed->items[0]->phx_ref_prev() == made->items[0]->phx_ref());
  BOOST_TEST(meta("a") == R"({"v":1})");
  BOOST_TEST(!who.untrack_many(ann, {{"a", "k"}, {"b", "l"}, {"no", "one"}}));
  BOOST_TEST(who.stats().presences == 1u);
}

BOOST_AUTO_TEST_CASE(an_item_that_is_refused_costs_no_other_one_anything) {
  const auto made = who.track_many(ann, {{"t", "k"},
                                         {"", "k"},
                                         {"t", ""},
                                         {"t", "bad", "[]"},
                                         {"t", "k"},
                                         {"t", "l"}});
  BOOST_TEST_REQUIRE(problem(made) == "none");
  BOOST_TEST(!made->is_complete());
  expect(kinds(*made), {"ok", "invalid_topic", "invalid_key", "invalid_meta",
                        "already_tracked", "ok"});
  expect(keys("t"), {"k", "l"});
  const auto changed
      = who.update_many(ann, {{"t", "none", "{}"}, {"t", "l", R"({"v":1})"}});
  expect(kinds(*changed), {"not_tracked", "ok"});
  BOOST_TEST(meta("t", "l") == R"({"v":1})");
}

BOOST_AUTO_TEST_CASE(an_actor_gets_one_answer_for_a_batch) {
  const auto answers = std::make_shared<names>();
  in(ann, [=, this](caf::event_based_actor* self) {
    const auto bad
        = [=](const caf::error& why) { answers->push_back(name(why)); };
    const auto made = [=](const batch_result& result) {
      for (const auto& kind : kinds(result))
        answers->push_back(kind);
      answers->push_back("end");
    };
    who.track_many(self, {{"a", "k"}, {"", "k"}}).then(made, bad);
    who.update_many(self, {{"a", "k", R"({"v":1})"}}).then(made, bad);
    who.untrack_many(self, {{"a", "k"}})
        .then([=] { answers->push_back("done"); }, bad);
  });
  expect(*answers, {"ok", "invalid_topic", "end", "ok", "end", "done"});
  BOOST_TEST(who.stats().presences == 0u);
}

BOOST_AUTO_TEST_CASE(a_batch_has_a_bound_and_does_nothing_above_it) {
  std::vector<track_item> items;
  for (std::size_t i = 0; i <= limits::batch_items_max; ++i)
    items.push_back({"t", std::to_string(i)});
  BOOST_TEST(problem(who.track_many(ann, items))
             == "too_large: the batch has 1001 items; allowed: 1000");
  BOOST_TEST(name(who.update_many(ann, std::vector<update_item>(1001)).error())
             == "too_large");
  BOOST_TEST(name(who.untrack_many(ann, std::vector<untrack_item>(1001)))
             == "too_large");
  BOOST_TEST(who.stats().presences == 0u);
  items.pop_back();
  BOOST_TEST(who.track_many(ann, items)->is_complete());
  BOOST_TEST(who.stats().presences == 1000u);
}

BOOST_AUTO_TEST_CASE(a_batch_of_nothing_is_fine) {
  BOOST_TEST(who.track_many(ann, {})->items.empty());
  BOOST_TEST(!who.untrack_many(ann, {}));
}

BOOST_AUTO_TEST_CASE(a_batch_of_nothing_after_the_stop_says_so_first) {
  who.request_stop();
  const auto closed = ec::shard_unavailable;
  BOOST_TEST((code_of(who.track_many(ann, {}).error()) == closed));
  BOOST_TEST((code_of(who.untrack_many(ann, {})) == closed));
  const std::vector<update_item> many(1001);
  BOOST_TEST((code_of(who.update_many(ann, many).error()) == closed));
}

BOOST_AUTO_TEST_CASE(a_batch_of_no_owner_or_no_runtime_says_so) {
  expect(kinds(*who.track_many({}, {{"t", "k"}})), {"invalid_owner"});
  const presence nothing;
  BOOST_TEST(name(nothing.track_many(ann, {}).error()) == "not_started");
  BOOST_TEST(name(nothing.update_many(ann, {}).error()) == "not_started");
  BOOST_TEST(name(nothing.untrack_many(ann, {})) == "not_started");
  who.request_stop();
  world.settle();
  expect(kinds(*who.track_many(ann, {{"t", "k"}})), {"shard_unavailable"});
  BOOST_TEST(name(who.untrack_many(ann, {{"t", "k"}})) == "shard_unavailable");
}

// -- the end of a topic -------------------------------------------------------

namespace {

/// Notes the reasons of all that leaves.
caf::behavior reasons_reader(caf::event_based_actor*,
                             std::shared_ptr<names> reasons) {
  return {[](const topic_snapshot_ptr&) {},
          [=](const diff_ptr& change) {
            for (std::size_t i = 0; i < change->leaves.size(); ++i)
              reasons->push_back(
                  std::string{change->leaves[i]->key()} + " "
                  + std::string{to_string(change->leave_reasons[i])});
          }};
}

} // namespace

BOOST_AUTO_TEST_CASE(the_end_of_a_topic_ends_its_presences_as_kicked) {
  const auto bob = owner();
  who.track(ann, "t", "ann", "{}");
  who.track(bob, "t", "bob", "{}");
  who.track(bob, "t", "bob2", "{}");
  who.track(bob, "other", "bob", "{}");
  const auto reasons = std::make_shared<names>();
  actors.push_back(world.system().spawn(reasons_reader, reasons));
  who.subscribe(actors.back(), "t");
  world.settle();
  BOOST_TEST(!who.end_topic("t"));
  world.settle();
  expect(*reasons, {"ann kicked", "bob kicked", "bob2 kicked"});
  BOOST_TEST(who.count("t").presences == 0u);
  expect(keys("other"), {"bob"});
}

BOOST_AUTO_TEST_CASE(owners_outlive_their_topic_and_may_come_back) {
  who.track(ann, "t", "ann", "{}");
  BOOST_TEST(who.stats().owners == 1u);
  BOOST_TEST(!who.end_topic("t"));
  BOOST_TEST(who.stats().owners == 0u);
  BOOST_TEST(problem(who.track(ann, "t", "ann", "{}")) == "none");
  BOOST_TEST(who.stats().owners == 1u);
  kill(ann); // Its end is watched again.
  BOOST_TEST(who.stats().presences == 0u);
}

BOOST_AUTO_TEST_CASE(an_actor_ends_a_topic) {
  who.track(ann, "t", "ann", "{}");
  in(ann, [this](caf::event_based_actor* self) {
    BOOST_TEST(!who.end_topic(self, "t"));
  });
  BOOST_TEST(who.count("t").presences == 0u);
}

BOOST_AUTO_TEST_CASE(what_lingers_ends_with_its_topic) {
  who.track(ann, "t", "ann", "{}", {.linger_ms = 60'000});
  kill(ann);
  BOOST_TEST(who.count("t").presences == 1u);
  BOOST_TEST(!who.end_topic("t"));
  BOOST_TEST(who.count("t").presences == 0u);
  world.advance(60s);
  BOOST_TEST(who.stats().untracks == 1u);
}

BOOST_AUTO_TEST_CASE(the_end_of_a_topic_of_nobody_is_fine) {
  BOOST_TEST(!who.end_topic("nowhere"));
}

BOOST_AUTO_TEST_CASE(the_end_of_a_topic_fails_in_words) {
  BOOST_TEST(name(who.end_topic("")) == "invalid_topic");
  BOOST_TEST(name(presence{}.end_topic("t")) == "not_started");
  who.request_stop();
  world.settle();
  BOOST_TEST(name(who.end_topic("t")) == "shard_unavailable");
}

BOOST_AUTO_TEST_SUITE_END()
