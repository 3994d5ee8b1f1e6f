# Sets up a machine and builds. Sourced by app/run and tests/run, which run on a
# fresh Debian 12 or 13 as root or with sudo.

say() {
  printf '%s\n' "$*" >&2
}

fail() {
  say "$*"
  exit 1
}

# Runs a command with its output kept; shows the output if it fails.
quietly() {
  local log
  log=$(mktemp)
  if ! "$@" >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    fail "failed: $*"
  fi
  rm -f "$log"
}

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  else
    sudo "$@"
  fi
}

# Version of the default Boost of this Debian; 12 has a newer one beside it.
boost_suffix() {
  . /etc/os-release
  if [ "${VERSION_ID:-}" = 12 ]; then echo 1.81; fi
}

has_file() {
  compgen -G "$1" >/dev/null
}

# Prints the packages that are missing. An argument is PACKAGE=PROBE, the probe
# a command or a file.
missing_packages() {
  local need probe
  for need in "$@"; do
    probe=${need#*=}
    case $probe in
      /*) has_file "$probe" || printf '%s ' "${need%%=*}" ;;
      *) command -v "$probe" >/dev/null || printf '%s ' "${need%%=*}" ;;
    esac
  done
}

# Installs what is missing; asks nobody, and asks apt nothing if all is there.
install_packages() {
  local missing
  missing=$(missing_packages "$@")
  [ -n "$missing" ] || return 0
  command -v apt-get >/dev/null ||
    fail "this needs Debian 12 or 13, or these packages: $missing"
  say "installing: $missing"
  quietly as_root apt-get update
  # shellcheck disable=SC2086
  quietly as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y --no-install-recommends $missing
}

install_build_packages() {
  local boost lib
  boost=$(boost_suffix)
  lib="/usr/lib/$(uname -m)-linux-gnu"
  install_packages \
    g++=g++ cmake=cmake ninja-build=ninja nodejs=node npm=npm \
    ca-certificates=/etc/ssl/certs/ca-certificates.crt \
    libcaf-dev=/usr/include/caf/all.hpp \
    libfmt-dev=/usr/include/fmt/format.h \
    libssl-dev=/usr/include/openssl/ssl.h \
    libjwt-dev=/usr/include/jwt.h \
    libspdlog-dev=/usr/include/spdlog/spdlog.h \
    libsqlite3-dev=/usr/include/sqlite3.h \
    libpq-dev=/usr/include/postgresql/libpq-fe.h \
    "libboost$boost-dev=/usr/include/boost/beast.hpp" \
    "libboost-json$boost-dev=$lib/libboost_json.so" \
    "libboost-test$boost-dev=$lib/libboost_unit_test_framework.so"
}

# Brings the npm packages of a folder to what its lock file says.
install_npm() {
  [ -f "$1/package-lock.json" ] || return 0
  if ! cmp -s "$1/package-lock.json" "$1/node_modules/.rollcall-lock"; then
    say "npm ci in $1"
    (cd "$1" && quietly npm ci --no-audit --no-fund)
    cp "$1/package-lock.json" "$1/node_modules/.rollcall-lock"
  fi
}

# build FOLDER "TARGET..." [CMAKE OPTION]...
build() {
  local folder=$1 target=$2
  shift 2
  if command -v ccache >/dev/null; then
    set -- -DCMAKE_CXX_COMPILER_LAUNCHER=ccache "$@"
  fi
  say "building $target in $folder"
  quietly cmake -S . -B "$folder" -G Ninja "$@"
  # shellcheck disable=SC2086
  if [ -t 2 ]; then
    cmake --build "$folder" --target $target >&2
  else
    quietly cmake --build "$folder" --target $target
  fi
}
