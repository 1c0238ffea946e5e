"""What the commands that report say: ingest, plan, status, sample."""

import json as jsonlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)

from projector.advice import advice
from projector.clock import Instant
from projector.errors import NotRunning, UsageError
from projector.intake.report import Progress as IntakeProgress
from projector.intake.report import Report
from projector.ledger import airings
from projector.ledger.database import Ledger
from projector.ledger.media import find_medium, refused
from projector.ledger.tables import open_ledger
from projector.outlook import Outlook, Row, bring_up_to_date, outlook
from projector.report import status as report_of
from projector.show.coverage import Coverage, Shown, coverage
from projector.show.media import Kind, Medium
from projector.showfile import ShowFile, read_show
from projector.state import State, is_running, state_of
from projector.times import clock_time, instant_from, short

errors = Console(stderr=True, highlight=False, soft_wrap=True)


@contextmanager
def opened(show: Path, given: Path | None, *, as_is: bool) -> Iterator[tuple[ShowFile, State, Ledger]]:
    """A show file and its ledger, brought up to date where no show runs."""
    file = read_show(show)
    if not file.media.is_dir():
        raise UsageError(
            f"{show}: the media folder {file.media} is not there; make it, or correct media: in the show file"
        )
    state = state_of(show, given)
    if state is None:
        raise UsageError("name a show file or a state directory")
    state.make()
    with open_ledger(state.ledger) as ledger:
        if not as_is and not is_running(state):
            with _bar() as watching:
                bring_up_to_date(file, state, ledger, watching)
        yield file, state, ledger


def ingest(show: Path, given: Path | None, *, as_json: bool) -> None:
    """Intake once."""
    file = read_show(show)
    state = state_of(show, given)
    if state is None:
        raise UsageError("name a show file or a state directory")
    if is_running(state):
        raise UsageError(
            "a show is running on this state and takes media by itself; `projector status` says how far it is"
        )
    state.make()
    with open_ledger(state.ledger) as ledger, _bar() as watching:
        report = bring_up_to_date(file, state, ledger, watching)
    if as_json:
        print(jsonlib.dumps(report.as_json(), ensure_ascii=False))
    else:
        _tell_ingest(report)


def plan(
    show: Path, given: Path | None, *, at: str | None, as_json: bool, showings: bool, explain: str | None, as_is: bool
) -> int:
    """The evenings ahead."""
    with opened(show, given, as_is=as_is) as (file, state, ledger):
        moment = instant_from(at, file.show.zone.key) if at else None
        if not as_json and not showings:
            for line in file.passed_over():
                print(line, file=sys.stderr)
        with errors.status("planning the evenings ahead", spinner="line"):
            seen = outlook(file, state, ledger, at=moment)
        if explain is not None:
            return _explain(explain, seen, ledger)
        if showings:
            for row in seen.rows(moment):
                print(jsonlib.dumps(_row(row, seen), ensure_ascii=False))
            return 0
        rows = list(seen.rows(moment))
        cover = _coverage(seen, rows)
        if as_json:
            print(jsonlib.dumps(_plan_json(seen, cover, moment, rows), ensure_ascii=False))
        else:
            _tell_plan(seen, cover, moment, rows)
    return 0


def status(show: Path | None, given: Path | None, *, as_json: bool) -> None:
    """How the running show is."""
    from projector.running import running_state  # noqa: PLC0415  beside its one use

    state = running_state(show, given)
    with open_ledger(state.ledger) as ledger:
        said = report_of(ledger, state)
    if said.get("show") is None:
        raise NotRunning("the show is only just starting; ask again in a second")
    if as_json:
        print(jsonlib.dumps(said, ensure_ascii=False))
    else:
        _tell_status(said)


def sample(folder: Path, photos: int, interviews: int, messages: int, seed: str) -> None:
    """Placeholder media, with a progress bar."""
    from projector.render.sample import make_sample  # noqa: PLC0415  Pillow and fonts are slow to load

    with Progress(*_columns("making"), console=errors, transient=True) as progress:
        task = progress.add_task("", total=photos + interviews + messages)
        make_sample(
            folder, photos, seed, lambda done, _total: progress.update(task, completed=done), interviews, messages
        )
    print(f"{photos} photos, {interviews} interviews and {messages} messages lie in {folder}, all of them placeholders")


# Progress -----------------------------------------------------------------------------------------------------------


def _columns(what: str) -> tuple[Any, ...]:
    return TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()


