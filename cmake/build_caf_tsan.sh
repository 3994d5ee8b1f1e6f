#!/usr/bin/env bash
# Builds CAF 0.17.6 from Debian's source with the thread sanitizer. Debian's own
# library is compiled without it: the sanitizer does not see how its threads
# wait for each other, and reports races where there are none.
#   cmake/build_caf_tsan.sh FOLDER    ends with FOLDER/include and FOLDER/lib
# What is in FOLDER already is not downloaded or compiled again.
set -euo pipefail
. "$(dirname "$0")/setup.sh"

archive=actor-framework_0.17.6.orig.tar.gz
sha256=e2bf5bd243f08bb7d8adde197cfe3e6d71314ed3378fe0692f8932f4c3b3928c
url=http://deb.debian.org/debian/pool/main/a/actor-framework/$archive

is_intact() { # FILE
  [ -f "$1" ] && sha256sum --check --status <<<"$sha256  $1"
}

download() { # FILE
  say "downloading $url"
  curl --fail --silent --show-error --location --retry 3 \
    --connect-timeout 30 --output "$1.part" "$url" ||
    fail "cannot download $url; if you have it, copy it to $1"
  is_intact "$1.part" || fail "$url is not the file with the sum $sha256"
  mv "$1.part" "$1"
}

unpack() { # FILE FOLDER
  rm -rf "$2.part"
  mkdir "$2.part"
  tar -xzf "$1" -C "$2.part" --strip-components=1
  # As in Debian's package, since g++ 12 does not forgive that it is missing.
  sed -i 's/^#include <cstring>$/&\n#include <limits>/' \
    "$2.part/libcaf_io/caf/io/network/receive_buffer.hpp"
  mv "$2.part" "$2"
}

[ $# = 1 ] || fail "usage: cmake/build_caf_tsan.sh FOLDER"
mkdir -p "$1"
folder=$(cd "$1" && pwd -P)
install_packages ca-certificates=/etc/ssl/certs/ca-certificates.crt curl=curl \
  g++=g++ cmake=cmake ninja-build=ninja
is_intact "$folder/$archive" || download "$folder/$archive"
[ -d "$folder/source" ] || unpack "$folder/$archive" "$folder/source"

# Four sources use std::uint8_t without <cstdint>.
cd "$folder/source"
build "$folder/build" install \
  -DCMAKE_BUILD_TYPE=None -DCMAKE_INSTALL_PREFIX="$folder" \
  -DCMAKE_INSTALL_LIBDIR=lib \
  -DCMAKE_CXX_FLAGS="-fsanitize=thread -O1 -g1 -include cstdint" \
  -DCAF_NO_EXAMPLES=yes -DCAF_NO_UNIT_TESTS=yes -DCAF_NO_TOOLS=yes \
  -DCAF_NO_OPENSSL=yes -DCAF_NO_OPENCL=yes -DCAF_NO_PYTHON=yes
