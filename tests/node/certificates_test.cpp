#include "app/node/certificates.hpp"
#include "app/node/log.hpp"
#include "tests/support/temporary_file.hpp"

#include <caf/sec.hpp>

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <vector>

namespace rollcall::node {

namespace {

using stamps = std::vector<file_stamp>;

const stamps old_files{{1, 1, 100}, {1, 2, 100}};
const stamps half_new{{2, 3, 120}, {1, 2, 100}};
const stamps new_files{{2, 3, 120}, {2, 4, 120}};

} // namespace

BOOST_AUTO_TEST_SUITE(certificates_tests)

BOOST_AUTO_TEST_CASE(files_that_do_not_change_are_not_read_again) {
  change_watch watch{old_files};
  BOOST_TEST(!watch.look(old_files));
  BOOST_TEST(!watch.look(old_files));
}

BOOST_AUTO_TEST_CASE(a_change_is_read_once_when_it_is_over) {
  change_watch watch{old_files};
  BOOST_TEST(!watch.look(half_new));
  BOOST_TEST(!watch.look(new_files));
  BOOST_TEST(watch.look(new_files));
  BOOST_TEST(!watch.look(new_files));
}

BOOST_AUTO_TEST_CASE(a_change_that_is_taken_back_is_none) {
  change_watch watch{old_files};
  BOOST_TEST(!watch.look(half_new));
  BOOST_TEST(!watch.look(old_files));
  BOOST_TEST(!watch.look(old_files));
}

BOOST_AUTO_TEST_CASE(a_file_of_the_same_age_and_size_is_told_by_its_inode) {
  change_watch watch{{{1, 1, 100}}};
  BOOST_TEST(!watch.look({{1, 2, 100}}));
  BOOST_TEST(watch.look({{1, 2, 100}}));
}

BOOST_AUTO_TEST_CASE(only_those_whose_files_changed_are_read_again) {
  const test::temporary_file changed{"old"};
  const test::temporary_file other{"old"};
  int reads = 0;
  int other_reads = 0;
  certificate_reloader reloader;
  // A file that is no good does not end the watch.
  reloader.add({"cluster", {changed.path()}, [&]() -> caf::error {
                  ++reads;
                  return caf::sec::invalid_argument;
                }});
  reloader.add({"gateway", {other.path()}, [&] {
                  ++other_reads;
                  return caf::error{};
                }});
  for (const char* content : {"broken", "repaired"}) {
    std::ofstream{changed.path()} << content;
    reloader.look();
    reloader.look();
    reloader.look();
  }
  BOOST_TEST(reads == 2);
  BOOST_TEST(other_reads == 0);
  reloader.reload();
  BOOST_TEST(reads == 3);
  BOOST_TEST(other_reads == 1);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace rollcall::node
