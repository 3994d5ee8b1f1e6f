#include "text/merge_patch.hpp"

#include "text/json_parts.hpp"
#include "text/json_scan.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <vector>

namespace rollcall {

namespace {

/// Writes an object member by member.
class object_writer {
public:
  explicit object_writer(std::string& out) : out_{out} {
    out_ += '{';
  }

  void begin_member(std::string_view name) {
    if (out_.back() != '{')
      out_ += ',';
    out_ += name;
    out_ += ':';
  }

  void end() {
    out_ += '}';
  }

private:
  std::string& out_;
};

/// The members of a patch, found by name.
class patch_members {
public:
  explicit patch_members(std::string_view patch) {
    json_parts parts{patch};
    while (const auto member = parts.next_member()) {
      places_.insert_or_assign(json_string_content(member->name),
                               members_.size());
      members_.push_back({*member, false});
    }
  }

  /// The change to a member of the target, which is no new member then.
  [[nodiscard]] const json_member* take(std::string_view name) {
    const auto found = places_.find(json_string_content(name));
    if (found == places_.end())
      return nullptr;
    auto& taken = members_[found->second];
    taken.is_taken = true;
    return &taken.member;
  }

  /// What the target does not have, in order.
  template <class Visitor>
  void for_each_new(Visitor visit) const {
    for (const auto& [member, is_taken] : members_)
      if (!is_taken && member.value != "null")
        visit(member);
  }

private:
  struct one {
    json_member member;
    bool is_taken = false;
  };

  std::vector<one> members_;
  std::map<std::string, std::size_t, std::less<>> places_;
};

void append_merged(std::string& out, std::string_view target,
                   std::string_view patch) {
  if (!is_json_object(patch)) {
    out += trim_json(patch);
    return;
  }
  patch_members changes{patch};
  object_writer result{out};
  json_parts old{is_json_object(target) ? target : "{}"};
  while (const auto member = old.next_member()) {
    const auto* const change = changes.take(member->name);
    if (change != nullptr && change->value == "null")
      continue;
    result.begin_member(member->name);
    if (change == nullptr)
      out += member->value;
    else
      append_merged(out, member->value, change->value);
  }
  changes.for_each_new([&](const json_member& added) {
    result.begin_member(added.name);
    append_merged(out, "null", added.value);
  });
  result.end();
}

} // namespace

std::string merge_patch(std::string_view target, std::string_view patch) {
  std::string result;
  append_merged(result, target, patch);
  return result;
}

} // namespace rollcall
