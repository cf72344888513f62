# What gdb does with debuggee.c. The lines that begin with CHECK are FileCheck's.

# CHECK-LABEL: == attach
echo == attach\n
target remote gdb.sock
# CHECK: 0x0000000000001000 in ?? ()
info threads
# CHECK: * 1 {{.*}}CPU#0 [running, machine mode]
info registers pc priv mhartid misa
# CHECK: pc {{ *}}0x1000
# CHECK: priv {{ *}}0x3 {{.*}}Machine
# CHECK: mhartid {{ *}}0x0
# CHECK: misa {{ *}}0x8000000000{{.*}}RV64ACDFIMSU
x/3i $pc
# CHECK: => 0x1000:{{.*}}auipc t0,0x0
# CHECK: 0x1008:{{.*}}csrr a0,mhartid

# CHECK-LABEL: == breakpoints and steps
echo == breakpoints and steps\n
break main
continue
# CHECK: Breakpoint 1, main () at testdata/riscv64/debuggee.c
# CHECK: InstallTraps();
next
# CHECK: other = Triple(14);
step
# CHECK: Triple (x=14) at testdata/riscv64/debuggee.c
# CHECK: u64 y = x + x;
next
# CHECK: return y + x;
info locals
# CHECK: y = 28
backtrace
# CHECK: #0 Triple (x=14)
# CHECK: #1 {{.*}} in main ()
finish
# CHECK: Value returned is {{.*}} = 42
stepi
x/i $pc
# CHECK: => 0x{{[0-9a-f]*}} <main+{{[0-9]*}}>:
tbreak Touch
hbreak FillTable
continue
# CHECK: Temporary breakpoint 2, Touch ()

# CHECK-LABEL: == watchpoints
echo == watchpoints\n
watch value
# CHECK: Hardware watchpoint 4: value
continue
# CHECK: Hardware watchpoint 4: value
# CHECK: Old value = 0
# CHECK: New value = 7
delete 4
rwatch value
continue
# CHECK: Hardware read watchpoint 5: value
# CHECK: Value = 7
delete 5
awatch value
continue
# CHECK: Hardware access (read/write) watchpoint 6: value
# CHECK: Old value = 7
# CHECK: New value = 12
delete 6
continue
# CHECK: Breakpoint 3, FillTable ()

# CHECK-LABEL: == many
echo == many\n
python
import gdb
watches = [gdb.Breakpoint("table[%d]" % (i + 30), gdb.BP_WATCHPOINT, gdb.WP_WRITE, True) for i in range(300)]
breaks = [gdb.Breakpoint("*%d" % (0x80100000 + 4 * i), internal=True) for i in range(300)]
end
continue
# CHECK: Old value = 0
# CHECK: New value = 31
print i
# CHECK: = 30
continue
# CHECK: Old value = 0
# CHECK: New value = 32
python
for b in watches + breaks: b.delete()
end

# CHECK-LABEL: == code that changes
echo == code that changes\n
break *code
continue
# CHECK: Breakpoint {{[0-9]*}}, 0x{{[0-9a-f]*}} in code ()
x/i $pc
# CHECK: li a0,10
continue
# CHECK: Breakpoint {{[0-9]*}}, 0x{{[0-9a-f]*}} in code ()
x/i $pc
# CHECK: li a0,20
# Written by the debugger over the instruction that stands at the breakpoint: li a0,30
set var code[0] = 0x01e00513
finish
print $a0
# CHECK: = 30

# CHECK-LABEL: == page tables
echo == page tables\n
break *0x40000000
continue
# CHECK: 0x0000000040000000 in ?? ()
info registers priv satp
# CHECK: priv {{ *}}0x1 {{.*}}Supervisor
# CHECK: satp {{ *}}0x8000000000080
x/2i $pc
# CHECK: => 0x40000000:{{.*}}li a0,1
# CHECK: 0x40000004:{{.*}}ret
x/wx 0x40001000
# CHECK: 0x40001000: 0x12345678
print leaves[1] & 64
# CHECK: = 0
maintenance packet qqemu.PhyMemMode
# CHECK: received: "0"
maintenance packet Qqemu.PhyMemMode:1
# CHECK: received: "OK"
x/wx pages[2]
# CHECK: <pages+8192>: 0x12345678
python
try: gdb.execute("x/wx 0x8000000000")
except gdb.MemoryError as error: print("physically,", error)
end
# CHECK: physically, Cannot access memory at address 0x8000000000
maintenance packet Qqemu.PhyMemMode:0
# CHECK: received: "OK"
continue
# CHECK: 0x0000000040000000 in ?? ()
x/i $pc
# CHECK: => 0x40000000:{{.*}}li a0,2

# CHECK-LABEL: == values are set
echo == values are set\n
set var $a0 = 0x1234
print/x $a0
# CHECK: = 0x1234
set var $sscratch = 0x77
print/x $sscratch
# CHECK: = 0x77
set var $ft3 = 1.5
print $ft3
# CHECK: double = 1.5
set var pages[2][1] = 0xabcdef
x/wx 0x40001004
# CHECK: 0x40001004: 0x00abcdef
print Triple(5)
# CHECK: = 15
python
try: gdb.execute("set var $mhartid = 1")
except gdb.error as error: print(error)
end
# CHECK: Could not write register "mhartid"{{.*}}register mhartid cannot be written

# CHECK-LABEL: == Ctrl-C
echo == Ctrl-C\n
delete
shell (until grep -q looping serial; do sleep 0.02; done; kill -INT $PPID) &
continue
# CHECK: Program received signal SIGINT
# CHECK: Loop () at testdata/riscv64/debuggee.c
python then = int(gdb.parse_and_eval("ticks"))
maintenance packet qqemu.sstepbits
# CHECK: received: "ENABLE=1,NOIRQ=2,NOTIMER=4"
monitor info registers
# CHECK: pc

# CHECK-LABEL: == again
echo == again\n
break Print
detach
# CHECK: detached
target remote gdb.sock
# CHECK: Loop () at testdata/riscv64/debuggee.c
python print("it went on:", int(gdb.parse_and_eval("ticks")) > then)
# CHECK: it went on: True
disconnect
target remote gdb.sock
# CHECK: Loop () at testdata/riscv64/debuggee.c
disconnect
target remote gdb.sock
set var go = 1
continue
# CHECK: exited with code 052
