"""The repository @system: Debian's libraries as Bazel targets.

pkg-config and llvm-config say how each is compiled and linked. Archives are taken
where Debian ships them, so that a binary starts without loading fifty small shared
objects. Use the libraries through the aliases in //third_party.
"""

load("//third_party:versions.bzl", "LLVM_VERSION")

# Abseil installs one pkg-config module per library; these are the roots that we use,
# pkg-config adds what they need.
_ABSL_MODULES = [
    "absl_algorithm_container",
    "absl_any_invocable",
    "absl_bits",
    "absl_btree",
    "absl_cleanup",
    "absl_cord",
    "absl_debugging",
    "absl_failure_signal_handler",
    "absl_fixed_array",
    "absl_flags",
    "absl_flags_parse",
    "absl_flags_usage",
    "absl_flat_hash_map",
    "absl_flat_hash_set",
    "absl_function_ref",
    "absl_hash",
    "absl_inlined_vector",
    "absl_int128",
    "absl_memory",
    "absl_node_hash_map",
    "absl_node_hash_set",
    "absl_numeric",
    "absl_optional",
    "absl_random_distributions",
    "absl_random_random",
    "absl_span",
    "absl_status",
    "absl_statusor",
    "absl_str_format",
    "absl_strings",
    "absl_symbolize",
    "absl_synchronization",
    "absl_time",
    "absl_type_traits",
    "absl_variant",
]

# Only the machine-code layer of LLVM: no code generator, no optimiser.
_LLVM_COMPONENTS = ["object", "support", "mc", "mcparser", "mcdisassembler"] + [
    target + part
    for target in ["riscv", "x86", "mips", "arm", "aarch64", "powerpc"]
    for part in ["asmparser", "desc", "disassembler", "info"]
]

def _run(ctx, command):
    result = ctx.execute(command)
    if result.return_code != 0:
        fail("{} failed; ./bazelw installs what the build needs.\n{}".format(
            " ".join(command),
            result.stderr,
        ))
    return [word for word in result.stdout.replace("\n", " ").split(" ") if word]

def _pkg_config(ctx, flags, modules):
    tool = ctx.which("pkg-config")
    if not tool:
        fail("pkg-config is not installed; ./bazelw installs what the build needs.")
    return _run(ctx, [str(tool)] + flags + modules)

def _exists(ctx, path):
    return ctx.execute(["test", "-e", path]).return_code == 0

def _prefer_archives(ctx, libdir, linkopts):
    """Replaces -lNAME by the archive's path where the archive exists."""
    result = []
    for opt in linkopts:
        archive = "{}/lib{}.a".format(libdir, opt[2:])
        result.append(archive if opt.startswith("-l") and _exists(ctx, archive) else opt)
    return result

def _library(name, linkopts = [], includes = []):
    return """
cc_library(
    name = "{name}",
    hdrs = glob({headers}, allow_empty = True),
    includes = {includes},
    linkopts = {linkopts},
)
""".format(
        name = name,
        headers = repr([directory + "/**" for directory in includes]),
        includes = repr(includes),
        linkopts = repr(linkopts),
    )

def _grouped(linkopts):
    return ["-Wl,--start-group"] + linkopts + ["-Wl,--end-group"]

def _libdir(ctx):
    # Every module of one Debian architecture shares its directory.
    return _pkg_config(ctx, ["--variable=libdir"], ["absl_base"])[0]

def _packaged(ctx, libdir, name, modules, includes = []):
    opts = [opt for opt in _pkg_config(ctx, ["--libs"], modules) if not opt.startswith("-L")]
    return _library(name, _grouped(_prefer_archives(ctx, libdir, opts)), includes)

# Under the address sanitizer, Abseil's headers give hash tables and their iterators more fields,
# which Debian's archives, built without it, know nothing of.
_ABSL_CONFIG = """\
#include_next <absl/base/config.h>
#undef ABSL_HAVE_ADDRESS_SANITIZER
"""

def _absl(ctx, libdir):
    ctx.file("absl/include/absl/base/config.h", _ABSL_CONFIG)
    return _packaged(ctx, libdir, "absl", _ABSL_MODULES, includes = ["absl/include"])

def _llvm(ctx):
    config = ctx.which("llvm-config-" + LLVM_VERSION)
    if not config:
        fail("llvm-config-{} is not installed; ./bazelw installs what the build needs.".format(LLVM_VERSION))
    tool = str(config)
    static = [tool, "--link-static"]
    libdir = _run(ctx, [tool, "--libdir"])[0]
    archives = [
        "{}/lib{}.a".format(libdir, opt[2:])
        for opt in _run(ctx, static + ["--libs"] + _LLVM_COMPONENTS)
    ]
    system = _run(ctx, static + ["--system-libs"] + _LLVM_COMPONENTS)
    ctx.symlink(_run(ctx, [tool, "--includedir"])[0] + "/llvm", "llvm/include/llvm")
    ctx.symlink(_run(ctx, [tool, "--includedir"])[0] + "/llvm-c", "llvm/include/llvm-c")

    # Archives, not libLLVM.so: the one costs a link 3 s, the other every start 15 ms.
    return _library("llvm", _grouped(archives) + ["-Wl,--as-needed"] + system, includes = ["llvm/include"])

def _system_libraries_impl(ctx):
    libdir = _libdir(ctx)
    ctx.file("WORKSPACE", "workspace(name = \"{}\")\n".format(ctx.name))
    ctx.file("BUILD", "".join([
        "package(default_visibility = [\"//visibility:public\"])\n",
        _absl(ctx, libdir),
        _packaged(ctx, libdir, "re2", ["re2"]),
        # An archive does not say what it needs in turn.
        _packaged(ctx, libdir, "readline", ["readline", "tinfo"]),
        _packaged(ctx, libdir, "gtest_main", ["gtest_main", "gmock"]),
        _packaged(ctx, libdir, "benchmark", ["benchmark"]),
        _packaged(ctx, libdir, "zstd", ["libzstd"]),
        _packaged(ctx, libdir, "zlib", ["zlib"]),
        # Neither libfdt nor (without glib's headers) libslirp can be asked through pkg-config.
        _library("fdt", _prefer_archives(ctx, libdir, ["-lfdt"])),
        _library("slirp", ["-lslirp"]),
        _llvm(ctx),
    ]))

system_libraries = repository_rule(
    implementation = _system_libraries_impl,
    # Asked anew when ./bazelw sees other package versions.
    environ = ["EMU_SYSTEM"],
    configure = True,
    local = True,
)
