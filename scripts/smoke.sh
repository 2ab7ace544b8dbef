#!/usr/bin/env bash
# Is a deployed gateway in order: scripts/smoke.sh URL [MODEL]. API_KEY in the environment, where one is needed. ROW is a row of the model's input; the
# tutorial's without it. Ends with 1 at the first thing that is not as it should be.
set -euo pipefail

url=${1:?the URL of the gateway}
model=${2:-}
row=${ROW:-56,1,999,0,1,0,0,0,0,1,0,0,0,0,0,0,0,0,0,1,0,0,1,0,0,0,0,0,0,0,1,0,0,1,0,0,1,0,0,0,1,0,0,0,0,0,0,1,0,0,0,0,1,0,0,0,0,1,0}
answer=$(mktemp)
trap 'rm -f "$answer"' EXIT

check() { # check WHAT EXPECTED_STATUS CURL_ARGUMENTS…
  local what=$1 expected=$2 status
  shift 2
  status=$(curl --silent --show-error --max-time 65 --output "$answer" --write-out '%{http_code}' "$@") || status="no answer"
  if [ "$status" != "$expected" ]; then
    echo "FAILED  $what: $status, not $expected" >&2
    head -c 2000 "$answer" >&2
    exit 1
  fi
  echo "ok      $what"
}

# The key goes by standard input, not by an argument that every user of the machine can read.
keyed() {
  local what=$1 expected=$2
  shift 2
  check "$what" "$expected" --config <(if [ -n "${API_KEY:-}" ]; then echo "header = \"x-api-key: $API_KEY\""; fi) "$@"
}

check 'alive' 200 "$url/healthz"
check 'ready' 200 "$url/readyz"
check 'describes itself' 200 "$url/openapi.json"
keyed 'lists its models' 200 "$url/models"
keyed 'predicts' 200 "$url/predict${model:+/$model}" -H 'content-type: text/csv' --data-binary "$row"
head -c 500 "$answer" && echo
keyed 'refuses what is no request' 400 "$url/predict${model:+/$model}" -H 'content-type: application/json' --data '{"data": 1}'
if [ -n "${API_KEY:-}" ]; then
  check 'lets in nobody without a key' 401 "$url/predict${model:+/$model}" -H 'content-type: text/csv' --data-binary "$row"
fi
