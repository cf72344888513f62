"""The versions of Debian's tools that the build is written for: the only place."""

# ./bazelw reads this line for the package names.
LLVM_VERSION = "19"
