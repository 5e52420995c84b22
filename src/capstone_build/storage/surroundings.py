"""
Surroundings: what a build depends on that is neither a file nor declared.

Knows the machine, this Python and the environment; does not know what asks. Every
build imports it first of all, so it imports next to nothing.
"""

from __future__ import annotations

import os
import sys

import xxhash

from capstone_build.storage.uptime import boot_id
from capstone_build.version import VERSION


def machine() -> list[str]:
    """Return what a build depends on that is neither a file nor a variable."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    system = os.uname() if hasattr(os, "uname") else sys.getwindowsversion()  # type: ignore[attr-defined]  # there it is
    user = os.getuid() if hasattr(os, "getuid") else os.getlogin()
    path = os.pathsep.join(sys.path[1:])
    # Not where the machine stopped meanwhile: what was written may have gone with it.
    run = boot_id()
    return [VERSION, sys.version, sys.prefix, str(system), str(user), str(cores), path, run]


def variable_now(name: str) -> str:
    """
    Return the digest of an environment variable.

    Of one that is spelled with a `?`, only whether it is set: it may be a key,
    which is not to be kept, even as a digest.
    """
    value = os.environ.get(name.removeprefix("?"))
    text = "unset" if value is None else "set" if name.startswith("?") else f"set {value}"
    return xxhash.xxh3_128_hexdigest(text.encode("utf-8", "surrogateescape"))
