#define BOOST_TEST_MODULE rollcall
#include <boost/test/unit_test.hpp>
