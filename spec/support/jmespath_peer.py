"""Does with jmespath.py what a spec asks for, to be compared.

    jmespath_peer.py < jobs > results

Both are JSON texts, one a line.  A job has an expression and, as a text, the
value to search.  A result has the text of what was found, or what was wrong with
the expression, or with the search; and of that whether jmespath.py meant it so.
"""

import functools
import json
import operator
import sys

import jmespath
import jmespath.functions
from jmespath.exceptions import JMESPathError

# Python's own rounds otherwise from 3.12 on.
jmespath.functions.sum = lambda items: functools.reduce(operator.add, items, 0)


def meant(error):
    return isinstance(error, JMESPathError) or str(error).startswith(
        ("slice step", "'<", "'>", "cannot convert float")
    )


def answer(job):
    try:
        expression = jmespath.compile(job["expression"])
    except JMESPathError as error:
        return {"refused": str(error)}
    if "value" not in job:
        return {}
    try:
        found = expression.search(json.loads(job["value"]))
    except Exception as error:
        return {"failed": str(error), "meant": meant(error)}
    return {"found": json.dumps(found, ensure_ascii=False, separators=(",", ":"))}


for line in sys.stdin.buffer:
    print(json.dumps(answer(json.loads(line))))
