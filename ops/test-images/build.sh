#!/usr/bin/env bash
# Makes the images that the container tests start, without a registry: each holds one Debian
# program and the libraries it is linked with, taken from this machine and handed to the Docker
# engine with `docker import`.
#
#   local/redis:7       redis-server, every write on disk before it is answered
#   local/mosquitto:2   mosquitto, open to everybody: for tests only
#
# Usage: build.sh            needs docker, and Debian's redis-server and mosquitto installed
set -euo pipefail

stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT

# Files that a program needs to start: itself, its loader and its libraries.
with_libraries() {
  local program=$1
  echo "$program"
  ldd "$program" | grep -o '/[^ ]*'
}

# image NAME PORT PROGRAM [ARGUMENT...]
image() {
  local name=$1 port=$2 program=$3
  shift 3
  local root=$stage/$name file arguments=''
  if [ ! -x "$program" ]; then
    echo "$name: no $program here; apt-get install --no-install-recommends ${program##*/}" >&2
    return 1
  fi
  mkdir -p "$root/data" "$root/tmp" "$root/run" "$root/etc"
  chmod 1777 "$root/data" "$root/tmp" "$root/run"
  echo 'tester:x:1000:1000::/data:/nologin' >"$root/etc/passwd"
  while read -r file; do
    mkdir -p "$root${file%/*}"
    # Links are followed: the name that the loader looks for, with the file behind it.
    cp --dereference "$file" "$root$file"
  done < <(with_libraries "$program")
  if [ -d "$stage/etc-$name" ]; then
    cp -r "$stage/etc-$name/." "$root/etc/"
  fi
  for file in "$program" "$@"; do
    arguments+="${arguments:+,}\"$file\""
  done
  tar --create --directory "$root" --owner=0 --group=0 --mtime=@0 --sort=name . |
    docker import --change "CMD [$arguments]" --change "EXPOSE $port" --change 'WORKDIR /data' \
      --change 'USER 1000:1000' - "local/$name" >/dev/null
  echo "made local/$name"
}

mkdir -p "$stage/etc-mosquitto:2"
cat >"$stage/etc-mosquitto:2/mosquitto.conf" <<'CONF'
listener 1883
allow_anonymous true
persistence true
persistence_location /data/
log_dest stderr
# More than the default 20 and 1000: receipts of a fan-out are lost without a word otherwise.
max_inflight_messages 1000
max_queued_messages 1000000
CONF

failed=0
image redis:7 6379 /usr/bin/redis-server --bind 0.0.0.0 --protected-mode no \
  --save '' --appendonly yes --appendfsync always || failed=1
image mosquitto:2 1883 /usr/sbin/mosquitto -c /etc/mosquitto.conf || failed=1
exit "$failed"
