"""Times the Python FIT readers that are installed: prints reader, file and the best of two rounds in seconds."""

import sys
import time
from pathlib import Path


def garmin(data):
    from garmin_fit_sdk import Decoder, Stream

    messages, errors = Decoder(Stream.from_byte_array(bytearray(data))).read()
    if errors:
        raise ValueError(errors)


def fitdecode(data):
    import fitdecode

    with fitdecode.FitReader(data) as reader:
        for _ in reader:
            pass


def fitparse(data):
    import fitparse

    fitparse.FitFile(data).parse()


for name, read in [("garmin-fit-sdk", garmin), ("fitdecode", fitdecode), ("fitparse", fitparse)]:
    for path in sys.argv[1:]:
        data = Path(path).read_bytes()
        try:
            rounds = []
            for _ in range(2):
                begun = time.perf_counter()
                read(data)
                rounds.append(time.perf_counter() - begun)
        except Exception:
            continue  # refused, or not installed
        print(name, Path(path).name, min(rounds), sep="\t", flush=True)
