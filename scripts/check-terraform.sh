#!/usr/bin/env bash
# Everything that can be said of terraform/ without an AWS account. Prints each stage with its result; the last line counts.
#
#   scripts/check-terraform.sh              what is not there is skipped, and counted
#   scripts/check-terraform.sh --strict     a skipped stage fails, as in CI
#   scripts/check-terraform.sh --install    first brings tflint (with Go) and checkov (with Python) into the cache
#   scripts/check-terraform.sh --record     also keeps production's plan, slimmed, for the tests of the policies
#
# TF_PLUGIN_DIR names a folder of provider plugins, for where there is no registry.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2

TFLINT=0.64.0
CHECKOV=3.3.30
cache=${ASSAY_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/assay}
strict=false install=false record=false
for argument; do
  case $argument in
    --strict) strict=true ;;
    --install) install=true ;;
    --record) record=true ;;
    *) echo "usage: scripts/check-terraform.sh [--strict] [--install] [--record]" >&2; exit 2 ;;
  esac
done

passed=0 failed=0 skipped=0
# A copy, so that nothing of Terraform's is left beside the sources.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -R terraform "$work/terraform"
export CHECKPOINT_DISABLE=1 TF_IN_AUTOMATION=1 TF_CLI_CONFIG_FILE="$work/none.tfrc" TF_VAR_database_password=placeholder
touch "$TF_CLI_CONFIG_FILE"

stage() {
  local name=$1 started=$SECONDS
  shift
  if "$@" >"$work/log" 2>&1; then
    passed=$((passed + 1))
    printf '%-28s passed in %s s%s\n' "$name" $((SECONDS - started)) "$(summary)"
  else
    failed=$((failed + 1))
    printf '%-28s FAILED in %s s\n' "$name" $((SECONDS - started))
    sed 's/^/    /' "$work/log" | tail -n 60
    return 1
  fi
}
skip() {
  skipped=$((skipped + 1))
  printf '%-28s skipped: %s\n' "$1" "$2"
}
# What a stage says of itself in one line: how many tests, resources, policies, checks.
summary() {
  grep -aoE '[0-9]+ passed, [0-9]+ failed|Plan: [0-9]+ to add|[0-9]+ policies over [0-9]+ plans?|Passed checks: [0-9]+' "$work/log" |
    tail -n 1 | sed 's/^/: /'
}

initialise() {
  terraform -chdir="$1" init -no-color -input=false ${TF_PLUGIN_DIR:+-plugin-dir="$TF_PLUGIN_DIR"} "${@:2}"
}
# An account that is none: the provider asks nobody, and state stays here.
offline() {
  cat >"$1/offline_override.tf" <<'OVERRIDE'
terraform {
  backend "local" {}
}

provider "aws" {
  access_key                  = "placeholder"
  secret_key                  = "placeholder"
  allowed_account_ids         = null
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}
OVERRIDE
}
plan() {
  local folder=$1
  offline "$folder" && initialise "$folder" >/dev/null &&
    terraform -chdir="$folder" plan -no-color -input=false -lock=false -refresh=false \
      -var-file=terraform.tfvars.example -out=plan.bin &&
    terraform -chdir="$folder" show -json plan.bin >"$folder/plan.json"
}
provider_is_missing() {
  ! initialise "$work/terraform" -backend=false >"$work/init" 2>&1 &&
    grep -qE 'Failed to (query available|install) provider' "$work/init" && [ -z "${TF_PLUGIN_DIR:-}" ]
}

# Everything that is applied by itself, relative to terraform/.
roots="delivery $(cd terraform && ls -d environments/*)"
if ! command -v terraform >/dev/null; then
  for name in fmt init validate test plan policies; do skip "$name" 'there is no terraform'; done
else
  stage fmt terraform fmt -check -recursive -diff terraform
  if provider_is_missing; then
    for name in init validate test plan policies; do skip "$name" 'no registry brings the AWS provider; TF_PLUGIN_DIR may'; done
  else
    stage 'init' initialise "$work/terraform" -backend=false
    stage 'test (mocked provider)' terraform -chdir="$work/terraform" test -no-color
    plans=()
    for root in $roots; do
      name=${root#environments/} folder=$work/terraform/$root
      plans+=("$folder/plan.json")
      stage "init $name" initialise "$folder" -backend=false &&
        stage "validate $name" terraform -chdir="$folder" validate -no-color &&
        stage "plan $name" plan "$folder"
    done
    stage policies node scripts/terraform-policies.mjs "${plans[@]}"
    ! $record || node scripts/terraform-policies.mjs --slim "$work/terraform/environments/prod/plan.json" \
      >scripts/terraform-policies/plan.json
  fi
fi

if $install; then
  command -v tflint >/dev/null || [ -x "$cache/tflint-$TFLINT/tflint" ] ||
    GOBIN=$cache/tflint-$TFLINT go install "github.com/terraform-linters/tflint@v$TFLINT" || true
  command -v checkov >/dev/null || [ -x "$cache/checkov-$CHECKOV/bin/checkov" ] ||
    { python3 -m venv "$cache/checkov-$CHECKOV" && "$cache/checkov-$CHECKOV/bin/pip" install -q "checkov==$CHECKOV"; } || true
fi
PATH=$PATH:$cache/tflint-$TFLINT:$cache/checkov-$CHECKOV/bin
if command -v tflint >/dev/null; then
  stage tflint tflint --chdir=terraform --recursive --no-color --config="$PWD/terraform/.tflint.hcl"
else
  skip tflint "there is no tflint; --install builds it with Go"
fi
if command -v checkov >/dev/null; then
  stage checkov checkov --directory "$work/terraform" --config-file terraform/.checkov.yaml
else
  skip checkov "there is no checkov; --install brings it with Python"
fi

printf '%s passed, %s failed, %s skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ] && { ! $strict || [ "$skipped" -eq 0 ]; }
