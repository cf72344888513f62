"""Local stand-ins for the repositories that Bazel itself would fetch.

Bazel's own tools load @rules_cc, @rules_java and @remote_coverage_tools even in a
workspace that needs none of them. Debian's Bazel 4 has the rules built in, so each
stand-in only hands on the native rule, and a build needs no network.
"""

_CC_RULES = [
    "cc_binary",
    "cc_import",
    "cc_library",
    "cc_proto_library",
    "cc_test",
    "cc_toolchain",
    "cc_toolchain_suite",
    "fdo_prefetch_hints",
    "fdo_profile",
    "objc_import",
    "objc_library",
]

_JAVA_RULES = [
    "java_binary",
    "java_import",
    "java_library",
    "java_lite_proto_library",
    "java_package_configuration",
    "java_plugin",
    "java_proto_library",
    "java_runtime",
    "java_test",
    "java_toolchain",
]

def _macro(rule):
    # getattr: a later Bazel may have dropped a rule that nobody here asks for.
    return "def {rule}(**attrs):\n    getattr(native, \"{rule}\")(**attrs)\n".format(rule = rule)

def _native_rules_impl(ctx):
    ctx.file("WORKSPACE", "workspace(name = \"{}\")\n".format(ctx.name))
    ctx.file("BUILD", "")
    ctx.file(ctx.attr.package + "/BUILD", "")
    ctx.file(ctx.attr.package + "/defs.bzl", "\n".join([_macro(rule) for rule in ctx.attr.rules]))

_native_rules = repository_rule(
    implementation = _native_rules_impl,
    attrs = {
        "package": attr.string(mandatory = True),
        "rules": attr.string_list(mandatory = True),
    },
)

def _coverage_tools_impl(ctx):
    ctx.file("WORKSPACE", "workspace(name = \"{}\")\n".format(ctx.name))
    ctx.file("BUILD", """\
package(default_visibility = ["//visibility:public"])

filegroup(name = "coverage_report_generator")

filegroup(name = "lcov_merger")
""")

_coverage_tools = repository_rule(implementation = _coverage_tools_impl)

def offline_shims():
    """Declares the stand-ins under the names that Bazel's tools load."""
    _native_rules(name = "rules_cc", package = "cc", rules = _CC_RULES)
    _native_rules(name = "rules_java", package = "java", rules = _JAVA_RULES)
    _coverage_tools(name = "remote_coverage_tools")
