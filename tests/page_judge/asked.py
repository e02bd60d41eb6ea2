"""The judge of the page, asked under node: the very files that browsers get."""

import json
import subprocess
from pathlib import Path
from typing import Any

_ASK = Path(__file__).with_name("ask.mjs")


def ask(what: str, **values: Any) -> Any:
    """What the page's modules answer. `.ci/set-up test` installs node; what is missing fails."""
    question = json.dumps({"what": what, **values})
    done = subprocess.run(["node", str(_ASK)], input=question, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
