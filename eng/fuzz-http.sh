#!/usr/bin/env bash
# Sends N hostile HTTP requests (default 200,000) to a node: no 500, nothing in its log, no growth of memory.
# Usage: eng/fuzz-http.sh [N] [seed]. Exit code 0 means that all of it held; the figures and the seed are printed.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export AITBC_FUZZ_REQUESTS=${1:-200000} AITBC_FUZZ_SEED=${2:-}
exec dotnet test "$root/tests/Aitbc.Node.Tests" -c Release --nologo -nodeReuse:false \
    --filter FullyQualifiedName~HostileTests --logger "console;verbosity=detailed"