@contextmanager
def _bar() -> Iterator[Any]:
    """A progress bar for intake, on stderr; where that is no terminal, nothing."""
    columns = TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn()
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as progress:
        task = progress.add_task("taking media", total=None)

        clips: dict[str, TaskID] = {}

        def watching(step: IntakeProgress) -> None:
            progress.update(task, total=step.total or None, completed=step.done)
            for file, share in step.clips:
                if file not in clips:
                    clips[file] = progress.add_task(file, total=1.0)
                progress.update(clips[file], completed=share)
            for file in clips.keys() - {file for file, _ in step.clips}:
                progress.remove_task(clips.pop(file))

        yield watching


def _tell_ingest(report: Report) -> None:
    print(
        f"taken {report.taken}, unchanged {report.unchanged}, removed {report.removed}, refused {len(report.refused)}, {report.seconds:.1f} s"
    )
    for file, reason in report.refused:
        print(f"  refused: {file}: {reason}")
    for file in report.waiting:
        print(f"  still being copied: {file}")


# The plan -----------------------------------------------------------------------------------------------------------


def _row(row: Row, seen: Outlook) -> dict[str, Any]:
    zone = seen.file.show.zone.key
    files = seen.files
    medium = row.showing.medium
    return {
        "start": as_rfc(row.start, zone),
        "end": as_rfc(row.end, zone),
        "cue": row.block.cue,
        "cue_index": row.block.cue_index,
        "cell": row.showing.cell,
        "file": files.get(medium or ""),
        "sha256": medium,
        "committed": row.committed,
    }


def as_rfc(now: Instant, zone: str) -> str:
    """RFC 3339 with offset; to the microsecond where it is no whole second."""
    from projector.times import as_text  # noqa: PLC0415  beside its one use

    return short(now, zone) if float(now).is_integer() else as_text(now, zone)


def _coverage(seen: Outlook, rows: list[Row]) -> Coverage:
    photos = [m.sha256 for m in seen.who.media if m.kind is Kind.PHOTO]
    shown = (
        Shown(row.showing.medium, row.start, Instant(row.start + row.block.inner.seconds))
        for row in rows
        if row.showing.medium is not None
    )
    return coverage(photos, seen.aired, shown)


def _plan_json(seen: Outlook, cover: Coverage, moment: Instant | None, rows: list[Row]) -> dict[str, Any]:
    zone = seen.file.show.zone.key
    start = moment if moment is not None else seen.now
    return {
        "evenings": [
            {
                "date": e.date.isoformat(),
                "opens": short(e.opens, zone),
                "closes": short(e.closes, zone),
                "seconds": round(seen.calendar.open_seconds(e.opens, e.closes), 3),
                "why": e.why,
            }
            for e in seen.calendar.evenings
            if e.closes > start
        ],
        "media": _media(seen),
        "coverage": {
            "photos_shown": cover.photos_shown,
            "photos_never_shown": cover.photos_never_shown,
            "min_showings": cover.min_showings,
            "max_showings": cover.max_showings,
            "all_shown_by": as_rfc(cover.all_shown_by, zone) if cover.all_shown_by is not None else None,
            "last_entry": as_rfc(cover.last_entry, zone) if cover.last_entry is not None else None,
        },
        "fits": cover.fits,
        "advice": advice(seen, cover, rows),
    }


def _media(seen: Outlook) -> dict[str, int]:
    kinds = [m.kind for m in seen.who.media]
    return {f"{kind.value}s": kinds.count(kind) for kind in (Kind.PHOTO, Kind.INTERVIEW, Kind.MESSAGE)}


def _tell_plan(seen: Outlook, cover: Coverage, moment: Instant | None, rows: list[Row]) -> None:
    said = _plan_json(seen, cover, moment, rows)
    zone = seen.file.show.zone.key
    for evening in (e for e in seen.calendar.evenings if e.closes > (moment or seen.now)):
        hours = seen.calendar.open_seconds(evening.opens, evening.closes) / 3600
        print(
            f"{evening.date}  {clock_time(evening.opens, zone)[11:16]} to {clock_time(evening.closes, zone)[11:16]}  {hours:.1f} h  {evening.why}"
        )
    media = said["media"]
    print(f"photos {media['photos']}, interviews {media['interviews']}, messages {media['messages']}")
    if seen.who.refused:
        print(f"not to be shown: {len(seen.who.refused)} (`projector plan SHOW --explain FILE` says why)")
    if not any(media.values()):
        print("there are no media yet: the slate stands in for them")
    elif not media["photos"]:
        print("there are no photos yet")
    elif cover.fits:
        print(f"everybody is shown, {cover.min_showings} to {cover.max_showings} times each")
        if cover.all_shown_by is not None:
            print(f"the last of them by {clock_time(cover.all_shown_by, zone)}")
        if cover.last_entry is not None:
            print(f"what is approved after {clock_time(cover.last_entry, zone)} cannot be shown any more")
    else:
        print(f"{cover.photos_never_shown} of {media['photos']} photos would never be shown")
    for line in said["advice"]:
        print(f"  {line}")


