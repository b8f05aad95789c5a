"""What speaks for the first document of a ranking being the right one."""

import math
from collections.abc import Mapping

from knowledge.search import Ranking, briefness
from knowledge.tokens import Query

_RIVAL = 4
_NO_RIVAL = 0.5
_HALF = 0.5
_LEAST_RATIO = 0.03
_MOST_MARGIN = 1.2
_MARGIN_ALONE = 0.3


def evidence(ranking: Ranking, query: Query) -> Mapping[str, float]:
    """Return the features that the probability is computed from; empty when nothing was found.

    `content`: the share of the question's meaningful words, weighted by how rare they are in general Chinese text,
    that title and passage have, up to a half, `content_beyond` the rest; the same in a collection of two documents
    and of a hundred thousand. `log_ratio`: the score as a share of the best possible one. `margin` and `lead`: how
    far the first document is ahead of the second and the fifth; where fewer than five were found, `few` is 1 and
    `few_content` says how much content that one has. `sentence`: the share of the question that one sentence has.
    `length`: of the question. `brief_precision` and `brief_lead`, for brief questions: the share of the title that
    the question has, and `lead`; two words that stand together somewhere by chance are far ahead of everything.
    """
    if not ranking.documents.size:
        return {}
    pattern = ranking.pattern
    content = pattern.content(
        query.content,
        ranking.text.units[0] | ranking.title.units[0],
        ranking.text.pairs[0] | ranking.title.pairs[0],
    )
    few = len(ranking.scores) <= _RIVAL
    brief = briefness(pattern.size)
    scores, orders = ranking.scores, ranking.orders
    ratio = float(scores[0]) / (ranking.ideal or 1.0)
    lead = _NO_RIVAL if few else 1 - float(scores[_RIVAL] / scores[0])
    return {
        "content": min(content, _HALF),
        "content_beyond": max(content - _HALF, 0.0),
        "log_ratio": math.log(max(ratio, _LEAST_RATIO)),
        "margin": min(float(orders[0] - orders[1]) / 10, _MOST_MARGIN) if len(orders) > 1 else _MARGIN_ALONE,
        "lead": lead,
        "few": float(few),
        "few_content": content if few else 0.0,
        "sentence": float(ranking.text.best[0]) / (pattern.total or 1.0),
        "length": math.log1p(pattern.size),
        "brief_precision": float(pattern.title_precision(ranking.documents[:1])[0]) * brief,
        "brief_lead": lead * brief,
    }
