"""What the command line prints, in the language of the terminal."""

import os

from rich.console import Console
from rich.markup import escape

from services.core.kit.words import Words

OUT = Console(soft_wrap=True, highlight=False)
ERR = Console(stderr=True, soft_wrap=True, highlight=False)


def language() -> str:
    """Give zh where the terminal's locale is Chinese, else en (POSIX order of the variables)."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if chosen := os.environ.get(name):
            return "zh" if chosen.lower().startswith("zh") else "en"
    return "en"


def spoken(words: Words) -> str:
    """Give the sentence in the terminal's language."""
    return words.spoken(language())


def say(words: Words) -> None:
    """Print one line about progress."""
    OUT.print(escape(spoken(words)))


def complain(words: Words) -> None:
    """Print one sentence about what is wrong, to standard error."""
    ERR.print(f"[bold red]{escape(spoken(words))}[/]")
