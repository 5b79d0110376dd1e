"""The guides of `docs/`, followed from top to bottom: what they print is what comes out.

Whoever follows "first figure" from the document alone arrives; the guides after it go on where it
ends. `python tests/following.py HOME` writes what came out into them.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from documents import ALONE, STORY
from following import Reader, steady
from homes import TestHome


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory, sample_home: TestHome) -> Reader:
    return Reader(tmp_path_factory.mktemp("guides") / "story", sample_home.root)


@pytest.mark.parametrize("guide", STORY)
def test_the_story_arrives_where_it_says(followed: Reader, guide: str) -> None:
    """In this order: each begins in the home that the one before left."""
    says, real = followed.follow(guide)
    assert steady(says) == steady(real)


@pytest.mark.parametrize("guide", ALONE)
def test_a_guide_alone_arrives_where_it_says(
    sample_home: TestHome, tmp_path: Path, guide: str
) -> None:
    says, real = Reader(tmp_path / "reader", sample_home.root, True).follow(guide)
    assert steady(says) == steady(real)
