"""The scene of Jingning and everybody around it."""

from tests.groups.scene import jingning

__all__ = ("jingning",)
