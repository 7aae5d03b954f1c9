"""States differ by word and glyph, not by colour alone."""

from __future__ import annotations

from lvstui.console import glyphs
from lvstui.console.lines import STYLES
from lvstui.model.event import Severity
from lvstui.model.vrrp import VrrpState


def test_every_state_and_severity_has_a_sign() -> None:
    assert set(glyphs.VRRP) == set(VrrpState)
    assert set(glyphs.SEVERITY) == set(Severity)


def test_words_differ_within_what_can_stand_in_one_column() -> None:
    servers = (glyphs.UP, glyphs.DOWN, glyphs.WAIT, glyphs.STALE, glyphs.DRAIN, glyphs.MAINT, glyphs.SORRY)
    for group in (tuple(glyphs.VRRP.values()), servers, tuple(glyphs.SEVERITY.values())):
        assert len({sign.word for sign in group}) == len(group)
        assert len({sign.glyph for sign in group}) == len(group)


def test_every_style_is_known() -> None:
    signs = [*glyphs.VRRP.values(), *glyphs.SEVERITY.values(), *(sign for sign, _ in glyphs.GLOSSARY)]
    assert {sign.style for sign in signs} - {""} <= set(STYLES)


def test_a_sign_is_glyph_and_word() -> None:
    assert glyphs.VRRP[VrrpState.MASTER].piece == ("◆ MASTER", "master")
