"""A real mail server for whoever asks for it."""

from tests.chasing import postbox

__all__ = ("postbox",)
