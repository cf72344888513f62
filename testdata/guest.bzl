"""guest_binary: a program for an emulated machine, built by Debian's clang and lld."""

load("//third_party:versions.bzl", "LLVM_VERSION")

# What a target triple needs from the compiler and the linker.
_TARGETS = {
    "riscv64": struct(
        compile = [
            "--target=riscv64-unknown-elf",
            "-march=rv64gc_zba_zbb_zbs",
            "-mabi=lp64d",
            "-mcmodel=medany",
            # The linker would otherwise use gp, which a bare program has no start file to set.
            "-mno-relax",
        ],
        link = ["-melf64lriscv"],
        script = "//testdata/riscv64:guest.ld",
    ),
    "riscv32": struct(
        compile = [
            "--target=riscv32-unknown-elf",
            "-march=rv32gc_zba_zbb_zbs",
            "-mabi=ilp32d",
            "-mno-relax",
        ],
        link = ["-melf32lriscv"],
        script = "//testdata/riscv64:guest.ld",
    ),
}

_COMMON = ["-c", "-O2", "-ffreestanding", "-fno-pic", "-fno-stack-protector", "-fno-asynchronous-unwind-tables", "-Wall", "-I."]

def _compile(ctx, source, headers):
    object = ctx.actions.declare_file("{}.{}.o".format(ctx.label.name, source.basename))
    args = ctx.actions.args()
    args.add("clang-" + LLVM_VERSION)
    args.add_all(_TARGETS[ctx.attr.target].compile + _COMMON + ctx.attr.copts)
    args.add(source)
    args.add("-o", object)
    ctx.actions.run(
        executable = "/usr/bin/env",
        arguments = [args],
        inputs = [source] + headers,
        outputs = [object],
        mnemonic = "GuestCompile",
        use_default_shell_env = True,
    )
    return object

def _link(ctx, objects, output):
    args = ctx.actions.args()
    args.add("ld.lld-" + LLVM_VERSION)
    args.add_all(_TARGETS[ctx.attr.target].link + ["-static", "--no-dynamic-linker", "--build-id=none"])
    args.add("-T", ctx.file.linker_script)
    args.add_all(ctx.attr.linkopts)
    args.add_all(objects)
    args.add("-o", output)
    ctx.actions.run(
        executable = "/usr/bin/env",
        arguments = [args],
        inputs = objects + [ctx.file.linker_script],
        outputs = [output],
        mnemonic = "GuestLink",
        use_default_shell_env = True,
    )

def _guest_binary_impl(ctx):
    objects = [_compile(ctx, source, ctx.files.hdrs) for source in ctx.files.srcs]
    _link(ctx, objects, ctx.outputs.out)
    files = depset([ctx.outputs.out])
    return [DefaultInfo(files = files, runfiles = ctx.runfiles(files = [ctx.outputs.out]))]

_guest_binary = rule(
    implementation = _guest_binary_impl,
    attrs = {
        "copts": attr.string_list(),
        "hdrs": attr.label_list(allow_files = True),
        "linker_script": attr.label(mandatory = True, allow_single_file = True),
        "linkopts": attr.string_list(),
        "out": attr.output(mandatory = True),
        "srcs": attr.label_list(mandatory = True, allow_files = [".S", ".c"]),
        "target": attr.string(mandatory = True, values = _TARGETS.keys()),
    },
)

def guest_binary(name, target, srcs, linker_script = None, **attrs):
    """Builds NAME.elf; use :NAME (or :NAME.elf) as data of a test.

    Args:
      name: of the target.
      target: a key of _TARGETS.
      srcs: .S and .c files. A C program wants the target's start.S among them.
      linker_script: the target's own unless given.
      **attrs: copts, hdrs, linkopts and what every rule takes.
    """
    _guest_binary(
        name = name,
        target = target,
        srcs = srcs,
        linker_script = linker_script or _TARGETS[target].script,
        out = name + ".elf",
        **attrs
    )
