"""Writes of reminders: planning, sending, and what a person does with one."""

from services.core.reminders.actions.answer import acknowledge, snooze
from services.core.reminders.actions.plan import READERS
from services.core.reminders.actions.send import send_due

__all__ = ("READERS", "acknowledge", "send_due", "snooze")
