#!/usr/bin/env bash
# Starts a Docker engine of its own for the tests: scripts/image/engine.sh FOLDER. Everything it keeps is in FOLDER; its pid is in FOLDER/pid, for who
# ends it. Prints the address for DOCKER_HOST, or why it did not start. Bridges need a firewall that a test machine may not allow: host network only.
set -euo pipefail

folder=${1:?a folder}
mkdir -p "$folder"
address="unix://$folder/docker.sock"

start() {
  dockerd --storage-driver="$1" --data-root "$folder/data" --exec-root "$folder/exec" --pidfile "$folder/dockerd.pid" -H "$address" \
    --iptables=false --ip6tables=false --bridge=none >"$folder/log" 2>&1 &
  echo $! >"$folder/pid"
  for _ in $(seq 100); do
    DOCKER_HOST=$address docker version >/dev/null 2>&1 && return 0
    kill -0 "$(cat "$folder/pid")" 2>/dev/null || return 1
    sleep 0.2
  done
  return 1
}

# vfs works everywhere, but copies the whole image for each layer.
if start overlay2 || start vfs; then
  echo "$address"
else
  tail -n 3 "$folder/log" >&2
  exit 1
fi
