"""Commands of the binary and their options, read from --help."""
import re
import subprocess

GROUPS = ("tenant", "user", "member", "key", "connect", "account")  # with commands of their own


def help_of(binary, *words):
    return subprocess.run([binary, *words, "--help"], capture_output=True, text=True, check=True).stdout


def commands_of(binary):
    """Each command as it is typed: "stock", "tenant list"."""
    named = lambda text: re.findall(r"^  ([a-z][a-z-]+) ", text.split("Subcommands:")[1], re.M)  # noqa: E731
    commands = []
    for one in named(help_of(binary)):
        commands += [f"{one} {inner}" for inner in named(help_of(binary, one))] if one in GROUPS else [one]
    return commands


def options_of(binary, command):
    text = help_of(binary, *command.split()).split("Exit codes")[0]
    return set(re.findall(r"(?<![\w-])--[a-z-]+", text)) - {"--help"}


def used_by(args):
    """Pairs of a command and an option that this command line has."""
    words = [a for a in args if not a.startswith("-")]
    command = words[0] if words else ""
    if command in GROUPS and len(words) > 1:
        command += " " + args[args.index(command) + 1]
    return {(command, a.split("=")[0]) for a in args if re.fullmatch(r"--[a-z-]+(=.*)?", a)}
