# Linked PRIVATE by every target of ours: warnings and, on demand, sanitizers.
# Settings are given by name, and those that are not named have defaults.
add_library(rollcall_warnings INTERFACE)
target_compile_options(
  rollcall_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
                              -Wno-missing-field-initializers
                              $<$<BOOL:${ROLLCALL_WERROR}>:-Werror>)
if(ROLLCALL_SANITIZE STREQUAL "address")
  # CAF's init_fun_factory.hpp binds a null reference, hence no `null`.
  set(_sanitize -fsanitize=address,undefined -fno-sanitize=null
                -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
elseif(ROLLCALL_SANITIZE STREQUAL "fuzzer")
  # Clang only: what libFuzzer watches, with assertions.
  set(_sanitize -UNDEBUG -D_GLIBCXX_ASSERTIONS -fsanitize=fuzzer-no-link,address,undefined
                -fno-sanitize=null -fno-sanitize-recover=undefined)
elseif(ROLLCALL_SANITIZE STREQUAL "thread")
  # GCC warns that it knows no fences. Those are Asio's, which has locks beside
  # them. CAF must be compiled for it as well, see cmake/build_caf_tsan.sh.
  set(_sanitize -fsanitize=thread)
elseif(ROLLCALL_SANITIZE)
  message(FATAL_ERROR "ROLLCALL_SANITIZE is '${ROLLCALL_SANITIZE}'; "
                      "allowed: address, thread, fuzzer, or empty")
endif()
if(ROLLCALL_SANITIZE)
  add_compile_options(${_sanitize})
  add_link_options(${_sanitize})
endif()
