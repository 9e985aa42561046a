#!/usr/bin/env bash
# Fails, with a sentence, where a build folder was configured for another checkout: CMake and ninja would go on in that one, or stop.
#
#   cmake/check-build-folder.sh FOLDER
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
folder=${1:?the build folder is missing}
[[ -e $folder/CMakeCache.txt ]] || exit 0
cached() { sed -n "s/^$1:INTERNAL=//p" "$folder/CMakeCache.txt"; }
source=$(cached CMAKE_HOME_DIRECTORY)
if [[ ! $source -ef $root || ! $(cached CMAKE_CACHEFILE_DIR) -ef $folder ]]; then
  echo "$folder was configured for the checkout $source, and this one is $root: remove it (rm -r $folder), then start again" >&2
  exit 1
fi
