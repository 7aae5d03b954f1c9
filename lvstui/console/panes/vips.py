"""Console: pane 1, who holds the VIPs: each instance with its state, reason, addresses and the peers it hears."""

from __future__ import annotations

import math

from lvstui.console import actions, format
from lvstui.console.actions import Where
from lvstui.console.glyphs import HELD, NOT_HELD, VRRP
from lvstui.console.lines import Line, Piece, Pieces, width_of
from lvstui.console.table.pane import Written, WrittenPane, note
from lvstui.console.view import PeerSight, View
from lvstui.model.vrrp import InstanceStatus, VipStatus, VrrpState

SILENT_ADVERTS = 3.0
"""A peer not heard for so many of its intervals is called silent."""

ADDRESS_FROM = 68
"""From so many columns on a peer's address stands beside its name."""


class VipsPane(WrittenPane):
    """Rows of all instances; the selected instance is the one the slider moves."""

    BINDINGS = actions.bindings(Where.LISTS, Where.VIPS)
    number = 1
    title = "VIPs"

    def present(self, view: View) -> None:
        """Show the picture."""
        rows: list[Written] = []
        for one in view.snapshot.instances if view.snapshot else ():
            build = compact_lines if self.compact else full_lines
            lines = build(one, view, self.size.width or 80)
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


def peer_pieces(peer: PeerSight, one: InstanceStatus, is_short: bool = False) -> Pieces:
    """Return a peer's name, priority, state if its engine tells, and when it was last heard.

    `is_short` leaves out the address of a known name.
    """
    pieces: list[Piece] = [(peer.name or peer.address, "strong")]
    pieces += [(f" {peer.address}", "dim")] if peer.name and not is_short else []
    pieces += [(" priority ", "dim"), (f"{peer.priority}", "")]
    if peer.state:
        pieces += [("  ", ""), VRRP[peer.state].piece]
    pieces += [("  ", ""), heard_piece(peer, one)]
    if peer.rejected:
        pieces.append((f"  {peer.rejected} rejected ({peer.last_rejection})", "warn"))
    return tuple(pieces)


def heard_piece(peer: PeerSight, one: InstanceStatus) -> Piece:
    """Return when a peer was last heard; its silence is a warning only if it ought to speak: a BACKUP does not."""
    if peer.since is None:
        return "not heard", "dim"
    # No tenths while all is well: they would be another number at each repaint and tell nothing.
    usual = math.ceil(1.5 * peer.advert_interval)
    if peer.since < usual:
        return f"heard <{usual}s ago", ""
    speaks = peer.state is VrrpState.MASTER or (one.state is VrrpState.BACKUP and one.master_address == peer.address)
    if speaks and peer.since > SILENT_ADVERTS * peer.advert_interval + 1.0:
        return f"silent for {format.age(peer.since)}", "warn"
    return f"heard {format.age(peer.since)} ago", "" if speaks else "dim"


def peers_pieces(one: InstanceStatus, view: View, is_short: bool = False) -> list[Pieces]:
    """Return a row's pieces for each peer, or one that says that there is none."""
    found = [peer_pieces(peer, one, is_short) for peer in view.peers_of(one)]
    if found:
        return found
    # A BACKUP is silent: a MASTER that hears nobody is as it should be.
    style = "dim" if one.state in (VrrpState.MASTER, VrrpState.INIT) else "warn"
    return [(("none heard" if style == "warn" else "none heard (a BACKUP does not speak)", style),)]


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
    reason: Pieces = ((view.named(one.reason), "dim"),)
    vips: list[Pieces] = [
        ((" VIP  " if not index else "      ", "dim"), *vip_pieces(vip, one.state))
        for index, vip in enumerate(one.vips)
    ]
    if len(vips) == 1 and width_of(vips[0]) + width_of(reason) + 3 <= width:
        rows = [Line((*vips[0], ("   ", ""), *reason))]
    else:
        rows = [*(Line(vip) for vip in vips), Line(((" ", ""), *reason))]
    return [first, *rows, *(Line(((" peer ", "dim"), *pieces)) for pieces in peers_pieces(one, view))]


def full_lines(one: InstanceStatus, view: View, width: int) -> list[Line]:
    """Return an instance with a row for each fact."""
    head = Line(
        (
            (f" {one.name}", "strong"),
            (f"  vrid {one.vrid} on {one.interface}, VRRPv{one.version}   ", "dim"),
            VRRP[one.state].piece,
            (f" for {format.age(view.now - one.since_at)}", ""),
        )
    )
    facts: list[tuple[str, Pieces]] = [("because", ((view.named(one.reason) or "-", ""),))]
    facts += [("VIP", vip_pieces(vip, one.state)) for vip in one.vips]
    facts += [("peer", pieces) for pieces in peers_pieces(one, view, is_short=width < ADDRESS_FROM)]
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
