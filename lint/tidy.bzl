"""clang-tidy over everything that a target is made of, one cached action per source file."""

load("//third_party:versions.bzl", "LLVM_VERSION")

TidyInfo = provider(
    "What clang-tidy said.",
    fields = {"reports": "depset of files, each empty when its source is clean"},
)

_COMMAND = """
if said=$(clang-tidy-{version} --quiet --config-file={config} {source} -- -xc++ {flags} 2>&1); then
  : >{out}
else
  echo "$said" | sed -e "s|$PWD/||g" -e '/^[0-9]* warnings* generated/d' >{out}
fi
"""

def _compile_flags(ctx, compilation):
    attr = ctx.rule.attr
    return (
        ctx.fragments.cpp.copts + ctx.fragments.cpp.cxxopts + getattr(attr, "copts", []) +
        ["-D" + define for define in compilation.defines.to_list() + compilation.local_defines.to_list()] +
        ["-iquote" + path for path in compilation.quote_includes.to_list()] +
        ["-isystem" + path for path in compilation.system_includes.to_list()] +
        ["-I" + path for path in compilation.includes.to_list()]
    )

def _tidy(ctx, source, flags, headers):
    report = ctx.actions.declare_file("{}.{}.tidy".format(ctx.rule.attr.name, source.basename))
    ctx.actions.run_shell(
        inputs = depset([source, ctx.file._config], transitive = [headers]),
        outputs = [report],
        # Only the status tells clean from not clean: clang-tidy also counts what it kept quiet about.
        command = _COMMAND.format(
            version = LLVM_VERSION,
            config = ctx.file._config.path,
            source = source.path,
            flags = " ".join(["'{}'".format(flag) for flag in flags]),
            out = report.path,
        ),
        mnemonic = "ClangTidy",
        progress_message = "Linting " + source.short_path,
        use_default_shell_env = True,
    )
    return report

def _tidy_aspect_impl(target, ctx):
    below = [dep[TidyInfo].reports for dep in getattr(ctx.rule.attr, "deps", []) if TidyInfo in dep]
    if CcInfo not in target or target.label.workspace_name:
        return [TidyInfo(reports = depset(transitive = below))]
    compilation = target[CcInfo].compilation_context
    flags = _compile_flags(ctx, compilation)
    sources = [
        source
        for files in getattr(ctx.rule.attr, "srcs", []) + getattr(ctx.rule.attr, "hdrs", [])
        for source in files.files.to_list()
        if source.is_source and source.extension in ["cc", "h"]
    ]
    # A header with a source beside it is read along with that source.
    names = [source.basename[:-3] for source in sources if source.extension == "cc"]
    reports = [
        _tidy(ctx, source, flags, compilation.headers)
        for source in sources
        if source.extension == "cc" or source.basename[:-2] not in names
    ]
    return [TidyInfo(reports = depset(reports, transitive = below))]

_tidy_aspect = aspect(
    implementation = _tidy_aspect_impl,
    attr_aspects = ["deps"],
    fragments = ["cpp"],
    attrs = {
        "_config": attr.label(default = "//:.clang-tidy", allow_single_file = True),
    },
)

def _tidy_test_impl(ctx):
    reports = depset(transitive = [dep[TidyInfo].reports for dep in ctx.attr.deps]).to_list()
    if not reports:
        fail("nothing to lint in " + str(ctx.label))
    script = ctx.actions.declare_file(ctx.label.name + ".sh")
    ctx.actions.write(
        script,
        "#!/bin/sh\n! cat {} | grep .\n".format(" ".join([report.short_path for report in reports])),
        is_executable = True,
    )
    return [DefaultInfo(executable = script, runfiles = ctx.runfiles(files = reports))]

tidy_test = rule(
    implementation = _tidy_test_impl,
    attrs = {
        "deps": attr.label_list(aspects = [_tidy_aspect], mandatory = True),
    },
    test = True,
)
