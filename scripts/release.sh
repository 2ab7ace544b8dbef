#!/usr/bin/env bash
# Makes a version of what CHANGELOG.md has under "Unreleased": npm run release -- VERSION [--without-audit]. Writes the version wherever it stands,
# checks, commits and tags; pushes nothing. Then: git push --follow-tags, scripts/push-ecr.sh, scripts/deploy-ecs.sh.
set -euo pipefail
cd "$(dirname "$0")/.."

version=${1:?the version, such as 1.2.3}
[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$ ]] || { echo "$version is no semantic version." >&2; exit 1; }
[ -z "$(git status --porcelain)" ] || { echo 'There are changes that no commit has.' >&2; exit 1; }
git rev-parse -q --verify "refs/tags/v$version" >/dev/null && { echo "v$version is there already." >&2; exit 1; }
awk '/^## Unreleased/ { on = 1; next } /^## / { on = 0 } on && /[^[:space:]]/ { found = 1 } END { exit !found }' CHANGELOG.md ||
  { echo 'CHANGELOG.md says of nothing new under "Unreleased".' >&2; exit 1; }
# Known vulnerabilities in what is shipped. Registries that mirror others often cannot tell.
[ "${2:-}" = --without-audit ] || npm audit --omit=dev --audit-level=low

previous=$(sed -nE 's/^  "version": "([^"]+)",$/\1/p' package.json)
npm version --ignore-scripts --no-git-tag-version --allow-same-version "$version" >/dev/null
dotted=${previous//./\\.}
sed -i "s/newTag: $dotted\$/newTag: $version/" k8s/base/kustomization.yaml k8s/overlays/*/kustomization.yaml
sed -i "s/sagemaker-gateway:$dotted/sagemaker-gateway:$version/" docker/compose.yaml README.md
sed -i "s/^## Unreleased\$/## Unreleased\n\n## $version - $(date -u +%Y-%m-%d)/" CHANGELOG.md
node scripts/openapi.ts
if git grep -nF "sagemaker-gateway:$previous" -- . ':!CHANGELOG.md' && [ "$previous" != "$version" ]; then
  echo 'The version before still stands there.' >&2
  exit 1
fi

git commit --quiet --all --message "release: v$version"
git tag --annotate "v$version" --message "v$version"
echo "v$version"
