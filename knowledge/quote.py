"""The words of a passage that answer a question: verbatim, on sentence borders."""

from knowledge.passages import sentences
from knowledge.tokens import Query

LIMIT = 400
"""Characters a quote may have."""


def quote(text: str, query: Query) -> str:
    """Return the consecutive sentences of the text that hold most of the question, as many as fit."""
    text = text.strip()
    if len(text) <= LIMIT:
        return text
    wanted = set(query.tokens.bigrams).union(*(expansion.tokens.bigrams for expansion in query.expansions))
    spans = [span for span in sentences(text) if text[span[0] : span[1]].strip()]
    lowered = [text[start:end].lower() for start, end in spans]
    worth = [sum(pair in sentence for pair in wanted) for sentence in lowered]
    best = (-1, 0, LIMIT)
    for first, (start, _) in enumerate(spans):
        total = 0
        for last in range(first, len(spans)):
            end = spans[last][1]
            if len(text[start:end].strip()) > LIMIT:
                break
            total += worth[last]
            if total > best[0] or (total == best[0] and start == best[1]):
                best = (total, start, end)
    return text[best[1] : best[2]].strip()[:LIMIT]
