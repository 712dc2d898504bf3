"""A picture without what nobody sees, for pages that hold several with a thousand parts each.

matplotlib wraps every mark in groups of its own, writes remarks and breaks lines, and tells a place
to the millionth of a point. A browser reads and keeps all of it.
"""

from __future__ import annotations

import re

TOKENS = re.compile(r"<[^>]*>|[^<]+")
REMARKS = re.compile(r"<!--.*?-->", re.DOTALL)
# Neither filled nor with a line around it: the grounds of a figure and of its axes. In a link it is
# what a finger meets.
UNSEEN = re.compile(r'<path [^>]*style="fill: none"/>')
PLACES = re.compile(r'(?<= )(?:d|x|y|transform)="[^"]*"')
NUMBER = re.compile(r"-?\d+\.\d{3,}")
SCALE = "scale("


def lean(svg: str) -> str:
    """Return a picture that looks the same, with fewer elements and less text.

    Groups that say nothing about what is in them go, neighbours that say the same become one, and
    places are told to the hundredth of a point.

    Parameters
    ----------
    svg : str
        A picture as matplotlib writes it.
    """
    kept: list[str] = []
    groups: list[str] = []  # how each group that is open began
    closed = ""  # how the group that was closed last began
    in_text = in_link = False
    for token in TOKENS.findall(REMARKS.sub("", svg)):
        if token.startswith("<g>") or (token.startswith("<g ") and not token.endswith("/>")):
            groups.append(token)
            if token == "<g>":
                continue
            if kept[-1:] == ["</g>"] and closed == token:
                kept.pop()
                continue
        elif token == "</g>":
            closed_now = groups.pop()
            if closed_now == "<g>":
                continue
            closed = closed_now
        elif token == "<g/>" or not (in_text or token.strip()) or _unseen(token, in_link):
            continue
        elif token.startswith(("<a ", "</a>")):
            in_link = token.startswith("<a ") and not token.endswith("/>")
        elif token.startswith(("<text", "</text")):
            in_text = token.startswith("<text")
        kept.append(PLACES.sub(_rounded, token) if token.startswith("<") else token)
    return "".join(kept)


def _unseen(token: str, in_link: bool) -> bool:
    return not in_link and UNSEEN.fullmatch(token) is not None


def _rounded(match: re.Match[str]) -> str:
    text = " ".join(match[0].split()).replace(' "', '"').replace('" ', '"')
    if SCALE in text:  # a factor is no place
        return text
    return NUMBER.sub(lambda number: f"{float(number[0]):.2f}".rstrip("0").rstrip("."), text)
