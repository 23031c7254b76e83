"""Says what is missing where somebody does ask for it."""

from typing import NoReturn


def __getattr__(name: str) -> NoReturn:
    if name.startswith("__"):
        raise AttributeError(name)
    raise ImportError(f"scipy.stats.{name}: scipy is left out of this image; docs/image.md says how to put it back")
