#include "crdt/wire/wire_io.hpp"
#include "tests/support/random.hpp"
#include "tests/support/seed.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using rollcall::wire::reader;
using rollcall::wire::unzigzag;
using rollcall::wire::writer;
using rollcall::wire::zigzag;

namespace {

constexpr auto largest = ~std::uint64_t{0};

template <class Write>
std::string written(Write write) {
  std::string result;
  writer to{result};
  write(to);
  to.finish();
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(wire_io_tests)

BOOST_AUTO_TEST_CASE(numbers_read_back_and_small_ones_take_one_byte) {
  BOOST_TEST_CONTEXT("ROLLCALL_TEST_SEED=" << rollcall::test::seed()) {
    rollcall::test::random_source random{rollcall::test::seed()};
    std::vector<std::uint64_t> numbers{0, 1, 127, 128, 16'383, 16'384, largest};
    for (int i = 0; i < 10'000; ++i)
      numbers.push_back(random.between(0, largest - 1) >> random.below(64));
    const auto bytes = written([&](writer& to) {
      for (const auto number : numbers)
        to.number(number);
    });
    reader from{bytes};
    for (const auto number : numbers)
      BOOST_REQUIRE(from.number() == number);
    BOOST_TEST(!from.is_bad());
    BOOST_TEST(from.left() == 0u);
    BOOST_TEST(written([](writer& to) { to.number(127); }).size() == 1u);
    BOOST_TEST(written([](writer& to) { to.number(largest); }).size() == 10u);
  }
}

BOOST_AUTO_TEST_CASE(zigzag_makes_small_numbers_of_small_steps_either_way) {
  BOOST_TEST(zigzag(0) == 0u);
  BOOST_TEST(zigzag(std::uint64_t{0} - 1) == 1u);
  BOOST_TEST(zigzag(1) == 2u);
  for (const std::uint64_t value : {std::uint64_t{0}, std::uint64_t{7}, largest,
                                    largest >> 1, (largest >> 1) + 1})
    BOOST_TEST(unzigzag(zigzag(value)) == value);
}

BOOST_AUTO_TEST_CASE(a_number_beyond_64_bits_is_bad) {
  for (const std::string& bytes :
       {std::string(9, '\xff') + '\x02', std::string(10, '\xff') + '\x01',
        std::string(3, '\x80'), std::string{}}) {
    reader from{std::string_view{bytes}};
    BOOST_TEST(from.number() == 0u);
    BOOST_TEST(from.is_bad());
  }
}

BOOST_AUTO_TEST_CASE(a_bad_reader_stays_bad_and_gives_zeros) {
  const std::string bytes = "\x09"
                            "abc";
  reader from{std::string_view{bytes}};
  BOOST_TEST(from.text().empty());
  BOOST_TEST(from.is_bad());
  BOOST_TEST(from.byte() == 0u);
  BOOST_TEST(from.number() == 0u);
  BOOST_TEST(from.fixed() == 0u);
  BOOST_TEST(from.left() == 0u);
}

BOOST_AUTO_TEST_CASE(a_huge_length_is_bad_and_takes_no_memory) {
  const auto bytes = written([](writer& to) { to.number(largest); });
  reader from{std::string_view{bytes}};
  BOOST_TEST(from.text().empty());
  BOOST_TEST(from.is_bad());
}

BOOST_AUTO_TEST_CASE(a_section_carries_its_length_whatever_it_is) {
  for (const std::size_t size : {0u, 1u, 127u, 128u, 20'000u, 3'000'000u}) {
    const std::string content(size, 'x');
    const auto bytes = written([&](writer& to) {
      to.section(9, [&] { to.bytes(content); });
      to.byte(77);
    });
    reader from{std::string_view{bytes}};
    BOOST_TEST(from.byte() == 9u);
    BOOST_TEST((from.text() == content));
    BOOST_TEST(from.byte() == 77u);
    BOOST_TEST(from.left() == 0u);
  }
}

BOOST_AUTO_TEST_CASE(a_writer_appends_to_what_is_there) {
  std::string out = "abc";
  writer to{out};
  to.fixed(0x0102030405060708ull);
  to.finish();
  BOOST_TEST(out == std::string{"abc\x08\x07\x06\x05\x04\x03\x02\x01"});
}

BOOST_AUTO_TEST_SUITE_END()
