"""Console: pane 1, who holds the VIPs: each instance with its state, reason, addresses and the peers it hears."""

from __future__ import annotations

import math

from lvstui.console import actions, format
from lvstui.console.actions import Where
from lvstui.console.glyphs import HELD, NOT_HELD, VRRP
from lvstui.console.lines import Line, Piece, Pieces, width_of
from lvstui.console.table.pane import Written, WrittenPane, note
from lvstui.console.view import View
from lvstui.model.vrrp import InstanceStatus, Peer, VipStatus, VrrpState

SILENT_ADVERTS = 3.0
"""A peer not heard for so many of its intervals is called silent."""


class VipsPane(WrittenPane):
    """Rows of all instances; the selected instance is the one the slider moves."""

    BINDINGS = actions.bindings(Where.LISTS, Where.VIPS)
    number = 1
    title = "VIPs"

    def present(self, view: View) -> None:
        """Show the picture."""
        rows: list[Written] = []
        for one in view.snapshot.instances if view.snapshot else ():
            lines = compact_lines(one, view, self.size.width or 80) if self.compact else full_lines(one, view)
            if rows and not self.compact:
                rows.append(Written(rows[-1].key, Line()))
            rows += (Written(one.name, line) for line in lines)
        if not rows:
            rows = [Written("", Line(note("no VRRP instance" if view.snapshot else "waiting for the engine")))]
        self.show(rows)


def state_pieces(one: InstanceStatus, now: float) -> Pieces:
    """Return `◆ MASTER 4m12s`."""
    return VRRP[one.state].piece, (f" {format.age(now - one.since_at)}", "")


def priority_pieces(one: InstanceStatus) -> Pieces:
    """Return the effective priority, and the base where it differs."""
    if one.effective_priority == one.base_priority:
        return ("priority ", "dim"), (str(one.effective_priority), "strong")
    return ("priority ", "dim"), (str(one.effective_priority), "warn"), (f" (base {one.base_priority})", "dim")


def vip_pieces(vip: VipStatus, state: VrrpState) -> Pieces:
    """Return an address, its label, and whether the kernel here has it; what contradicts the state is an error."""
    wanted = state is VrrpState.MASTER
    sign = HELD if vip.held else NOT_HELD
    style = sign.style if vip.held == wanted else "error"
    where = vip.vip.label or vip.vip.interface
    held: Pieces = ((sign.text, style),)
    if vip.error:
        held = (*held, (f"  {vip.error}", "error"))
    return (str(vip.vip), "strong"), (f" {where}  ", "dim"), *held


def peer_pieces(peer: Peer, view: View, is_short: bool = False) -> Pieces:
    """Return a peer's name, priority, and when it was last heard; `is_short` leaves out the address of a known name."""
    since = view.now - peer.last_heard_at
    usual = math.ceil(1.5 * peer.advert_interval)
    is_silent = since > SILENT_ADVERTS * peer.advert_interval + 1.0
    # No tenths while all is well: they would be another number at each repaint and tell nothing.
    age = f"<{usual}s" if since < usual else format.age(since)
    heard: Piece = (
        (f"silent {format.age(since)}", "warn") if is_silent else (f"heard {age}{'' if is_short else ' ago'}", "")
    )
    name = view.names.get(peer.address, peer.address) if is_short else view.name_of(peer.address)
    pieces: Pieces = ((name, "strong"), (" priority ", "dim"), (f"{peer.priority} ", ""), heard)
    if peer.rejected:
        pieces = (*pieces, (f"  {peer.rejected} rejected ({peer.last_rejection})", "warn"))
    return pieces


def compact_lines(one: InstanceStatus, view: View, width: int) -> list[Line]:
    """Return an instance in three rows of `width` cells, or a few more: for 24 rows."""
    first = Line(
        (
            (f" {one.name}", "strong"),
            (f"  vrid {one.vrid} on {one.interface}   ", "dim"),
            *state_pieces(one, view.now),
            ("   ", ""),
            *priority_pieces(one),
        )
    )
    vips = [
        ((" VIP  " if not index else "      ", "dim"), *vip_pieces(vip, one.state))
        for index, vip in enumerate(one.vips)
    ]
    peers = [(("peer ", "dim"), *peer_pieces(peer, view, is_short=True)) for peer in one.peers]
    if not peers:
        peers = [(("no peer heard", "warn" if one.state is not VrrpState.INIT else "dim"),)]
    together: Pieces = (*vips[0], ("   ", ""), *peers[0]) if len(vips) == 1 and len(peers) == 1 else ()
    if together and width_of(together) <= width:
        rows = [Line(together)]
    else:
        rows = [Line(vip) for vip in vips] + [Line(((" ", ""), *peer)) for peer in peers]
    return [first, *rows, Line(((f" {one.reason}", "dim"),))]


def full_lines(one: InstanceStatus, view: View) -> list[Line]:
    """Return an instance with a row for each fact."""
    head = Line(
        (
            (f" {one.name}", "strong"),
            (f"  vrid {one.vrid} on {one.interface}, VRRPv{one.version}   ", "dim"),
            VRRP[one.state].piece,
            (f" for {format.age(view.now - one.since_at)}", ""),
        )
    )
    facts: list[tuple[str, Pieces]] = [("because", ((one.reason or "-", ""),))]
    facts += [("VIP", vip_pieces(vip, one.state)) for vip in one.vips]
    facts += [("peer", peer_pieces(peer, view)) for peer in one.peers]
    if not one.peers:
        facts.append(("peer", (("none heard", "warn"),)))
    facts.append(
        ("priority", (*priority_pieces(one)[1:], (f"   {'preempts' if one.preempt else 'does not preempt'}", "dim")))
    )
    facts.append(("since", ((format.clock(one.since_time), ""), (f", {_timer(one)}", "dim"))))
    return [head, *(Line(((f"   {name:<9}", "dim"), *pieces)) for name, pieces in facts)]


def _timer(one: InstanceStatus) -> str:
    if one.state is VrrpState.MASTER:
        return f"advertises every {one.advert_interval:g} s"
    if one.state is VrrpState.BACKUP:
        return f"takes over after {one.master_down_interval:.2f} s without an advertisement"
    return "stands still"
