#include "app/node/certificates.hpp"

#include "app/node/log.hpp"
#include <rollcall/error.hpp>

#include <sys/stat.h>

#include <utility>

namespace rollcall::node {

namespace {

file_stamp stamp_of(const std::string& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0)
    return {};
  return {std::int64_t{found.st_mtim.tv_sec} * 1'000'000'000
              + found.st_mtim.tv_nsec,
          found.st_ino, found.st_size};
}

std::vector<file_stamp> stamps_of(const std::vector<std::string>& files) {
  std::vector<file_stamp> result;
  for (const auto& file : files)
    result.push_back(stamp_of(file));
  return result;
}

void read_again(const certificate_user& user) {
  if (const auto wrong = user.reload())
    log_line(log_level::error,
             "the certificates of the {} stay as they were, since the files "
             "cannot be used: {}",
             user.name, describe(wrong));
  else
    log_line(log_level::info, "the certificates of the {} were read again",
             user.name);
}

} // namespace

void certificate_reloader::add(certificate_user user) {
  change_watch files{stamps_of(user.files)};
  all_.push_back({std::move(user), std::move(files)});
}

void certificate_reloader::reload() {
  for (const auto& [user, files] : all_)
    read_again(user);
}

void certificate_reloader::look() {
  for (auto& [user, files] : all_)
    if (files.look(stamps_of(user.files)))
      read_again(user);
}

} // namespace rollcall::node
