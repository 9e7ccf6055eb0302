"""What stands in the way of a command, in one sentence that says what to do."""

from services.core.kit.words import Words


class Trouble(RuntimeError):
    """Something an operator can mend; shown as its sentence, never as a stack trace."""

    def __init__(self, words: Words) -> None:
        """Keep the sentence in both languages."""
        super().__init__(words.en)
        self.words = words
