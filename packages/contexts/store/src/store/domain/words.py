"""How texts are searched: words, the stems of words, and beginnings of words as they are typed."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from snowballstemmer import stemmer

from store.domain.entry import Entry

MOST_WORDS = 8
"""Words of a question; what is typed beyond is ignored."""
MOST_TERMS = 400
"""Terms of one entry; a description that has more says nothing new after so many."""
MOST_LETTERS = 40
"""Of a word: the beginning of a longer one stands for it."""

_WORD = re.compile(r"[^\W_]+")
_english = stemmer("english")


def folded(text: str) -> str:
    """The text without case and accents, so that Café is found by cafe, and names sort as people expect."""
    text = text.casefold()
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(one for one in decomposed if not unicodedata.combining(one))


def words(text: str) -> list[str]:
    """The words of a text, folded, in their order."""
    return [one[:MOST_LETTERS] for one in _WORD.findall(folded(text))]


@lru_cache(maxsize=10_000)
def stem(word: str) -> str:
    """The stem that the forms of an English word share: plans and plan have one."""
    return str(_english.stemWord(word))


def terms(texts: Iterable[str]) -> list[str]:
    """What an index keeps of texts: each word, and each stem after a `=`, which begins no word.

    So neither passes for the other, and the beginnings of words are a range of the sorted terms.
    """
    found: dict[str, None] = {}
    for text in texts:
        for word in words(text):
            found[word] = found[f"={stem(word)}"] = None
            if len(found) >= MOST_TERMS:
                return list(found)
    return list(found)


def texts_of(entry: Entry) -> list[str]:
    """What of an entry is searched, what matters most first."""
    return [entry.name, *subject(entry), entry.description]


def subject(entry: Entry) -> list[str]:
    """What an entry is about, beside its name."""
    said = [one.text for one in entry.attributes if one.type in ("choice", "text")]
    return [entry.key, entry.category, entry.specification.name, *said]


def asked(question: str) -> list[str]:
    """The words of a question, each once."""
    return list(dict.fromkeys(words(question)))[:MOST_WORDS]


def found_in(word: str, terms: Iterable[str], *, last: bool) -> bool:
    """Whether a word that was asked for is among the terms: by its stem, the `last` also by its beginning."""
    own = f"={stem(word)}"
    return any(term == own or (last and term.startswith(word)) for term in terms)


def relevance(question: Iterable[str], entry: Entry) -> int:
    """How many words of a question are in the name: what is called so comes before what mentions it."""
    name = set(terms([entry.name]))
    return sum(f"={stem(word)}" in name for word in question)
