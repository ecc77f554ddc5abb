"""What a person can mend: errors whose message is a sentence that says what to do."""

from __future__ import annotations

from typing import ClassVar


class Mendable(Exception):
    """Shown as one sentence at the command line; anything else is a fault of the program."""


class SettingError(Mendable, ValueError):
    """A setting that cannot be used; the message names it and what is allowed."""


class Away(Mendable):
    """A store or a service that does not answer; where `mends_itself`, waiting may be enough."""

    mends_itself: ClassVar[bool] = True
