"""The iterator that makes its next item while the last one is used."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from threading import Event, current_thread

import pytest

from svu_pipeline.ahead import ahead


def test_items_come_in_order_and_all_of_them() -> None:
    """Nothing is lost, doubled or overtaken; of nothing comes nothing."""
    assert list(ahead(iter(range(100)))) == list(range(100))
    assert list(ahead(iter(()))) == []


def test_next_item_is_made_while_the_last_is_used_and_no_further() -> None:
    """One item ahead, in another thread: memory holds two, however slow the use."""
    made: list[int] = []
    second = Event()

    def items() -> Iterator[int]:
        for number in range(10):
            assert current_thread() is not using
            made.append(number)
            if number == 1:
                second.set()
            yield number

    using = current_thread()
    with closing(ahead(items())) as numbers:
        assert next(numbers) == 0
        assert second.wait(timeout=10)
        assert made == [0, 1]


def test_what_the_making_raises_is_raised_in_its_place() -> None:
    """The items before the failure are used; the failure reaches the user."""

    def items() -> Iterator[int]:
        yield 1
        raise ValueError("the second cannot be made")

    used: list[int] = []
    with pytest.raises(ValueError, match="the second cannot be made"):
        used.extend(ahead(items()))
    assert used == [1]
