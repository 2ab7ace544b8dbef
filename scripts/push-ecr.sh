#!/usr/bin/env bash
# Builds the image and pushes it to Amazon ECR: scripts/push-ecr.sh [repository]. Makes the repository when it is missing. Tags are the version and
# the commit, and never move. Prints the image by digest, which is what to deploy. Region and credentials as the AWS CLI finds them.
set -euo pipefail
cd "$(dirname "$0")/.."

repository=${1:-sagemaker-gateway}
region=${AWS_REGION:-${AWS_DEFAULT_REGION:-$(aws configure get region)}}
account=$(aws sts get-caller-identity --query Account --output text)
case $region in
  cn-*) domain=amazonaws.com.cn ;;
  *) domain=amazonaws.com ;;
esac
registry="$account.dkr.ecr.$region.$domain"

if [ -n "$(git status --porcelain)" ]; then
  echo 'There are changes that no commit has: a pushed image must be reproducible from its commit.' >&2
  exit 1
fi

if ! aws ecr describe-repositories --region "$region" --repository-names "$repository" >/dev/null 2>&1; then
  aws ecr create-repository --region "$region" --repository-name "$repository" \
    --image-scanning-configuration scanOnPush=true \
    --image-tag-mutability IMMUTABLE \
    --encryption-configuration encryptionType=AES256 >/dev/null
fi
# Images without a tag are what a failed push left; of the others enough stay for any roll-back.
aws ecr put-lifecycle-policy --region "$region" --repository-name "$repository" --lifecycle-policy-text '{"rules": [
  {"rulePriority": 1, "description": "left over", "action": {"type": "expire"},
   "selection": {"tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days", "countNumber": 7}},
  {"rulePriority": 2, "description": "the last 50", "action": {"type": "expire"},
   "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 50}}]}' >/dev/null

aws ecr get-login-password --region "$region" | docker login --username AWS --password-stdin "$registry" >&2
mapfile -t tags < <(IMAGE_NAME="$registry/$repository" scripts/image.sh)
for tag in "${tags[@]}"; do
  # A version that is there already was pushed by an earlier commit of the same version: its tag stays where it is.
  if aws ecr describe-images --region "$region" --repository-name "$repository" --image-ids "imageTag=${tag##*:}" >/dev/null 2>&1; then
    echo "$tag is there already" >&2
  else
    docker push --quiet "$tag" >&2
  fi
done

digest=$(aws ecr describe-images --region "$region" --repository-name "$repository" \
  --image-ids "imageTag=${tags[1]##*:}" --query 'imageDetails[0].imageDigest' --output text)
echo "$registry/$repository@$digest"
