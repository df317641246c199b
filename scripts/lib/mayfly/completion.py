"""`completion`: what a shell needs to complete commands, options and those of their values that are known without asking AWS."""

import argparse
import functools
import shlex

from .deployment import ROOT

SHELLS = ("bash", "zsh", "fish")


def add_arguments(parser):
    parser.add_argument("shell", choices=SHELLS)
    parser.epilog = ('examples:\n  eval "$(scripts/mayfly completion bash)"          in ~/.bashrc, for a checkout that is the working folder\n'
                     "  scripts/mayfly completion fish | source\n")


def find(_):
    return None


def run(_, arguments):
    print({"bash": bash, "zsh": zsh, "fish": fish}[arguments.shell](words()))
    return 0


def words():
    """The options of each command, and the values of those that have few."""
    from . import cli

    found = {}
    top = cli.parser(cli.COMMANDS)
    commands = next(action for action in top._actions if isinstance(action, argparse._SubParsersAction))
    for name, command in commands.choices.items():
        found[name] = {}
        for action in command._actions:
            for option in action.option_strings or ([""] if action.choices else []):
                if option.startswith("--") or not option:
                    found[name][option] = [str(each) for each in action.choices or []] or values(option)
    return found


@functools.lru_cache(maxsize=None)
def values(option):
    """Of an option whose values no parser lists."""
    from . import deploy, failures

    if option in ("--region", "--copy-from"):
        return sorted(set(failures.regions()))
    if option == "--set":
        return [f"{name}=" for name in deploy.declared(deploy.TEMPLATE.read_text(encoding="utf-8")) if name not in deploy.DECIDED]
    return []


# The names of deployments that this checkout has made, looked up when the key is pressed.
NAMES = ("--deployment", "--copy-deployment")


def names():
    """What prints them, in any shell."""
    return f"printf '%s\\n' default; ls {shlex.quote(str(ROOT / 'target' / 'up'))} 2>/dev/null | sed -n 's/\\.json$//p'"


def bash(options):
    lines = ["_mayfly() {", '    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]}',
             "    if [ \"$COMP_CWORD\" = 1 ]; then", f'        COMPREPLY=($(compgen -W "{" ".join(options)}" -- "$word")); return', "    fi", '    case "$command $before" in']
    for name, found in options.items():
        for option, choices in found.items():
            if option in NAMES:
                lines.append(f'        "{name} {option}") COMPREPLY=($(compgen -W "$({names()})" -- "$word")); return ;;')
            elif option and choices:
                more = " type compopt >/dev/null 2>&1 && compopt -o nospace;" if choices[0].endswith("=") else ""
                lines.append(f'        "{name} {option}")' + f'{more} COMPREPLY=($(compgen -W "{" ".join(choices)}" -- "$word")); return ;;')
    lines += ["    esac", '    case "$command" in']
    for name, found in options.items():
        known = [option for option in found if option] + found.get("", [])
        lines.append(f'        {name}) COMPREPLY=($(compgen -W "{" ".join(known)}" -- "$word")) ;;')
    lines += ["    esac", "}", "complete -o default -F _mayfly mayfly scripts/mayfly ./scripts/mayfly"]
    return "\n".join(lines)


def zsh(options):
    return "autoload -U +X bashcompinit && bashcompinit\n" + bash(options)


def fish(options):
    from . import cli

    lines = [f"complete -c mayfly -n __fish_use_subcommand -f -a {name} -d '{cli.COMMANDS[name][2]}'" for name in options]
    for name, found in options.items():
        here = f"complete -c mayfly -n '__fish_seen_subcommand_from {name}'"
        for option, choices in found.items():
            given = f" -x -a {shlex.quote('(' + names() + ')')}" if option in NAMES else f" -x -a '{' '.join(choices)}'" if choices else ""
            lines.append(f"{here} -l {option[2:]}{given}" if option else f"{here} -f -a '{' '.join(choices)}'")
    return "\n".join(lines)
