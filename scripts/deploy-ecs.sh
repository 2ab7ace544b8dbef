#!/usr/bin/env bash
# Deploys an image to ECS by docker/ecs/service.yaml: scripts/deploy-ecs.sh STACK IMAGE [Parameter=value …]. Parameters are needed the first time and
# kept afterwards. Waits until the service is stable; ECS itself goes back to the last good version when the new one does not become healthy.
set -euo pipefail
cd "$(dirname "$0")/.."

stack=${1:?the name of the stack}
image=${2:?the image, by digest as scripts/push-ecr.sh prints it}
shift 2

aws cloudformation deploy \
  --stack-name "$stack" \
  --template-file docker/ecs/service.yaml \
  --capabilities CAPABILITY_IAM \
  --no-fail-on-empty-changeset \
  --parameter-overrides "Image=$image" "$@"
aws cloudformation describe-stacks --stack-name "$stack" --query 'Stacks[0].Outputs' --output table
