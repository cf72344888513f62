#!/usr/bin/env bash
# unpack.sh PACKAGE PATH FILE: takes the one file whose path in ./debs/PACKAGE_*.deb matches PATH
# (a pattern of find), and puts it in FILE.
set -euo pipefail
shopt -s nullglob
debs=(debs/$1_*.deb debs/$1-[0-9]*_*.deb)
if [ "${#debs[@]}" = 0 ]; then
  echo "no package $1 was downloaded" >&2
  exit 1
fi
mkdir -p "$(dirname "$3")" unpacked
# Only what is asked for: a kernel package is mostly modules.
dpkg-deb --fsys-tarfile "${debs[0]}" | tar -x -C unpacked --wildcards "$2"
found=$(cd unpacked && find . -path "$2" -type f | sort | head -n 1)
if [ -z "$found" ]; then
  echo "${debs[0]} has no $2" >&2
  exit 1
fi
mv "unpacked/$found" "$3"
rm -rf unpacked
