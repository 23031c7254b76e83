"""Regular expressions looked at before Spark starts: Java's, as far as Python's parser can tell."""

from __future__ import annotations

import re
import warnings

# What Java knows and Python does not, each as something both know.
_JAVA = (
    (re.compile(r"\\Q.*?(\\E|$)", re.DOTALL), "q"),
    (re.compile(r"\\[pP](\{[^}]*\}|[A-Z])"), r"\\w"),
    (re.compile(r"\\k<\w+>"), "k"),
    (re.compile(r"\\x\{[0-9A-Fa-f]+\}"), "x"),
    (re.compile(r"\\([^\W\d_])"), lambda found: found[0] if found[1] in "dDwWsSbBtnrf" else "x"),
    (re.compile(r"\(\?<(?=[A-Za-z])"), "(?P<"),
    (re.compile(r"\(\?[imsuxUd-]+(?=[):])"), "(?"),
)


def regex_problem(pattern: str) -> str | None:
    """What is wrong with a regular expression; None where nothing was found."""
    plain = pattern
    for java, python in _JAVA:
        plain = java.sub(python, plain)
    plain = plain.replace("(?)", "")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(plain)
    except re.error as error:
        return (
            None
            if error.msg.startswith(("bad escape", "look-behind", "invalid group ref"))
            else f"no regular expression: {error.msg}"
        )
    except (RecursionError, OverflowError):
        return None
    return None
