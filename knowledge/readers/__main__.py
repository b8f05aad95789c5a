"""The process that a Cell reads files in: bytes in, documents out."""

import os
import sys

from knowledge.readers.cell import confine, serve


def main() -> None:
    """Serve on the pipes given; what a library prints goes nowhere."""
    incoming, outgoing = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    confine(int(sys.argv[1]))
    serve(incoming, outgoing)


if __name__ == "__main__":
    main()
