# Sourced by ./aitbc and ./test.sh, which set `root` first: where the .NET SDK is, how a build is done once and by one
# process at a time, and when it has to be done again. Written for bash 3.2 and later (macOS still ships it).

export DOTNET_NOLOGO=1
export DOTNET_CLI_TELEMETRY_OPTOUT=1
export DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
# A build server left behind would hold memory, and a lock on the artifacts, for minutes after the command has ended.
export MSBUILDDISABLENODEREUSE=1
export DOTNET_CLI_USE_MSBUILD_SERVER=0

artifacts=$root/artifacts
built_app=$artifacts/bin/Aitbc.Cli/release/aitbc.dll
stamp=$artifacts/aitbc.stamp
build_flags=(-c Release -nodeReuse:false -p:UseSharedCompilation=false)

# EX_UNAVAILABLE of sysexits.h: the command could not even start.
readonly exit_unavailable=69

sdk_hint='install the .NET 10 SDK from https://dot.net/download (or your package manager) and run this again.'

# Prints the path of the dotnet host, or nothing where there is none.
find_dotnet() {
  local candidate
  if command -v dotnet; then
    return
  fi
  for candidate in "${DOTNET_ROOT:-}" "${HOME:-/root}/.dotnet" /usr/share/dotnet /usr/lib/dotnet /usr/local/share/dotnet; do
    if [[ -n $candidate && -x $candidate/dotnet ]]; then
      printf '%s\n' "$candidate/dotnet"
      return
    fi
  done
}

# Sets `dotnet`; ends the process with one sentence where there is no host.
require_dotnet() {
  dotnet=$(find_dotnet)
  if [[ -z $dotnet ]]; then
    echo "aitbc: the .NET SDK was not found: $sdk_hint" >&2
    exit "$exit_unavailable"
  fi
}

# Ends the process with one sentence where no installed SDK satisfies global.json.
require_sdk() {
  require_dotnet
  if ! (cd "$root" && "$dotnet" --version) </dev/null >/dev/null 2>&1; then
    echo "aitbc: the .NET SDK here is missing or older than global.json asks for: $sdk_hint" >&2
    exit "$exit_unavailable"
  fi
}

# True when what was built is older than what it is built from. A file that was removed shows in its folder's time.
is_stale() {
  [[ ! -f $stamp || ! -f $built_app ]] && return 0
  local newer
  # An entry that is gone makes find fail, which counts as stale: the build then says what is wrong.
  newer=$(find "$root/src" "$root/eng" "$root/Directory.Build.props" "$root/Directory.Packages.props" \
    "$root/global.json" "$root/.editorconfig" -newer "$stamp" -print -quit 2>&1) || return 0
  [[ -n $newer ]]
}

# Runs its arguments while no other process builds here; waits for its turn where flock exists (Linux).
exclusively() {
  mkdir -p "$artifacts"
  if command -v flock >/dev/null; then
    (
      flock 9
      # The lock must not outlive us in a child that lingers, so no child inherits it.
      "$@" 9>&-
    ) 9>"$artifacts/.build.lock"
  else
    "$@"
  fi
}

# Notes the moment before a build; keep_stamp makes it count once the build was good, so that an edit made while it ran
# is seen by the next start. What an interrupted build left behind goes first.
start_stamp() { rm -f "$stamp".*; touch "$stamp.$$"; }
keep_stamp() { mv -f "$stamp.$$" "$stamp"; }
drop_stamp() { rm -f "$stamp.$$"; }

# Builds the command when it is stale; says nothing but "building..." on a terminal unless the build fails.
build_if_stale() {
  # Another start may have built it while this one waited for the lock.
  is_stale || return 0
  [[ -t 2 ]] && echo 'building...' >&2
  local log=$artifacts/aitbc-build.$$.log status=0
  start_stamp
  "$dotnet" build "$root/src/Aitbc.Cli/Aitbc.Cli.csproj" "${build_flags[@]}" -v:quiet --nologo \
    </dev/null >"$log" 2>&1 || status=$?
  if [[ $status -eq 0 ]]; then
    keep_stamp
  else
    cat "$log" >&2
    drop_stamp
  fi
  rm -f "$log"
  return "$status"
}
