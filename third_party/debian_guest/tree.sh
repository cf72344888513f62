#!/usr/bin/env bash
# tree.sh FILE PATTERN...: a compressed cpio archive of what matches the patterns in the packages of ./debs. Debian keeps
# /lib and the like in /usr, so links to there stand beside it. The same input gives the same bytes.
set -euo pipefail
output=$1
shift
root=tree
mkdir -p "$root"
for deb in debs/*.deb; do
  for pattern in "$@"; do
    # A package may have nothing of it.
    dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$root" --wildcards "$pattern" 2>/dev/null || true
  done
done
ln -s usr/lib "$root/lib"
find "$root" -exec touch -h -d @0 {} +
(cd "$root" && find . -print0 | LC_ALL=C sort -z | cpio -0 -o -H newc -R 0:0 --quiet --reproducible) | gzip -9n >"$output"
rm -rf "$root"
