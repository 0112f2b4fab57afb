"""One way to reach a published total: cut it into random whole parts."""

from __future__ import annotations

from random import Random


def split(total: int, parts: int, rng: Random, spread: float = 0.6) -> list[int]:
    """`parts` whole numbers of at least 1 that sum to `total`; a part is within ± `spread` of the mean.

    Raises ValueError where the total is too small to give every part 1.
    """
    if parts < 1 or total < parts:
        raise ValueError(f"cannot cut {total} into {parts} parts")
    weights = [rng.uniform(1 - spread, 1 + spread) for _ in range(parts)]
    whole = sum(weights)
    sizes = [1 + int((total - parts) * weight / whole) for weight in weights]
    for index in range(total - sum(sizes)):
        sizes[index % parts] += 1
    return sizes
