"""What an author is asked at the keyboard; Enter leaves a cell blank."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from livingreview.faults import ascii_controls


def ask(question: str) -> str:
    """Return the answer to an open question."""
    return input(f"{ascii_controls(question)} ").strip()


def yes(question: str) -> bool:
    """Return whether the answer is yes; Enter says no."""
    return ask(f"{question} [y/N]").lower() in ("y", "yes")


def ask_until(question: str, refusal: Callable[[str], str]) -> str:
    """Return an answer to which nothing is objected, or an empty one.

    Parameters
    ----------
    question : str
        The question.
    refusal : callable
        Returns what is wrong with an answer, or an empty text.
    """
    while answer := ask(question):
        why = refusal(answer)
        if not why:
            break
        print(f"  {why}")
    return answer


def choose(question: str, words: Iterable[str]) -> str:
    """Return one of the words, named by its number or in full, or an empty text."""
    words = list(words)
    print(f"{question} (a number or the word; Enter leaves it blank)")
    for number, word in enumerate(words, 1):
        print(f"  {number:2} {word}")
    chosen = dict(zip(map(str, range(1, len(words) + 1)), words, strict=True))
    chosen |= {word: word for word in words}
    answer = ask_until(">", lambda text: "" if text in chosen else "Not one of these.")
    return chosen.get(answer, "")
