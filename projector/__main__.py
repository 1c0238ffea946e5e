"""The command line: arguments → one call → exit code."""

import sys
from pathlib import Path
from typing import Annotated, Optional

import typer

from projector.errors import PlaylistFaults, ProjectorError, UsageError

app = typer.Typer(
    name="projector",
    help="The playlist controller of the wall display: a YAML show and folders of approved media become a timed programme.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Show = Annotated[Path, typer.Argument(metavar="SHOW", help="The show file, for example playlists/sample.yaml.")]
MaybeShow = Annotated[
    Optional[Path], typer.Argument(metavar="[SHOW]", help="The show file; may be left out where one show runs.")
]
StateOption = Annotated[
    Optional[Path],
    typer.Option("--state", metavar="DIR", help="The state directory; else PROJECTOR_STATE, else the user's own."),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
Screen = Annotated[
    Optional[str], typer.Option("--screen", metavar="NAME|N", help="The screen, by its name (HDMI-1) or number from 1.")
]

Sound = Annotated[
    Optional[str],
    typer.Option(
        "--sound",
        metavar="DEVICE",
        help="The sound device, by its name or number as `check` lists them; none; file:PATH (a WAV). Else the default.",
    ),
]


@app.command(epilog="Example: projector show playlists/we-remember.yaml --screen HDMI-1")
def show(show: Show, state: StateOption = None, screen: Screen = None, sound: Sound = None) -> None:
    """The main job: the show, full screen, by the real clock."""
    from projector.launching import show as begin
    from projector.showfile import read_show

    file = read_show(show)
    _say_passed_over(file)
    raise typer.Exit(begin(file, state, screen, sound))


@app.command(
    epilog="Example: projector rehearse playlists/sample.yaml --at 2027-01-25T18:30 --speed 60 --windowed 1280x720"
)
def rehearse(
    show: Show,
    at: Annotated[
        Optional[str], typer.Option(metavar="T", help="The rehearsed moment to begin at; else the first opening.")
    ] = None,
    speed: Annotated[float, typer.Option(min=0.01, max=100000, help="How many times faster than life.")] = 1.0,
    windowed: Annotated[str, typer.Option(metavar="WxH", help="The window's size.")] = "1280x720",
    state: StateOption = None,
    screen: Screen = None,
    sound: Sound = None,
) -> None:
    """The same by a rehearsed clock, in a window."""
    from projector.launching import rehearse as begin
    from projector.showfile import read_show
    from projector.times import instant_from

    file = read_show(show)
    _say_passed_over(file)
    moment = instant_from(at, file.show.zone.key) if at else None
    raise typer.Exit(begin(file, state, at=moment, speed=speed, windowed=_size(windowed), screen=screen, sound=sound))


@app.command(epilog="Example: projector stop")
def stop(show: MaybeShow = None, state: StateOption = None) -> None:
    """End the running show cleanly."""
    from projector.running import running_state
    from projector.running import stop as end

    raise typer.Exit(end(running_state(show, state)))


@app.command(epilog="Example: projector ingest playlists/sample.yaml --json")
def ingest(show: Show, state: StateOption = None, json: Json = False) -> None:
    """Intake once, with a progress bar."""
    from projector.telling import ingest as work

    work(show, state, as_json=json)


@app.command(epilog="Example: projector check playlists/we-remember.yaml")
def check(
    show: Show,
    state: StateOption = None,
    json: Json = False,
    as_is: Annotated[bool, typer.Option("--as-is", help="Do not look for new media first.")] = False,
) -> None:
    """Look whether the show can run here: file, media, fonts, disk, display, clock."""
    from projector.checking import check as work

    raise typer.Exit(work(show, state, as_json=json, as_is=as_is))


@app.command(epilog="Example: projector plan playlists/sample.yaml --at 2027-01-25T18:30")
def plan(
    show: Show,
    at: Annotated[Optional[str], typer.Option(metavar="T", help="Plan from this moment on.")] = None,
    json: Json = False,
    showings: Annotated[bool, typer.Option("--showings", help="Every showing as a line of JSON.")] = False,
    explain: Annotated[
        Optional[str], typer.Option(metavar="FILE", help="Why a medium is, or is not, shown, and when.")
    ] = None,
    as_is: Annotated[bool, typer.Option("--as-is", help="Do not look for new media first.")] = False,
    state: StateOption = None,
) -> None:
    """The evenings ahead: whether everybody will have been shown, and when."""
    from projector.telling import plan as work

    raise typer.Exit(work(show, state, at=at, as_json=json, showings=showings, explain=explain, as_is=as_is))


@app.command(epilog="Example: projector snapshot playlists/sample.yaml --at 2027-01-24T18:00 -o wall.png")
def snapshot(
    show: MaybeShow = None,
    at: Annotated[Optional[str], typer.Option(metavar="T", help="The moment.")] = None,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="PNG")] = Path("wall.png"),
    live: Annotated[bool, typer.Option("--live", help="The running wall's own last canvas.")] = False,
    as_is: Annotated[bool, typer.Option("--as-is", help="Do not look for new media first.")] = False,
    state: StateOption = None,
) -> None:
    """Exactly what the wall shows at a moment."""
    from projector.snapshots import at_instant
    from projector.snapshots import live as look

    if live:
        look(show, state, output)
    elif show is None or at is None:
        raise UsageError("say which show and moment: projector snapshot SHOW --at T -o wall.png; or --live")
    else:
        at_instant(show, state, at, output, as_is=as_is)
    print(output)


