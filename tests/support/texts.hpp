#pragma once

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace rollcall::test {

/// What something was told or did, a text for each.
using texts = std::vector<std::string>;

} // namespace rollcall::test

/// Expects just these texts, in this order, and says which are others.
#define CHECK_TEXTS(actual, ...)                                               \
  BOOST_TEST((actual) == (rollcall::test::texts{__VA_ARGS__}),                 \
             boost::test_tools::per_element())
