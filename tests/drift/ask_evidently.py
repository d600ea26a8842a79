"""Evidently's scores for samples given as JSON on stdin: [{kind, reference, current, test}]; prints a list of scores."""

import json
import sys
import warnings

import pandas

warnings.filterwarnings("ignore")

from evidently.legacy.calculations.stattests import get_stattest  # noqa: E402
from evidently.legacy.core import ColumnType  # noqa: E402

KINDS = {"numeric": ColumnType.Numerical, "categorical": ColumnType.Categorical}
NAMES = {"chisquare": "chi_squared", "jensenshannon": "jensen_shannon"}


def ask(question):
    kind = KINDS[question["kind"]]
    reference = pandas.Series(question["reference"]).dropna()
    current = pandas.Series(question["current"]).dropna()
    chosen = get_stattest(reference, current, kind, None)
    answer = {"test": NAMES.get(chosen.name, chosen.name), "score": float(chosen(reference, current, kind, None).drift_score)}
    for name in question["measures"]:
        test = get_stattest(reference, current, kind, name)
        answer[name] = float(test(reference, current, kind, None).drift_score)
    return answer


print(json.dumps([ask(question) for question in json.load(sys.stdin)]))
