"""Secret values never reach the spool: every form in which one could be printed is replaced."""
import base64
import json
import re
import urllib.parse

MASK = "********"
# Shorter values cannot be told from ordinary text; masking them would garble every line.
SHORTEST = 4


def forms_of(secrets):
    """All texts to replace, longest first: the value, its JSON, Python, URL and base64 forms, and its longer lines."""
    forms = set()
    for secret in secrets:
        variants = [secret]
        if "\n" in secret:
            variants += [line.strip() for line in secret.splitlines() if len(line.strip()) >= 8]
        for text in variants:
            raw = text.encode("utf-8", "surrogatepass")
            forms.update(
                (
                    text,
                    json.dumps(text)[1:-1],
                    json.dumps(text, ensure_ascii=False)[1:-1],
                    repr(text)[1:-1],
                    urllib.parse.quote(raw, safe=""),
                    urllib.parse.quote_plus(raw),
                    base64.b64encode(raw).decode("ascii"),
                    base64.urlsafe_b64encode(raw).decode("ascii").rstrip("="),
                )
            )
    return sorted((form for form in forms if len(form) >= SHORTEST), key=lambda form: (-len(form), form))


def pattern_of(forms):
    """A regular expression for all forms at once, longest match first, as a tree of their common beginnings.

    With a thousand tokens a plain alternation would try thousands of texts at every byte of the output.
    """
    root = {}
    for form in forms:
        node = root
        for character in form:
            node = node.setdefault(character, {})
        node[""] = {}
    return _pattern_of_node(root)


def _pattern_of_node(node):
    text = ""
    # A chain without branches is plain text; only branches go one call deeper.
    while len(node) == 1 and "" not in node:
        character, node = next(iter(node.items()))
        text += re.escape(character)
    branches = [re.escape(character) + _pattern_of_node(child) for character, child in node.items() if character]
    if not branches:
        return text
    return f"{text}(?:{'|'.join(branches)}){'?' if '' in node else ''}"


class Masker:
    """A stream of bytes in, whole masked lines out. A line that never ends is given out in pieces of `max_line`."""

    def __init__(self, forms, max_line=65536):
        encoded = [form.encode("utf-8", "surrogatepass") for form in forms]
        # Latin-1 maps bytes to characters one to one.
        source = pattern_of([form.decode("latin-1") for form in encoded]).encode("latin-1")
        self._pattern = re.compile(source, re.DOTALL) if encoded else None
        self._longest = max((len(form) for form in encoded), default=0)
        self._max_line = max(max_line, 2 * self._longest)
        self._held = b""

    def feed(self, data):
        self._held += data
        cut = self._held.rfind(b"\n") + 1
        if cut:
            whole, self._held = self._held[:cut], self._held[cut:]
            return self._mask(whole)
        if len(self._held) >= self._max_line:
            # Masked before it is cut, and no secret can begin before the cut and end after it.
            masked = self._mask(self._held)
            keep = min(len(masked), max(self._longest - 1, 0))
            whole, self._held = masked[: len(masked) - keep], masked[len(masked) - keep :]
            return whole
        return b""

    def end(self):
        whole, self._held = self._mask(self._held), b""
        return whole

    def _mask(self, data):
        return self._pattern.sub(MASK.encode("ascii"), data) if self._pattern and data else data
