#!/usr/bin/env bash
# gva_gpa_hva.sh EMU KERNEL BUSYBOX INITRAMFS-SCRIPT INIT: boots a Linux kernel and watches its saved command line while
# the guest runs `cat /proc/cmdline`: who reads it, and where it lies in guest-virtual, guest-physical and host memory.
# Fails if the watch and the monitor's other answers do not agree.
set -euo pipefail
emu=$(realpath "$1") kernel=$(realpath "$2") busybox=$(realpath "$3") initramfs=$(realpath "$4") init=$(realpath "$5")
work=$(mktemp -d "${TMPDIR:-/tmp}/emu-gva.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work"
bash "$initramfs" "$busybox" "$init" initrd.gz
# Without nokaslr the kernel would be elsewhere at each boot.
machine=("$emu" -M riscv-virt -m 256M -kernel "$kernel" -initrd initrd.gz -no-reboot)
append="console=ttyS0 quiet nokaslr"

"${machine[@]}" -append "$append symbols=1" -monitor none -serial file:symbols.txt
sed -n '/^@begin/,/^@end/p' symbols.txt | tr -d '\r' | grep -v '^@' | base64 -d | gunzip >kallsyms
echo "$(wc -l <kallsyms) symbols of the kernel, from /proc/kallsyms in the guest"

coproc EMU { "${machine[@]}" -append "$append" -S -symbols kallsyms -monitor stdio -serial file:console.txt; }
exec {answers}<&"${EMU[0]}" {commands}>&"${EMU[1]}"
pid=$EMU_PID

# The next line of the monitor that is neither empty nor its greeting, without the prompts before it.
next_line() {
  while IFS= read -r line <&"$answers"; do
    while [[ $line == "(emu) "* ]]; do line=${line#"(emu) "}; done
    if [[ -n $line && $line != *" monitor - "* ]]; then return 0; fi
  done
  return 1
}
# Gives a command to the monitor (an empty one: none) and shows what it says, up to a line that matches; `match` is the
# part of that line in parentheses.
ask() {  # ask COMMAND REGEX
  if [ -n "$1" ]; then
    echo "(emu) $1"
    echo "$1" >&"$commands"
  fi
  while next_line; do
    echo "$line"
    if [[ $line =~ $2 ]]; then
      match=${BASH_REMATCH[1]:-}
      return
    fi
  done
  echo "the monitor ended before it said: $2" >&2
  exit 1
}

ask "watch cmdline_proc_show 1 x stop" "^watch 1: gva"
ask "cont" "^watch 1: pc"                 # the kernel is about to print it
ask "info cpus" "^\* CPU"
ask "p *saved_command_line" "^(0x.*)"
gva=$match
ask "x/s $gva" "^[0-9a-f]+: \"(.*)\""
text=$match
ask "gva2gpa $gva" "^gpa: (0x.*)"
gpa=$match
ask "gpa2hva $gpa" "^Host virtual .* is (0x.*)"
hva=$match
ask "explain $gva" "^last writer"
ask "watch saved_command_line 8 r" "^watch 2:"  # the pointer to it
ask "watch $gva 8 r" "^watch 3:"                # its first bytes
ask "cont" "^watch 2: pc=[^ ]+ (\(cmdline_proc_show[^ ]*\)) "
ask "" "^(watch 3: .*)"
hit=$match
exec {commands}>&-
while next_line; do echo "$line"; done    # the guest powers off by itself
wait "$pid"
echo "The guest's own output: $(tr -d '\r' <console.txt | grep nokaslr)"

for part in "gva=$gva" "gpa=$gpa" "hva=$hva" "\"${text:0:8}\""; do
  [[ $hit == *" $part "* ]] || { echo "the watch does not say $part" >&2; exit 1; }
done
[[ $text == "$append" ]] || { echo "that is not the command line" >&2; exit 1; }
echo "The watch says what gva2gpa and gpa2hva say: gva $gva, gpa $gpa, hva $hva"
