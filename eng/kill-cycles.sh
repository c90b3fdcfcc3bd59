#!/usr/bin/env bash
# Kills a ledger under load N times (default 10,000) and checks each time that all it had acknowledged is there, once.
# Usage: eng/kill-cycles.sh [N] [seed]. The last line is the result; exit code 0 means that nothing was lost.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
dotnet build "$root/tests/Aitbc.KillTarget" -c Release -nodeReuse:false --nologo -v quiet >&2
exec dotnet exec "$root/artifacts/bin/Aitbc.KillTarget/release/Aitbc.KillTarget.dll" cycles "${1:-10000}" ${2:+"$2"}
