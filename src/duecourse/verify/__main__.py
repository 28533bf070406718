"""`python -m duecourse.verify receipt|log|document|consistency|witness …`: the verifier without the rest."""

from __future__ import annotations

import sys

from duecourse.verify import command, witness_command

if __name__ == "__main__":
    if sys.argv[1:2] == ["witness"]:
        sys.exit(witness_command.main(sys.argv[2:]))
    sys.exit(command.main(sys.argv[1:]))
