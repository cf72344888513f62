#!/usr/bin/env bash
# archive.sh ARCH SUITE PACKAGE...: downloads packages of another architecture from Debian's archive
# into ./debs, through apt but with none of this machine's package state: nothing is installed, and
# root is not needed. The mirror is the one that this machine's apt uses.
# A package that only names the current version of another (linux-image-ARCH) brings that one.
set -euo pipefail
arch=$1
suite=$2
shift 2

die() { printf '%s\n' "$*" >&2; exit 1; }

sources() {  # every address in apt's sources and the suites asked from it, in both formats
  local file
  for file in /etc/apt/sources.list.d/*.sources; do
    [ -f "$file" ] || continue
    # A stanza names its fields in any order and ends with an empty line.
    awk -v RS= -F'\n' '{
      uris = suites = ""; enabled = 1
      for (i = 1; i <= NF; i++) {
        if ($i ~ /^URIs:/) { uris = $i; sub(/^URIs: */, "", uris) }
        if ($i ~ /^Suites:/) { suites = $i; sub(/^Suites: */, "", suites) }
        if ($i ~ /^Enabled: *no/) enabled = 0
      }
      n = split(uris, list, " ")
      for (i = 1; enabled && i <= n; i++) print list[i], suites
    }' "$file"
  done
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    [ -f "$file" ] || continue
    sed -n 's/^ *deb  *\(\[[^]]*\] *\)\{0,1\}\([^ ]*\)  *\([^ ]*\).*/\2 \3/p' "$file"
  done
}

mirror() {
  if [ -n "${EMU_DEBIAN_MIRROR:-}" ]; then
    echo "$EMU_DEBIAN_MIRROR"
    return
  fi
  # Security updates and backports are elsewhere, or have no release of the suite itself.
  sources | awk '$1 ~ /^(https?|file|copy):/ && $1 !~ /security/ && $2 !~ /-(security|backports)/ { print $1; exit }'
}

keyring() {
  local file
  for file in /usr/share/keyrings/debian-archive-keyring.{gpg,pgp}; do
    if [ -f "$file" ]; then echo "$file"; return; fi
  done
  die "no /usr/share/keyrings/debian-archive-keyring.gpg: ./bazelw installs debian-archive-keyring"
}

write_configuration() {  # everything that apt would keep or read goes below ./apt
  local url key here=$PWD/apt
  url=$(mirror)
  key=$(keyring)
  [ -n "$url" ] || die "no http, https or file mirror in /etc/apt/sources.list*; set EMU_DEBIAN_MIRROR to the address of one"
  mkdir -p "$here/lists/partial" "$here/cache/archives/partial" debs
  echo "deb [signed-by=$key] $url $suite main" >"$here/sources.list"
  : >"$here/status"
  cat >"$here/apt.conf" <<END
#clear APT::Architectures;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
APT::Architecture "$arch";
APT::Architectures { "$arch"; };
APT::Sandbox::User "";
APT::Update::Error-Mode "any";
Acquire::Languages "none";
Acquire::Retries "3";
Debug::NoLocking "1";
Dir::Cache "$here/cache";
Dir::Etc::SourceList "$here/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::State::Lists "$here/lists";
Dir::State::Status "$here/status";
END
  echo "Debian's $suite for $arch, from $url"
}

private() { local tool=$1; shift; "$tool" -q -c "$PWD/apt/apt.conf" "$@"; }

resolve() {  # the package, or the versioned one that it stands for
  local real
  real=$(private apt-cache depends --important "$1" | sed -n "s/^ *Depends: \(${1%-"$arch"}-[0-9].*\)/\1/p" | head -n 1)
  echo "${real:-$1}"
}

mebibytes() { echo $((($1 + 1048575) / 1048576)); }

watch() {  # a line from time to time while the download runs
  local total=$1 have
  while sleep 5 >/dev/null 2>&1; do
    have=$(du -sb debs | cut -f1)
    echo "  $(mebibytes "$have") of $(mebibytes "$total") MiB"
  done
}

download() {
  local name total watcher status=0
  local -a wanted=()
  for name in "$@"; do wanted+=("$(resolve "$name")"); done
  cd debs
  ln -sfn ../apt apt
  total=$(private apt-get download --print-uris "${wanted[@]}" | awk '{ sum += $3 } END { print sum }')
  cd ..
  echo "downloading ${wanted[*]}: $(mebibytes "$total") MiB"
  watch "$total" &
  watcher=$!
  (cd debs && private apt-get download "${wanted[@]}" >../download.log 2>&1) || status=$?
  kill "$watcher"
  wait "$watcher" 2>/dev/null || true
  rm debs/apt
  [ "$status" = 0 ] || die "apt-get could not download ${wanted[*]}:" "$(tail -n 5 download.log)"
}

write_configuration
private apt-get update >update.log 2>&1 || die "apt-get update failed:" "$(tail -n 5 update.log)"
download "$@"
rm -rf apt update.log download.log
