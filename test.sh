#!/usr/bin/env bash
# Builds everything once, runs every test project, ends with the line `N passed, N failed`, and exits with 0 only when
# nothing failed.
#
#   ./test.sh                 all tests
#   ./test.sh --filter X      the tests that match X, in the words of `dotnet test --filter`
set -uo pipefail

root=$(cd -P "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$root/eng/dotnet.sh"
. "$root/eng/web.sh"

# A project that hangs is a failure, not a build server that waits for ever.
readonly project_limit_s=${AITBC_TEST_LIMIT_S:-900}

passed=0 failed=0
filter=()

usage() {
  echo "test.sh: '$1' is not an option: say ./test.sh or ./test.sh --filter EXPRESSION." >&2
  exit 2
}

while [[ $# -gt 0 ]]; do
  case $1 in
    --filter) [[ $# -ge 2 ]] || usage "$1"; filter=(--filter "$2"); shift 2 ;;
    --filter=*) filter=(--filter "${1#--filter=}"); shift ;;
    *) usage "$1" ;;
  esac
done

finish() {
  echo "$passed passed, $failed failed"
  [[ $failed -eq 0 ]]
  exit
}

has_postgresql() {
  command -v initdb >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null
}

# PostgreSQL serves one comparison only, so that its absence leaves that one out and fails nothing.
provide_postgresql() {
  has_postgresql && return
  local why='no Debian package manager here, or not root'
  if [[ $(id -u) -eq 0 ]] && command -v apt-get >/dev/null; then
    why='apt-get could not install it'
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq </dev/null >/dev/null 2>&1
    apt-get install -y -qq --no-install-recommends postgresql </dev/null >/dev/null 2>&1
    has_postgresql && return
  fi
  echo "left out: the comparison with PostgreSQL ($why; install the package 'postgresql' to have it)"
}

# A browser for the tests of the dashboard; where there is none, they are left out and say so.
provide_chromium() {
  [[ -f $web/package.json ]] || return
  command -v chromium >/dev/null && return
  local why='no Debian package manager here, or not root'
  if [[ $(id -u) -eq 0 ]] && command -v apt-get >/dev/null; then
    why='apt-get could not install it'
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq </dev/null >/dev/null 2>&1
    apt-get install -y -qq --no-install-recommends chromium </dev/null >/dev/null 2>&1
    command -v chromium >/dev/null && return
  fi
  echo "left out: the dashboard in a browser ($why; install the package 'chromium' to have it)"
}

# Runs the dashboard's unit tests and adds them to the sums.
run_web() {
  [[ -f $web/package.json && ${#filter[@]} -eq 0 ]] || return
  local log=$results/web.log status=0 start=$SECONDS good bad
  local why
  why=$(why_no_dashboard)
  if [[ -n $why ]]; then
    echo "left out: the dashboard's unit tests ($why)"
    return
  fi
  (cd "$web" && limited npm test --silent -- --reporter=json --outputFile="$results/web.json") \
    </dev/null >"$log" 2>&1 || status=$?
  good=$(grep -o '"numPassedTests":[0-9]*' "$results/web.json" 2>/dev/null | grep -o '[0-9]*$')
  bad=$(grep -o '"numFailedTests":[0-9]*' "$results/web.json" 2>/dev/null | grep -o '[0-9]*$')
  good=${good:-0} bad=${bad:-0}
  [[ ($status -ne 0 || $good -eq 0) && $bad -eq 0 ]] && bad=1
  [[ $bad -gt 0 ]] && cat "$log"
  printf '%-32s %6d passed, %d failed, %d s\n' 'web' "$good" "$bad" $((SECONDS - start))
  passed=$((passed + good))
  failed=$((failed + bad))
}

# promtool checks one page of figures only: likewise.
provide_promtool() {
  command -v promtool >/dev/null && return
  if [[ $(id -u) -eq 0 ]] && command -v apt-get >/dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq </dev/null >/dev/null 2>&1
    # As the package would start a server of its own otherwise, no service may start meanwhile.
    RUNLEVEL=1 apt-get install -y -qq --no-install-recommends prometheus </dev/null >/dev/null 2>&1
    command -v promtool >/dev/null && return
  fi
  echo "left out: promtool's check of /metrics (install the package 'prometheus' to have it)"
}

build() {
  local status=0
  start_stamp
  # The full path of the solution, so that it does not matter where we were called from.
  "$dotnet" build "$root/Aitbc.slnx" "${build_flags[@]}" -v:quiet --nologo </dev/null || status=$?
  # The launcher need not build again what was built here.
  if [[ $status -eq 0 ]]; then keep_stamp; else drop_stamp; fi
  return "$status"
}

# Prints attribute $2 of the counters in the result file $1, or 0.
counter() {
  local value
  value=$(tr '\n' ' ' <"$1" 2>/dev/null | grep -o '<Counters [^>]*>' | grep -o " $2=\"[0-9]*\"" | grep -o '[0-9]*')
  echo "${value:-0}"
}

limited() {
  if command -v timeout >/dev/null; then timeout -k 10 "$project_limit_s" "$@"; else "$@"; fi
}

# Runs one test project and adds what it did to the sums. Its result file is what counts; a process that failed without
# a failed test in that file (a crash, a hang) and a project without a single test count as one failure each.
run_project() {
  local project=$1 name result log status=0 start=$SECONDS good bad skipped note=''
  name=$(basename "$project" .csproj)
  result=$results/$name.trx
  log=$results/$name.log
  limited "$dotnet" test "$project" -c Release --no-build --nologo ${filter[@]+"${filter[@]}"} \
    --results-directory "$results" --logger "trx;LogFileName=$name.trx" --logger 'console;verbosity=minimal' \
    </dev/null >"$log" 2>&1 || status=$?
  good=$(counter "$result" passed)
  bad=$(($(counter "$result" failed) + $(counter "$result" error) + $(counter "$result" timeout) \
    + $(counter "$result" aborted)))
  skipped=$(($(counter "$result" total) - $(counter "$result" executed)))
  if [[ $status -ne 0 && $bad -eq 0 ]]; then
    bad=1
    note=" (ended with code $status)"
    [[ $status -eq 124 || $status -eq 137 ]] && note=" (ended with code $status: over $project_limit_s s, or killed)"
  elif [[ $((good + bad)) -eq 0 && ${#filter[@]} -eq 0 ]]; then
    bad=1
    note=' (ran no test)'
  fi
  [[ $skipped -gt 0 ]] && note="$note ($skipped left out)"
  [[ $bad -gt 0 ]] && cat "$log"
  printf '%-32s %6d passed, %d failed, %d s%s\n' "$name" "$good" "$bad" $((SECONDS - start)) "$note"
  passed=$((passed + good))
  failed=$((failed + bad))
}

require_sdk
provide_postgresql
provide_chromium
provide_promtool

echo 'building...'
if ! exclusively build; then
  echo 'The build failed: mend what is named above.' >&2
  failed=1
  finish
fi

# Where it cannot be built at all it is left out; where it can and does not, that is a failure.
if is_web_stale && ! provide_dashboard && [[ -z $(why_no_dashboard) ]]; then
  failed=$((failed + 1))
fi

mkdir -p "$artifacts/test-results"
results=$(mktemp -d "$artifacts/test-results/run.XXXXXX")
for project in "$root"/tests/*.Tests/*.csproj; do
  run_project "$project"
done
run_web
if [[ $((passed + failed)) -eq 0 ]]; then
  echo 'No test ran: nothing was shown.' >&2
  failed=1
fi
if [[ $failed -eq 0 ]]; then rm -rf "$results"; else echo "Results: $results"; fi
finish
