"""config: what can be said about `vrrp_sync_group` blocks although they are not honoured yet."""

from __future__ import annotations

from lvstui.config.diagnostics import Report, quoted
from lvstui.config.tree import Entry


def check_groups(root: Entry, report: Report) -> None:
    """Report members that do not exist, and groups that have fewer than two."""
    names = {entry.arguments[0].text for entry in root.all("vrrp_instance") if entry.arguments}
    for group in root.all("vrrp_sync_group"):
        if not group.arguments:
            continue
        place = group.arguments[0]
        members = 0
        for item in group.entries("group"):
            for word in item.words[:1]:
                members += word.text in names
                if word.text not in names:
                    report.warning(word, "no-such-instance", f"there is no vrrp_instance {quoted(word.text)}")
        if members < 2:
            what = "one instance" if members else "no instance"
            report.warning(place, "small-group", f"sync group {quoted(place.text)} has {what}: it has no purpose")