@app.command(epilog="Example: projector status --json")
def status(show: MaybeShow = None, state: StateOption = None, json: Json = False) -> None:
    """How the running show is."""
    from projector.telling import status as work

    work(show, state, as_json=json)


def _operate(name: str, show: Path | None, state: Path | None) -> None:
    from projector.commands import carry_out
    from projector.ledger.tables import open_ledger
    from projector.running import running_state

    with open_ledger(running_state(show, state).ledger) as ledger:
        print(carry_out(ledger, name, "shell"))


def _operator(name: str, does: str) -> None:
    @app.command(name, help=does, epilog=f"Example: projector {name}")
    def _command(show: MaybeShow = None, state: StateOption = None) -> None:
        _operate(name, show, state)


for _name, _does in {
    "take": "Leave the cue on air for the next, now.",
    "hold": "The loop stands still; what is in transition finishes.",
    "resume": "The loop goes on from where it was held.",
    "rejoin": "Go to where the evening would have been without commands.",
    "slate": "Put up the slate.",
    "blackout": "Nothing on any output, on purpose.",
    "lights": "End blackout and slate.",
}.items():
    _operator(_name, _does)

Medium = Annotated[
    str, typer.Argument(metavar="FILE-OR-HASH", help="A file of the media folder, or 8 or more digits of its hash.")
]
InShow = Annotated[Optional[Path], typer.Option("--show", metavar="SHOW", help="The show file, where several run.")]


@app.command(epilog="Example: projector remove photos/poland/0012.jpg")
def remove(medium: Medium, show: InShow = None, state: StateOption = None) -> None:
    """Take a medium off the wall, for good."""
    from projector import commands
    from projector.ledger.tables import open_ledger
    from projector.running import running_state

    with open_ledger(running_state(show, state).ledger) as ledger:
        print(commands.remove(ledger, medium, "operator"))


@app.command(epilog="Example: projector restore photos/poland/0012.jpg")
def restore(medium: Medium, show: InShow = None, state: StateOption = None) -> None:
    """Let a medium that was removed or quarantined be shown again."""
    from projector import commands
    from projector.ledger.tables import open_ledger
    from projector.running import running_state

    with open_ledger(running_state(show, state).ledger) as ledger:
        print(commands.restore(ledger, medium, "operator"))


@app.command(epilog="Example: projector apply")
def apply(show: MaybeShow = None, state: StateOption = None) -> None:
    """Make an edit of the show file take effect at once."""
    from projector import commands
    from projector.clock import machine_now
    from projector.ledger.tables import open_ledger
    from projector.running import running_state

    with open_ledger(running_state(show, state).ledger) as ledger:
        print(commands.apply_now(ledger, machine_now()))


@app.command(epilog="Example: projector sample /tmp/media --photos 60 --interviews 2 --messages 3 --seed rehearsal")
def sample(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Where to make them; photos/, interviews/ and messages/ below it.")
    ],
    photos: Annotated[int, typer.Option(min=0, help="How many photos.")] = 60,
    interviews: Annotated[int, typer.Option(min=0, help="How many interviews.")] = 0,
    messages: Annotated[int, typer.Option(min=0, help="How many messages.")] = 0,
    seed: Annotated[str, typer.Option(help="Another seed makes other pictures.")] = "sample",
) -> None:
    """Make placeholder media, plainly labelled in their pixels."""
    from projector.telling import sample as work

    work(folder, photos, interviews, messages, seed)


def _say_passed_over(file: object) -> None:
    for line in file.passed_over():  # type: ignore[attr-defined]
        print(line, file=sys.stderr)


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.lower().partition("x")
    if not (width.isdigit() and height.isdigit() and int(width) >= 160 and int(height) >= 90):
        raise UsageError(f"--windowed: '{text}' is not a size; write it as 1280x720")
    return int(width), int(height)


def main() -> int:
    """Run a command. 0: fine; 1: it ran and failed or found fault; 2: wrong usage, or a show file that cannot be used."""
    try:
        app()
    except (PlaylistFaults, UsageError) as error:
        print(error, file=sys.stderr)
        return 2
    except ProjectorError as error:
        print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:
        return 0
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
