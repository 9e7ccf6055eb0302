"""What every message is made of: a form filled in each language, days, whom to phone."""

from dataclasses import dataclass
from datetime import date

from services.core.kit.words import Words

_WEEKDAYS_ZH = "一二三四五六日"
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_PHONE = Words("\n有疑问请致电：{contact}", "\nQuestions: {contact}")


@dataclass(frozen=True, slots=True)
class Text:
    """One message: what it is about, what it says, and where to go."""

    title: Words
    body: Words
    link: str


def filled(form: Words, **values: Words | str | int) -> Words:
    """Fill a form in each language with the values in that language."""

    def spoken(language: str) -> str:
        return form.spoken(language).format(
            **{
                name: value.spoken(language) if isinstance(value, Words) else value
                for name, value in values.items()
            }
        )

    return Words(spoken("zh"), spoken("en"))


def day(on: date) -> Words:
    """Say a day with its weekday."""
    return Words(
        f"{on.month}月{on.day}日（周{_WEEKDAYS_ZH[on.weekday()]}）",
        f"{_WEEKDAYS[on.weekday()]} {on.day} {MONTHS[on.month - 1]}",
    )


def phone(contact: str | None) -> Words | str:
    """Say whom to phone, as the last line; nothing where nobody is known."""
    return filled(_PHONE, contact=contact) if contact else ""
