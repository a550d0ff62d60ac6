"""The command line of mock-openai, for who has Python and no Node of their own."""

from __future__ import annotations

import os
import subprocess
import sys

from .errors import MockOpenAIError
from .node import PROGRAM, node


def main() -> int:
    try:
        command = [node(), str(PROGRAM), *sys.argv[1:]]
    except MockOpenAIError as error:
        print(f"error: {error}", file=sys.stderr)
        return 3
    if os.name != "nt":
        os.execv(command[0], command)  # signals go to the program itself
    return subprocess.call(command)


if __name__ == "__main__":
    sys.exit(main())
