# Sourced by ./aitbc and ./test.sh behind dotnet.sh: how the dashboard is built, once and by one process at a time, and
# when it has to be done again. Without Node.js the node works all the same and says at / what is missing.

web=$root/web
web_stamp=$artifacts/web.stamp

node_hint='install Node.js 20.19 or later from https://nodejs.org (a distribution'"'"'s own is often too old)'

# Prints why the dashboard cannot be built here, or nothing.
why_no_dashboard() {
  local version major minor
  version=$(node --version 2>/dev/null) || { echo "Node.js was not found: $node_hint"; return; }
  IFS=. read -r major minor _ <<<"${version#v}"
  if [[ $major -lt 20 || ($major -eq 20 && $minor -lt 19) || $major -eq 21 || ($major -eq 22 && $minor -lt 12) ]]; then
    echo "Node.js $version is too old: $node_hint"
  elif ! command -v npm >/dev/null; then
    echo "npm was not found: $node_hint"
  fi
}

# True when there is a dashboard to build, and what was built is older than what it is built from.
is_web_stale() {
  [[ -f $web/package.json ]] || return 1
  [[ ! -f $web_stamp || ! -f $web/dist/index.html ]] && return 0
  local newer
  newer=$(find "$web" "$root/eng/web.sh" \( -name node_modules -o -name dist \) -prune -o \
    -newer "$web_stamp" ! -path "$web" -print -quit 2>&1) || return 0
  [[ -n $newer ]]
}

# Installs exactly what the lock names, where that has not been done.
install_web() {
  [[ $web/node_modules/.package-lock.json -nt $web/package-lock.json ]] && return
  (cd "$web" && npm ci --no-audit --no-fund --loglevel=error </dev/null)
}

# Builds the dashboard when it is stale; says nothing unless it fails.
build_web_if_stale() {
  is_web_stale || return 0
  [[ -t 2 ]] && echo 'building the dashboard...' >&2
  local log=$artifacts/web-build.$$.log status=0
  rm -f "$web_stamp".*
  touch "$web_stamp.$$"
  { install_web && (cd "$web" && npm run --silent build </dev/null); } >"$log" 2>&1 || status=$?
  if [[ $status -eq 0 ]]; then
    mv -f "$web_stamp.$$" "$web_stamp"
  else
    cat "$log" >&2
    rm -f "$web_stamp.$$"
  fi
  rm -f "$log"
  return "$status"
}

# Builds the dashboard where that can be done; otherwise says in one sentence what is missing, and goes on.
provide_dashboard() {
  is_web_stale || return 0
  local why
  why=$(why_no_dashboard)
  if [[ -z $why ]] && exclusively build_web_if_stale; then
    return 0
  fi
  echo "aitbc: the dashboard is not built, all else works: ${why:-see above}." >&2
  return 1
}
