#!/usr/bin/env bash
# Makes the base image where no registry can be reached, under the name that the Dockerfile has: Debian by debootstrap, the Node of this project and
# the machine's npm. For tests only: scripts/image/base.sh FOLDER [ARCHITECTURE]. Prints the name; another architecture than the machine's is added
# to it, since an engine keeps one image a name.
set -euo pipefail
cd "$(dirname "$0")/../.."

root=${1:?a folder that does not exist}
own=$(dpkg --print-architecture)
architecture=${2:-$own}
name=$(sed -nE 's/^ARG BASE_IMAGE=//p' Dockerfile)
npm=$(dirname "$(dirname "$(readlink -f "$(command -v npm)")")")
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
mkdir "$work/context"

if [ "$architecture" = "$own" ]; then
  debootstrap --variant=minbase bookworm "$root" >&2
  node=node_modules/node/bin/node
else
  name="$name-$architecture"
  # Packages are unpacked, not configured: that would take an emulator, and Node needs none of it.
  debootstrap --foreign --arch="$architecture" --variant=minbase bookworm "$root" >&2
  for package in "$root"/var/cache/apt/archives/*.deb; do
    dpkg-deb --fsys-tarfile "$package" | tar -C "$root" -x --keep-directory-symlink
  done
  # Of the first stage's making, for the second.
  rm -rf "$root/proc" && mkdir "$root/proc"
  rm -r "$root/debootstrap" "$root"/var/cache/apt/archives/*.deb
  # The package of the platform, as the one that this machine's Node came from.
  npm pack --silent --pack-destination "$work" "node-linux-$architecture@$(node -p 'require("./package.json").devDependencies.node')" >&2
  tar -C "$work" -xzf "$work"/*.tgz package/bin/node
  node="$work/package/bin/node"
fi

mkdir -p "$root/usr/local/lib/node_modules" "$root/usr/local/bin" "$root/etc/ssl/certs"
cp "$node" "$root/usr/local/bin/node"
cp -r "$npm" "$root/usr/local/lib/node_modules/npm"
ln -s ../lib/node_modules/npm/bin/npm-cli.js "$root/usr/local/bin/npm"
# As this machine trusts, so that a package registry can be reached from within the build by the same way.
cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
# Not `docker import`, which takes every image for one of the engine's own architecture.
tar -C "$root" -cf "$work/context/root.tar" .
docker build --quiet --platform "linux/$architecture" --tag "$name" --file - "$work/context" >&2 <<DOCKERFILE
FROM scratch
ADD root.tar /
ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
CMD ["node"]
DOCKERFILE
echo "$name"
