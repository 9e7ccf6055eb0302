"""Text a person reads, in both languages at once, so that neither can be forgotten."""

from dataclasses import dataclass

LANGUAGES = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Words:
    """One sentence in Chinese and in English."""

    zh: str
    en: str

    def spoken(self, language: str) -> str:
        """Give the sentence in one language; anything but `en` is Chinese."""
        return self.en if language == "en" else self.zh

    def both(self) -> dict[str, str]:
        """Give both sentences, keyed by language, as rows and events keep them."""
        return {"zh": self.zh, "en": self.en}
