#!/usr/bin/env bash
# Makes the base image where no registry can be reached, under the name that the Dockerfile has: Debian by debootstrap, the Node of this project and
# the machine's npm. For tests only: scripts/image/base.sh FOLDER. Prints the name.
set -euo pipefail
cd "$(dirname "$0")/../.."

root=${1:?a folder that does not exist}
name=$(sed -nE 's/^ARG BASE_IMAGE=//p' Dockerfile)
npm=$(dirname "$(dirname "$(readlink -f "$(command -v npm)")")")

debootstrap --variant=minbase bookworm "$root" >&2
mkdir -p "$root/usr/local/lib/node_modules" "$root/usr/local/bin" "$root/etc/ssl/certs"
cp node_modules/node/bin/node "$root/usr/local/bin/node"
cp -r "$npm" "$root/usr/local/lib/node_modules/npm"
ln -s ../lib/node_modules/npm/bin/npm-cli.js "$root/usr/local/bin/npm"
# As this machine trusts, so that a package registry can be reached from within the build by the same way.
cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
tar -C "$root" -c . | docker import --change 'ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt' --change 'CMD ["node"]' - "$name" >&2
echo "$name"