def _explain(text: str, seen: Outlook, ledger: Ledger) -> int:
    """Why a medium is, or is not, shown, and when."""
    zone = seen.file.show.zone.key
    found = find_medium(ledger, text)
    if not found:
        reason = next(
            (f"{file}: {why}" for file, why in refused(ledger) if file == text or file.endswith("/" + text)), None
        )
        print(reason or f"{text}: no such medium; give a file below the media folder, or 8 or more digits of its hash")
        return 1
    for medium in found:
        print(f"{medium.file}  {medium.sha256[:12]}")
        for line in _why(medium, seen, ledger, zone):
            print(f"  {line}")
    return 0


def _why(medium: Medium, seen: Outlook, ledger: Ledger, zone: str) -> Iterator[str]:
    past = airings.last_shown(ledger, medium.sha256)
    for start, end in reversed(past):
        yield f"stood on the wall from {clock_time(Instant(start), zone)}" + (
            f" to {clock_time(Instant(end), zone)[11:]}" if end else ", and stands there now"
        )
    if medium.sha256 in seen.who.portraits:
        yield "is the portrait of a message, and shown with that"
        return
    if reason := seen.who.refused.get(medium.sha256):
        yield f"is not shown: {reason}"
        return
    rows = [row for row in seen.rows() if row.showing.medium == medium.sha256]
    for row in rows[:20]:
        place = "full screen" if row.showing.cell is None else f"cell {row.showing.cell}"
        yield f"will stand from {clock_time(row.start, zone)} to {clock_time(row.end, zone)[11:]}, {place}, in {row.block.name or row.block.cue}"
    if len(rows) > 20:
        yield f"and {len(rows) - 20} times more"
    if not rows:
        yield _never(medium, seen)


def _never(medium: Medium, seen: Outlook) -> str:
    from projector.show.asking import asks_for  # noqa: PLC0415  beside its one use

    if not any(asks_for(cue, medium) for cue in seen.file.show.rundown):
        return "is not shown: no cue of the rundown asks for it (see where: and file: in the show file)"
    return "is not shown: the time does not reach; others have been shown as seldom and come first"


# Status -------------------------------------------------------------------------------------------------------------


def _tell_status(said: dict[str, Any]) -> None:
    print(
        f"{said['show']}  {said['now']}  {'rehearsal' if said['rehearsal'] else 'show'}  {said['mode']} (by {said['by']})"
    )
    if said["evening"]:
        print(f"evening of {said['evening']['date']}: {said['evening']['opens']} to {said['evening']['closes']}")
    cues = {row["cue"] for row in said["on_air"]}
    files = [row["file"] for row in said["on_air"] if row["file"]]
    print(
        f"on air: {', '.join(sorted(cues)) or 'nothing'}"
        + (f" ({files[0]})" if len(files) == 1 else f" ({len(files)} media)" if files else "")
    )
    if said["next"]:
        print(f"next: {said['next']['cue']} in {said['next']['in_seconds']} s")
    media, cover = said["media"], said["coverage"]
    print(
        f"photos {media['photos']}, interviews {media['interviews']}, messages {media['messages']}, "
        f"refused {len(media['refused'])}, removed {len(media['removed'])}; shown {cover['photos_shown']}, not yet {cover['photos_never_shown']}"
    )
    for file in media["waiting"][:20]:
        print(f"  still being copied: {file}")
    for row in media["refused"][:20]:
        print(f"  refused: {row['file']}: {row['reason']}")
    for name, role in said["roles"].items():
        print(
            f"  {name}: {'alive' if role['alive'] else 'NOT RUNNING'}, process {role['pid']}, restarts {role['restarts']}"
        )
    wall = said["wall"]
    rate = f"{wall['fps']} frames a second" if wall["fps"] else "a still picture"
    print(f"wall: {rate}, {wall['late_frames']} frames late, last flip {wall['last_flip']}  {wall['notice']}")
    if (sound := said["sound"]) is not None:
        print(f"sound: {sound['device'] or 'no device (it is tried again)'}, {sound['underruns'] or 0} gaps")
    for fault in said["faults"]:
        print(f"  fault ({fault['role']}): {fault['what']}")
