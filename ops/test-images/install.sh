#!/usr/bin/env bash
# Installs Debian packages without letting them start their services.
#
# Usage: install.sh PACKAGE...   as root or with sudo; ends 1 and names what it could not get
set -uo pipefail

as_root=()
if [ "$(id -u)" != 0 ]; then
  if ! sudo -n true 2>/dev/null; then
    echo "could not get $*: needs root, or sudo without a password" >&2
    exit 1
  fi
  as_root=(sudo -n)
fi
if ! command -v apt-get >/dev/null; then
  echo "could not get $*: no apt-get here; install them by this system's own means" >&2
  exit 1
fi

# Debian asks this file before it starts a service.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap '"${as_root[@]}" rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
  "${as_root[@]}" chmod 755 "$policy"
fi

apt() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 "$@"
}

log=$(mktemp)
missing=()
apt update >"$log" 2>&1 || echo "the package lists can't be renewed: $(tail -1 "$log")" >&2
if ! apt install --yes --no-install-recommends "$@" >"$log" 2>&1; then
  # One bad name must not keep the others out.
  for package in "$@"; do
    apt install --yes --no-install-recommends "$package" >"$log" 2>&1 ||
      missing+=("$package ($(grep -m1 '^E:' "$log"))")
  done
fi
rm -f "$log"
if [ "${#missing[@]}" -gt 0 ]; then
  printf 'could not get %s\n' "${missing[@]}" >&2
  exit 1
fi
