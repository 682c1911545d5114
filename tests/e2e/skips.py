"""A case that cannot run here says so where the summary and CI see it: a line in the file that $STK_SKIPS names."""
import os
import sys


def skipped(reason, case=None):
    """The reason is one of tests/expected_skips.txt, or CI fails."""
    line = f"{case or os.path.basename(sys.argv[0])}: {reason}\n"
    print("SKIPPED", line, end="", flush=True)
    path = os.environ.get("STK_SKIPS")
    if path:
        with open(path, "a", encoding="utf-8") as file:
            file.write(line)
