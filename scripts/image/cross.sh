#!/usr/bin/env bash
# Builds the image for another architecture, with what no emulator is needed for: scripts/image/cross.sh FOLDER ARCHITECTURE, after base.sh. For tests
# only, where no registry can be reached. Prints the image's name; ends with 69 where there is no BuildKit.
set -euo pipefail
cd "$(dirname "$0")/../.."

folder=${1:?a folder that does not exist}
architecture=${2:?arm64}
own=$(sed -nE 's/^ARG BASE_IMAGE=//p' Dockerfile)

# The stages are of two platforms, which takes BuildKit: the client needs its plug-in for that, or to be so old that it has it built in.
if docker buildx version >/dev/null 2>&1; then
  builder=docker
else
  builder=/usr/bin/docker
  [[ $("$builder" --version) =~ \ version\ (19|20)\. ]] || { echo 'No BuildKit: no buildx plug-in' >&2 && exit 69; }
fi
base=$(scripts/image/base.sh "$folder" "$architecture")
name="${IMAGE_NAME:-sagemaker-gateway}-$architecture"
# Not by `head`, which ends before the second line is written, and with it the script that writes.
names=$(
  PATH="$(dirname "$(command -v "$builder")"):$PATH" DOCKER_BUILDKIT=1 IMAGE_NAME=$name scripts/image.sh --network host --quiet \
    --platform "linux/$architecture" --build-arg "BASE_IMAGE=$base" --build-arg "BUILD_IMAGE=$own" --build-arg SHIPPED=build
)
echo "${names%%$'\n'*}"
