"""Lab: the rights it needs: those of root, or those of a user namespace of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from lvstui.errors import LabError

MARK = "LVSTUI_LAB_NAMESPACE"
_NEEDED = {12: "NET_ADMIN", 13: "NET_RAW", 21: "SYS_ADMIN"}
_UNSHARE = ("unshare", "--user", "--map-root-user", "--net", "--mount")
# A namespace has no /run of its own: named network namespaces and the lab's files live there.
_PREPARE = 'mount -t tmpfs -o mode=755 tmpfs /run && exec "$@"'


def missing_capabilities(status: str) -> tuple[str, ...]:
    """Return the capabilities that the lab lacks by the text of /proc/self/status."""
    for line in status.splitlines():
        if line.startswith("CapEff:"):
            mask = int(line.split()[1], 16)
            return tuple(name for bit, name in _NEEDED.items() if not mask >> bit & 1)
    return tuple(_NEEDED.values())


def obtain(arguments: Sequence[str]) -> None:
    """Return if this process may build a lab; otherwise become one that may, in a user namespace.

    `arguments` are those of `lvstui` for the new process. LabError where neither is possible.
    """
    lacking = missing_capabilities(Path("/proc/self/status").read_text())
    for program in ("ip", "nsenter", "setpriv", "unshare"):
        if shutil.which(program) is None:
            raise LabError(f"the lab needs the command {program} (Debian: apt-get install iproute2 util-linux)")
    if not lacking:
        return
    if os.environ.get(MARK):
        raise LabError(f"no {', '.join(lacking)} in the user namespace either; run the lab as root")
    trial = subprocess.run([*_UNSHARE, "sh", "-c", _PREPARE, "sh", "true"], capture_output=True, text=True, check=False)
    if trial.returncode:
        raise LabError(
            f"the lab needs root ({', '.join(lacking)} missing), or user namespaces for ordinary users, which this "
            f"machine refuses: {' '.join(trial.stderr.split()) or 'unshare failed'}. See the "
            "sysctls user.max_user_namespaces, kernel.unprivileged_userns_clone, "
            "kernel.apparmor_restrict_unprivileged_userns"
        )
    sys.stderr.write("lvstui lab: not root; the lab runs in a user namespace of its own, without the kernel's IPVS\n")
    sys.stderr.flush()
    command = [*_UNSHARE, "sh", "-c", _PREPARE, "sh", sys.executable, "-m", "lvstui", *arguments]
    os.execvpe(command[0], command, {**os.environ, MARK: "1"})


def in_user_namespace() -> bool:
    """Whether `obtain` moved this process into a user namespace."""
    return bool(os.environ.get(MARK))
