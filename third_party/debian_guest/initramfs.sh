#!/usr/bin/env bash
# initramfs.sh BUSYBOX INIT FILE: a compressed cpio archive of one program and one script. The same
# input gives the same bytes. /dev/console comes from the archive that is built into every kernel.
set -euo pipefail
root=initramfs
mkdir -p "$root"/{bin,dev,etc,proc,root,sbin,sys,tmp,usr/bin,usr/sbin}
install -m 755 "$1" "$root/bin/busybox"
install -m 755 "$2" "$root/init"
ln -s busybox "$root/bin/sh"
find "$root" -exec touch -h -d @0 {} +
(cd "$root" && find . -print0 | LC_ALL=C sort -z | cpio -0 -o -H newc -R 0:0 --quiet --reproducible) | gzip -9n >"$3"
rm -rf "$root"
