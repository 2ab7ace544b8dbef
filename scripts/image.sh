#!/usr/bin/env bash
# Builds the image: scripts/image.sh [further options of docker build]. Tags it with the version and the commit; prints the tags.
set -euo pipefail
cd "$(dirname "$0")/.."

name=${IMAGE_NAME:-sagemaker-gateway}
version=$(sed -nE 's/^  "version": "([^"]+)",$/\1/p' package.json)
revision=$(git rev-parse --short=12 HEAD)
# An image of files that no commit has must not carry a commit's name.
[ -z "$(git status --porcelain)" ] || revision="$revision-dirty"

docker build \
  --build-arg "VERSION=$version" \
  --build-arg "REVISION=$revision" \
  --build-arg "CREATED=$(date -u +%Y-%m-%dT%H:%M:%SZ)" \
  --tag "$name:$version" \
  --tag "$name:$revision" \
  "$@" . >&2
printf '%s\n' "$name:$version" "$name:$revision"
