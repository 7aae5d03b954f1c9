"""Reading what ipvsadm prints."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lvstui.lab.listing import ListedDestination, parse, weights

TEXT = """\
IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn
TCP  192.168.61.100:80 rr persistent 50
  -> 192.168.61.21:80             Route   1      0          12        
  -> 192.168.61.22:80             Route   2      3          0         
FWM  7 wlc
"""  # noqa: W291


def test_services_with_their_destinations() -> None:
    first, second = parse(TEXT)
    assert (first.protocol, first.place, first.scheduler, first.rest) == (
        "TCP",
        "192.168.61.100:80",
        "rr",
        "persistent 50",
    )
    assert first.destinations[1] == ListedDestination("192.168.61.22:80", "Route", 2, 3, 0)
    assert (second.protocol, second.place, second.destinations) == ("FWM", "7", ())


def test_weights_of_one_service() -> None:
    assert weights(parse(TEXT), "192.168.61.100:80") == {"192.168.61.21:80": 1, "192.168.61.22:80": 2}
    assert weights(parse(TEXT), "192.168.61.100:81") == {}


@pytest.mark.parametrize("text", ["", "hello\n", TEXT.replace("Route  ", "Rout  "), TEXT + "rubbish\n"])
def test_anything_else_is_named(text: str) -> None:
    with pytest.raises(ValueError, match="ipvsadm"):
        parse(text)


@given(st.text(max_size=200))
def test_no_text_breaks_it(text: str) -> None:
    try:
        parse(text)
        parse(TEXT + text)
    except ValueError:
        pass
