"""config: what a configuration needs of the host it will run on, read without changing anything."""

from __future__ import annotations

import grp
import pwd
import stat
from pathlib import Path
from typing import Protocol

DEFAULT_SCRIPT_USER = "keepalived_script"
SEARCH_PATH = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")


class HostView(Protocol):
    """The checks; the lab gives another view for a file that is meant for another network namespace."""

    def node_name(self) -> str:
        """The host's name."""
        ...

    def interface_exists(self, name: str) -> bool:
        """There is a network interface of this name now."""
        ...

    def find_program(self, name: str) -> Path | None:
        """The executable file that this command word names (searched in the usual folders if it has no slash)."""
        ...

    def user_exists(self, name: str) -> bool:
        """There is a user of this name or number."""
        ...

    def group_exists(self, name: str) -> bool:
        """There is a group of this name or number."""
        ...

    def writable_by_others(self, program: Path) -> bool:
        """Somebody other than root could replace the file (keepalived's script security)."""
        ...


class ThisHost:
    """The host that we run on, in the network namespace of this process."""

    def node_name(self) -> str:
        """The host's name; "localhost" if it cannot be read."""
        try:
            return Path("/proc/sys/kernel/hostname").read_text().strip() or "localhost"
        except OSError:
            return "localhost"

    def interface_exists(self, name: str) -> bool:
        """As /proc/net/dev of this network namespace says."""
        try:
            lines = Path("/proc/net/dev").read_text().splitlines()[2:]
        except OSError:
            return True
        return any(line.split(":")[0].strip() == name for line in lines)

    def find_program(self, name: str) -> Path | None:
        """The executable file, or None."""
        if not name or "\0" in name:
            return None
        candidates = [Path(name)] if "/" in name else [Path(folder, name) for folder in SEARCH_PATH]
        return next((path for path in candidates if _executable(path)), None)

    def user_exists(self, name: str) -> bool:
        """In the user database, or a number."""
        if name.isdecimal():
            return True
        try:
            pwd.getpwnam(name)
        except (KeyError, ValueError):
            return False
        return True

    def group_exists(self, name: str) -> bool:
        """In the group database, or a number."""
        if name.isdecimal():
            return True
        try:
            grp.getgrnam(name)
        except (KeyError, ValueError):
            return False
        return True

    def writable_by_others(self, program: Path) -> bool:
        """The file or a folder above it belongs to somebody else than root, or group or others may write to it."""
        try:
            real = program.resolve(strict=True)
            for path in (real, *real.parents):
                status = path.stat()
                sticky = stat.S_ISDIR(status.st_mode) and status.st_mode & stat.S_ISVTX
                loose = status.st_mode & 0o022 if status.st_gid else status.st_mode & 0o002
                if status.st_uid != 0 or (loose and not sticky):
                    return True
        except (OSError, RuntimeError):
            return True
        return False


class AnyHost(ThisHost):
    """A view for a file of another host or namespace: interfaces, programs and users are taken as there."""

    def __init__(self, name: str = "director") -> None:
        self._name = name

    def node_name(self) -> str:
        """The name given."""
        return self._name

    def interface_exists(self, name: str) -> bool:
        """Always."""
        return True

    def find_program(self, name: str) -> Path | None:
        """Always, under its own name."""
        return Path(name) if "/" in name else Path("/usr/bin", name)

    def user_exists(self, name: str) -> bool:
        """Always, except for the user that is taken by default where it exists."""
        return name != DEFAULT_SCRIPT_USER

    def group_exists(self, name: str) -> bool:
        """Always."""
        return True

    def writable_by_others(self, program: Path) -> bool:
        """Never."""
        return False


def _executable(path: Path) -> bool:
    try:
        status = path.stat()
    except (OSError, ValueError):
        return False
    return stat.S_ISREG(status.st_mode) and bool(status.st_mode & 0o111)
