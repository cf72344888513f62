"""Guest software from Debian's archive, for machines that this one is not.

A repository made by one of these rules is fetched when a target that needs it is built, not before,
and needs the network then. Such a target is tagged "manual", so that //... stays without network.
"""

_HOUR = 3600

# Attributes, because Bazel starts a rule over when its code first asks for a file.
_SCRIPTS = {
    "_" + name: attr.label(default = "//third_party/debian_guest:" + file, allow_single_file = True)
    for name, file in {
        "archive": "archive.sh",
        "init": "init",
        "initramfs": "initramfs.sh",
        "tree": "tree.sh",
        "unpack": "unpack.sh",
    }.items()
}

def _step(ctx, text, script, arguments):
    ctx.report_progress(text)
    result = ctx.execute(
        ["bash", ctx.path(script)] + arguments,
        timeout = _HOUR,
        # Its lines are the progress that a user sees.
        quiet = False,
    )
    if result.return_code != 0:
        fail("{}: {}".format(text, result.stderr))

def _download(ctx, packages):
    _step(ctx, "Downloading from Debian's archive", ctx.attr._archive, [ctx.attr.arch, ctx.attr.suite] + packages)

def _unpack(ctx, package, path, output):
    _step(ctx, "Unpacking " + package, ctx.attr._unpack, [package, path, output])

def _finish(ctx, files):
    ctx.delete("debs")
    ctx.file("WORKSPACE", "workspace(name = \"{}\")\n".format(ctx.name))
    ctx.file("BUILD", "exports_files({}, visibility = [\"//visibility:public\"])\n".format(repr(files)))

def _debian_guest_impl(ctx):
    kernel = "linux-image-" + ctx.attr.arch
    _download(ctx, [kernel, "busybox-static"] + ctx.attr.firmware.keys())
    _unpack(ctx, "linux-image", "./boot/vmlinu[xz]-*", "kernel")
    _unpack(ctx, "busybox-static", "./*bin/busybox", "busybox")
    files = ["kernel", "busybox", "initrd.gz"]
    for package, paths in ctx.attr.firmware.items():
        for path in paths:
            name = path.split("/")[-1]
            _unpack(ctx, package, path, name)
            files.append(name)
    init = str(ctx.path(ctx.attr._init))
    _step(ctx, "Making the initramfs", ctx.attr._initramfs, ["busybox", init, "initrd.gz"])
    _finish(ctx, files)

debian_guest = repository_rule(
    doc = "Debian's kernel, and an initramfs with busybox that gives a shell.",
    implementation = _debian_guest_impl,
    attrs = dict(
        _SCRIPTS,
        arch = attr.string(mandatory = True, doc = "as Debian spells it"),
        firmware = attr.string_list_dict(doc = "package: files of it"),
        suite = attr.string(mandatory = True),
    ),
    environ = ["EMU_DEBIAN_MIRROR"],
)

def _debian_tree_impl(ctx):
    _download(ctx, ctx.attr.packages)
    _step(ctx, "Unpacking " + ctx.attr.packages[0], ctx.attr._tree, ["tree.gz"] + ctx.attr.paths)
    _finish(ctx, ["tree.gz"])

debian_tree = repository_rule(
    doc = "Files of packages in a compressed cpio archive, to be put behind an initramfs.",
    implementation = _debian_tree_impl,
    attrs = dict(
        _SCRIPTS,
        arch = attr.string(mandatory = True, doc = "as Debian spells it"),
        packages = attr.string_list(mandatory = True, doc = "all that are needed, dependencies too"),
        paths = attr.string_list(mandatory = True, doc = "patterns of the files to take"),
        suite = attr.string(mandatory = True),
    ),
    environ = ["EMU_DEBIAN_MIRROR"],
)

def _debian_installer_impl(ctx):
    _download(ctx, [ctx.attr.package])
    _unpack(ctx, ctx.attr.package, ctx.attr.kernel, "kernel")
    _unpack(ctx, ctx.attr.package, ctx.attr.initrd, "initrd.gz")
    _finish(ctx, ["kernel", "initrd.gz"])

debian_installer = repository_rule(
    doc = "Kernel and initrd of Debian's text-mode network installer.",
    implementation = _debian_installer_impl,
    attrs = dict(
        _SCRIPTS,
        arch = attr.string(mandatory = True, doc = "as Debian spells it"),
        initrd = attr.string(mandatory = True, doc = "pattern of its path in the package"),
        kernel = attr.string(mandatory = True, doc = "pattern of its path in the package"),
        package = attr.string(mandatory = True),
        suite = attr.string(mandatory = True),
    ),
    environ = ["EMU_DEBIAN_MIRROR"],
)
