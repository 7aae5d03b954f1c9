"""The exception tree.

LvstuiError
├── ConfigError        the configuration cannot run; carries every diagnostic
├── PacketError        a peer sent something malformed (counted and dropped, never raised to a user)
├── MisuseError        our own code called a room wrongly
├── KernelError        the kernel refused an operation (errno, operation, subject)
├── ControlError       a request to the engine failed (code, message, hint)
│   └── EngineUnreachable   nobody answers on the control socket
├── AlreadyRunning     another engine runs in this network namespace
└── LabError           the lab cannot be built or run here
"""

from __future__ import annotations


class LvstuiError(Exception):
    """The root: whatever lvstui raises on purpose."""


class ConfigError(LvstuiError):
    """A configuration that cannot run.

    `diagnostics` are the printed lines, one for each error found, in file order.
    """

    def __init__(self, message: str, diagnostics: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.diagnostics = diagnostics


class PacketError(LvstuiError):
    """A packet that its sender should not have sent; `reason` is the name of the counter that it moves."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


class MisuseError(LvstuiError):
    """Our own code called a room in a way that its contract forbids."""


class KernelError(LvstuiError):
    """The kernel refused: which operation, on what, and with which errno."""

    def __init__(self, errno: int, operation: str, subject: str, message: str) -> None:
        super().__init__(f"{operation} {subject}: {message}")
        self.errno = errno
        self.operation = operation
        self.subject = subject


class ControlError(LvstuiError):
    """The engine refused a request; `code` is stable, `hint` says what to do."""

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.hint = hint


class EngineUnreachable(ControlError):
    """Nobody answers on the control socket."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__("UNREACHABLE", message, hint)


class AlreadyRunning(LvstuiError):
    """Another engine runs in this network namespace; the message names it."""


class LabError(LvstuiError):
    """The lab cannot be built or run on this machine; the message says what is missing."""
