"""The one sanitiser for text that came from outside (packets, replies, scripts, files).

Textual and Rich pass terminal escapes through and interpret markup, so text is made harmless once, where it
enters the model: control characters become visible pictures, it is one line, and its length is bounded.
"""

from __future__ import annotations

import unicodedata

MAX_LENGTH = 200
_ELLIPSIS = "…"
# Bidirectional controls and zero-width marks let text pretend to be other text on a terminal.
_DECEPTIVE = frozenset(
    "\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
)


def clean(text: str | bytes, limit: int = MAX_LENGTH) -> str:
    """Return `text` as one harmless line of at most `limit` characters.

    Bytes are read as UTF-8 with replacement. C0 controls become control pictures (ESC is `␛`), other
    controls, format characters and lone surrogates become `\ufffd`; a cut is shown by an ellipsis.
    """
    if isinstance(text, bytes):
        text = text[: limit * 4 + 4].decode("utf-8", "replace")
    if len(text) > limit:
        text = text[: limit - 1] + _ELLIPSIS
    return "".join(_harmless(character) for character in text)


def _harmless(character: str) -> str:
    code = ord(character)
    if character == "\t":
        return " "
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    if character in _DECEPTIVE or unicodedata.category(character) in ("Cc", "Cs", "Cn", "Co"):
        return "\ufffd"
    return character
