"""In which encoding a sample without a mark is written that is no UTF-8: the one in which it makes sense."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from spark_app.doctor.header_names import KNOWN_NAMES, plain_name

_ENCODINGS = ("cp1252", "cp932", "gb18030", "euc_kr", "big5", "cp1251", "cp1250", "mac_roman")
_WORD = r"[^\s,;|\"']+"


@dataclass(frozen=True)
class Reading:
    """A text as one encoding has it; `words` are some of it with other letters than ASCII's, to be judged by people."""

    encoding: str
    text: str
    words: tuple[str, ...]


def likeliest(data: bytes) -> Reading | None:
    """The encoding in which most known names of columns stand, then most words that are words; None where none fits."""
    read = [(encoding, text) for encoding in _ENCODINGS if (text := _as(data, encoding)) is not None]
    if not read:
        return None
    encoding, text = max(read, key=lambda one: (_known_headers(one[1]), _sense(one[1])))
    foreign = dict.fromkeys(word for word in re.findall(_WORD, text) if not word.isascii())
    lettered_first = sorted(foreign, key=lambda word: not any(map(str.isalpha, word)))
    return Reading(encoding, text, tuple(lettered_first[:3]))


def _as(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _known_headers(text: str) -> int:
    """How many names of columns stand in the first lines."""
    cells = {plain_name(cell) for line in text.splitlines()[:10] for cell in re.split(r"[,;\t|]", line)}
    return len(cells & KNOWN_NAMES)


def _sense(text: str) -> float:
    """The share of words with other letters than ASCII's that are of one script, less what is no letter in words."""
    good = bad = 0
    for word in re.findall(_WORD, text):
        letters = [one for one in word if one.isalpha()]
        foreign = [one for one in word if not one.isascii() and not _is_sign(one)]
        if not foreign:
            continue
        scripts = {unicodedata.name(one, "?").split()[0] for one in letters}
        alone = len(letters) == 1 and letters[0].isupper()  # as another encoding's euro looks
        strange = any(not one.isalnum() for one in foreign)
        mixed = len(scripts) > 1 and not scripts <= {"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "FULLWIDTH"}
        accents_alone = scripts == {"LATIN"} and len(letters) > 2 and not any(map(str.isascii, letters))
        wrong = alone or strange or mixed or accents_alone
        good, bad = good + (not wrong), bad + wrong
    return good / (good + bad) if good + bad else 0.5 if text else 0.0


def _is_sign(one: str) -> bool:
    """Whether it is what stands between words anyway: a currency's sign, a dash, a quotation mark, a degree."""
    return unicodedata.category(one) in ("Sc", "Pd", "Pi", "Pf") or one in "…°²³®™©§•ªº¡¿"
