#pragma once

/// The version of these headers, for the preprocessor. Semantic versioning;
/// before 1.0 a minor version may break the API.
#define ROLLCALL_VERSION_MAJOR 0
#define ROLLCALL_VERSION_MINOR 1
#define ROLLCALL_VERSION_PATCH 0

/// The version as one number that grows with it, as `CAF_VERSION` is made: 100
/// for 0.1.0, 10203 for 1.2.3.
#define ROLLCALL_VERSION                                                       \
  (ROLLCALL_VERSION_MAJOR * 10000 + ROLLCALL_VERSION_MINOR * 100               \
   + ROLLCALL_VERSION_PATCH)

/// The version as a string literal.
#define ROLLCALL_VERSION_STRING "0.1.0"
