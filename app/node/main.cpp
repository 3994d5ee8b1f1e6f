#include "app/node/config_file.hpp"
#include "app/node/last_words.hpp"
#include "app/node/node.hpp"
#include "app/node/secret_arguments.hpp"
#include <rollcall/version.hpp>

#include <fmt/format.h>

#include <cstdio>
#include <string>
#include <vector>

int main(int argc, char** argv) {
  using namespace rollcall::node;
  install_last_words();
  open_standard_files();
  block_signals();
  node_config settings;
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  hide_secrets({argv + 1, argv + argc});
  if (const auto wrong = settings.load(arguments)) {
    fmt::print(stderr, "rollcall-node: {}\n", *wrong);
    return 2;
  }
  switch (settings.action) {
  case start_action::help:
    fmt::print("{}", help_text());
    return 0;
  case start_action::version:
    fmt::print("rollcall-node {}\n", ROLLCALL_VERSION_STRING);
    return 0;
  case start_action::print_config:
    fmt::print("{}", config_template());
    return 0;
  case start_action::run:
    return run(settings);
  }
}
