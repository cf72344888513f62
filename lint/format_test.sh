#!/usr/bin/env bash
# Every C++ source of the work tree looks as .clang-format says.
set -euo pipefail
tool=clang-format-$(sed -n 's/^LLVM_VERSION = "\(.*\)"$/\1/p' third_party/versions.bzl)
if ! command -v "$tool" >/dev/null; then
  echo "SKIPPED: $tool is not installed (./bazelw installs it)"
  exit 0
fi

# The runfile is a symbolic link into the work tree.
cd "$(dirname "$(readlink -f .clang-format)")"
mapfile -t sources < <(find . -name '.?*' -prune -o -name 'bazel-*' -prune -o -name third_party -prune -o \
  -type f \( -name '*.cc' -o -name '*.h' \) -print | sort)
if [ "${#sources[@]}" = 0 ]; then
  echo "no sources below $PWD: the test looks in the wrong place"
  exit 1
fi
if ! said=$("$tool" --dry-run --Werror "${sources[@]}" 2>&1); then
  echo "To put it right: $tool -i" $(sed -n 's/^\([^:]*\):[0-9]*:[0-9]*: error:.*/\1/p' <<<"$said" | sort -u)
  exit 1
fi
echo "${#sources[@]} files are formatted"
