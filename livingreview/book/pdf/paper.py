"""The sheet that the book is printed on."""

from __future__ import annotations

from dataclasses import asdict, dataclass

PIXELS = 96 / 25.4  # of a style sheet, in a millimetre


@dataclass(frozen=True)
class Room:
    """Room for text on a page, in pixels of a style sheet."""

    width: float
    height: float


@dataclass(frozen=True)
class Paper:
    """A4 with its margins, in millimetres."""

    width: float = 210
    height: float = 297
    top: float = 24
    side: float = 20
    bottom: float = 22

    @property
    def upright(self) -> Room:
        """Room on a page as most are."""
        return self._room(self.width, self.height)

    @property
    def turned(self) -> Room:
        """Room on a page that lies on its side, for a wide table."""
        return self._room(self.height, self.width)

    @property
    def rooms(self) -> dict[str, dict[str, float]]:
        """Both, for the script that lays tables and figures out."""
        return {"upright": asdict(self.upright), "turned": asdict(self.turned)}

    @property
    def rule(self) -> str:
        """The sheet as a rule of a style sheet."""
        size, margin = (self.width, self.height), (self.top, self.side, self.bottom)
        lengths = (" ".join(f"{side:g}mm" for side in sides) for sides in (size, margin))
        return "@page {{ size: {}; margin: {}; }}".format(*lengths)

    def _room(self, width: float, height: float) -> Room:
        inner = (width - 2 * self.side, height - self.top - self.bottom)
        return Room(*(side * PIXELS for side in inner))


PAPER = Paper()
