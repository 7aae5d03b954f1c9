"""Console: pane 6, the lab: who answered the client, what was lost, and what is broken on purpose."""

from __future__ import annotations

from lvstui.console import actions
from lvstui.console.actions import Where
from lvstui.console.lines import Line, Piece, Pieces, spread
from lvstui.console.table.pane import Written, WrittenPane, note
from lvstui.console.view import View
from lvstui.model.lab import HostRole, LabHost, LabStatus

NO_ANSWER = "no answer"


class LabPane(WrittenPane):
    """One row where there is little room, otherwise tally and hosts."""

    BINDINGS = actions.bindings(Where.LISTS, Where.LAB)
    number = 6
    title = "Lab"
    marks_blurred = False

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._status: LabStatus | None = None

    def present(self, view: View) -> None:
        """Show the picture."""
        self._status = view.lab
        rows: list[Written] = []
        if view.lab:
            self.aside = client_pieces(view.lab)
            rows.append(Written("tally", Line(((" ", ""), *tally_pieces(view.lab)))))
            rows.append(Written("recent", Line(((" ", ""), *recent_pieces(view.lab)))))
            rows += [Written(host.name, host_line(host, view.lab)) for host in view.lab.hosts]
        self.show(rows or [Written("", Line(note("waiting for the lab")))])

    def draw(self, width: int, height: int) -> list[Line]:
        """Return one row if there is only one, otherwise the pane."""
        if height > 1:
            return super().draw(width, height)
        status = self._status
        left: Pieces = ((" ", ""), *self.title_pieces(), ("  ", ""))
        if status is None:
            return [Line((*left, ("waiting for the lab", "dim")))]
        broken = broken_pieces(status)
        client = client_pieces(status)
        return [Line(spread((*left, *(broken or tally_pieces(status))), client[1:] if broken else client, width - 1))]


def tally_pieces(status: LabStatus) -> Pieces:
    """Return how many requests each server answered."""
    pieces: list[Piece] = []
    for one in status.tally:
        lost = one.server == NO_ANSWER
        if lost and not one.count:
            continue
        style = "error" if lost else "sorry" if one.server.startswith("sorry") else "strong" if one.recent else "dim"
        pieces += [("  " if pieces else "", ""), (one.server, style), (f" {one.count}", "" if one.recent else "dim")]
    return tuple(pieces) or (("no answer yet", "dim"),)


def recent_pieces(status: LabStatus) -> Pieces:
    """Return the last answers, newest at the right."""
    pieces: list[Piece] = [("last answers  ", "dim")]
    for word in status.recent[-12:]:
        style = "error" if word == NO_ANSWER else "sorry" if word.startswith("sorry") else ""
        pieces += [(word, style), (" ", "")]
    return tuple(pieces)


def client_pieces(status: LabStatus) -> Pieces:
    """Return requests, failures and the longest gap."""
    return (
        (f"{status.requests} requests, ", "dim"),
        (f"{status.failures} failed", "error" if status.failures else "dim"),
        (f", gap {status.longest_gap_ms:.0f} ms", "dim"),
    )


def faults_of(host: LabHost) -> list[str]:
    """Return what is broken at a host, in words."""
    what = (
        "engine" if host.role is HostRole.DIRECTOR else "web server" if host.role is HostRole.REAL_SERVER else "client"
    )
    faults = [] if host.running else [f"{what} stopped"]
    faults += [] if host.link_up else ["link cut"]
    return faults + (["down file"] if host.down_file else [])


def broken_pieces(status: LabStatus) -> Pieces:
    """Return what is broken in the lab, or nothing."""
    words = [f"{host.name} {fault}" for host in status.hosts for fault in faults_of(host)]
    return ((", ".join(words), "warn"),) if words else ()


def host_line(host: LabHost, status: LabStatus) -> Line:
    """Return a host with its address, VIPs and what is broken at it."""
    faults = faults_of(host)
    state: Piece = (f"✖ {', '.join(faults)}", "warn") if faults else ("● fine", "up")
    held: Pieces = ()
    if host.vips and host.role is HostRole.DIRECTOR:
        words = "the VIP" if host.vips == (status.vip,) else ", ".join(host.vips)
        held = ((f"   holds {words}", "master"),)
    role = host.daemon if host.daemon and host.daemon != "lvstui" else str(host.role)
    address = host.addresses[0].partition("/")[0] if host.addresses else ""
    return Line(((f" {host.name:<7}", "strong"), (f"{role:<11} ", "dim"), (f"{address:<15}  ", ""), state, *held))
