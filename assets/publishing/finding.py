"""A finding: something a person should know, in a sentence."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """Something a person should know: what it is about, and a sentence.

    A `warning` is only shown; everything else must be acted on and makes a run end with 3.
    """

    about: str
    text: str

    @property
    def must_be_acted_on(self) -> bool:
        return self.about != "warning"
