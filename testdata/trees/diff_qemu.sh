#!/usr/bin/env bash
# diff_qemu.sh BOARD_TREE [QEMU]: the memory of our virt board beside that of QEMU's. Fails when there is a difference.
# An address space may stand elsewhere in the list (QEMU's order changes from run to run); containers are "i/o" in
# QEMU 7 and 8.
set -uo pipefail
board_tree=$1
qemu=${2:-qemu-system-riscv64}
if ! command -v "$qemu" >/dev/null; then
  echo "SKIPPED: $qemu is not installed, so there is nothing to compare with"
  exit 0
fi

# One paragraph is one address space, region or view: names at its head sorted, and the paragraphs too.
tidy() {
  sed -e 's/\r$//' -e 's/\x1b\[[A-Z]//g' -e '/^(qemu)/d' -e '/^QEMU /d' -e 's/, container): /, i\/o): /' \
    -e 's/^FlatView #.*/FlatView/' |
    awk 'BEGIN { RS = "" } {
      lines = split($0, line, "\n"); heads = text = ""
      for (i = 1; i <= lines; i++)
        if (line[i] ~ /^( AS |address-space)/) head[++heads] = line[i]; else text = text "\001" line[i]
      for (i = 1; i <= heads; i++) for (j = i + 1; j <= heads; j++)
        if (head[j] < head[i]) { swap = head[i]; head[i] = head[j]; head[j] = swap }
      for (i = heads; i >= 1; i--) text = "\001" head[i] text
      print substr(text, 2)
    }' | sort | tr '\001' '\n'
}

theirs=$({ echo 'info mtree'; echo 'info mtree -f'; echo quit; } |
  "$qemu" -M virt -display none -nodefaults -S -monitor stdio -bios none 2>/dev/null | tidy)
ours=$({ "$board_tree" riscv-virt "$0" && "$board_tree" riscv-virt "$0" -f; } | tidy)
if [ "$(grep -c . <<<"$theirs")" -lt 50 ] || [ "$(grep -c . <<<"$ours")" -lt 50 ]; then
  echo "no trees to compare; $qemu printed:"
  echo "$theirs"
  exit 1
fi
if diff <(echo "$theirs") <(echo "$ours"); then
  echo "the same $(wc -l <<<"$ours") lines as $("$qemu" --version | head -1)"
else
  echo "(< $qemu, > emu)"
  exit 1
fi
