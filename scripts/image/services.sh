#!/usr/bin/env bash
# Makes images under the names of docker/compose.yaml where no registry can be reached, of what this machine has: Redis and Prometheus of Debian, and
# the collector that OTEL_COLLECTOR names. For tests only: scripts/image/services.sh. User, folders and way of starting are those of the images that
# they stand for; versions are Debian's. What the machine has not is left out.
set -euo pipefail
cd "$(dirname "$0")/../.."

work=$(mktemp -d)
trap 'rm -r "$work"' EXIT

image() { # image REPOSITORY PROGRAM… <Dockerfile: makes REPOSITORY of the programs with the libraries that they load
  local name
  name=$(sed -nE "s|^    image: ($1:.*)|\1|p" docker/compose.yaml)
  shift
  # Without libraries ldd only says so.
  { printf '%s\n' "$@"; ldd "$@" 2>/dev/null | grep -oE '/[^ :]+' || true; } | sort -u |
    tar -C / --dereference -cf "$work/root.tar" --files-from=- 2>/dev/null
  docker build --quiet --tag "$name" --file - "$work" >/dev/null
  echo "$name"
}

if redis=$(command -v redis-server) && client=$(command -v redis-cli); then
  image redis "$redis" "$client" <<'DOCKERFILE'
FROM scratch
ADD root.tar /
WORKDIR /data
VOLUME /data
CMD ["redis-server"]
DOCKERFILE
fi

if prometheus=$(command -v prometheus); then
  mkdir -p "$work/own" && chown 65534:65534 "$work/own"
  image prom/prometheus "$prometheus" <<DOCKERFILE
FROM scratch
ADD root.tar /
COPY --chown=65534:65534 own /prometheus
WORKDIR /prometheus
VOLUME /prometheus
USER 65534
ENTRYPOINT ["$prometheus"]
DOCKERFILE
fi

if [ -x "${OTEL_COLLECTOR:-}" ]; then
  image otel/opentelemetry-collector "$OTEL_COLLECTOR" <<DOCKERFILE
FROM scratch
ADD root.tar /
USER 10001:10001
ENTRYPOINT ["$OTEL_COLLECTOR"]
DOCKERFILE
fi
