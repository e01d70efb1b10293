"""How shoppers call a model: by the name its provider gives it, or else by one made of its id."""

import re

_WORDS = {
    **{word.lower(): word for word in ("AI", "AWQ", "DPO", "FP8", "FP16", "GLM", "GPT", "HF", "IT", "LFM")},
    **{word.lower(): word for word in ("LM", "MoE", "OSS", "QwQ", "RP", "SFT", "TTS", "VL", "DeepSeek")},
    **{word.lower(): word for word in ("ChatGPT", "WizardLM", "CodeLlama", "OpenChat", "MythoMax")},
    **{word: word for word in ("o1", "o3", "o4")},
}
_SIZE = re.compile(r"(?:[ae]?[0-9]+(?:\.[0-9]+)?|[0-9]+x[0-9]+)[bkmt]")
_VERSION = re.compile(r"[vr][0-9][0-9.]*")
_ENDINGS = {"free": "free", "thinking": "thinking", "extended": "extended"}


def is_free(id: str, name: str | None) -> bool:
    """Whether a model is called free, by its name or by its id."""
    return id.endswith(":free") or "(free)" in (name or "")


def shown(id: str, name: str | None) -> str:
    """The name for people. What a provider has written is left as it is, unless it is the id once more."""
    if name and (name != name.lower() or " " in name):
        return " ".join(name.split())
    return _readable(name or id)


def _readable(id: str) -> str:
    """A name made of an id: `meta-llama/llama-3.1-8b-instruct:free` is Llama 3.1 8B Instruct (free)."""
    plain, notes = id.rpartition("/")[2], list[str]()
    if found := re.match(r"(global|regional)\.", plain):  # where it runs, then who has made it
        notes.append(found[1])
        plain = plain.removeprefix(found[0])
        plain = re.sub(r"^[a-z0-9]+\.(?=[a-z])", "", plain)
    if "ft:" in plain or plain.endswith(".ft-"):
        notes.append("fine-tuned")
        plain = plain.removeprefix("ft:").removesuffix(".ft-")
    plain = re.sub(r"(-v[0-9]+)?:[0-9]+$", "", plain)
    plain, _, ending = plain.partition(":")
    if ending:
        notes.append(_ENDINGS.get(ending, ending))
    plain = re.sub(r"(?<![0-9.])([0-9])-([0-9])(?![0-9.a-z])", r"\1.\2", plain)
    words = [_word(word) for word in re.split(r"[-_ ]+", plain) if word]
    text = re.sub(r"\bGPT (?=[0-9])", "GPT-", " ".join(words))
    return text + "".join(f" ({note})" for note in notes)


def _word(word: str) -> str:
    if word != word.lower():
        return word
    if word in _WORDS:
        return _WORDS[word]
    if _SIZE.fullmatch(word) or _VERSION.fullmatch(word):
        return word.upper().replace("X", "x")
    return word[:1].upper() + word[1:]
