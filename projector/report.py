"""The state of a running show, from the ledger: for `status`, for the line on the terminal, for the panel to come."""

from typing import Any

from projector.clock import Instant, Programme, machine_now
from projector.ledger import airings, control, health, view
from projector.ledger.database import Ledger
from projector.ledger.media import all_media, refused, waiting
from projector.show.calendar import Evening
from projector.show.control import Cover, instant_of, mode, programme_time
from projector.show.media import Kind, Medium
from projector.show.picture_at import Plan, on_air
from projector.state import State, holder
from projector.supervisor import ROLES, roles_of
from projector.times import clock_time, short


def status(ledger: Ledger, state: State) -> dict[str, Any]:
    """As FORMATS section 6 has it, with what was refused and why beside it."""
    reader = view.Reader(ledger)
    seen = reader.view(machine_now())
    if seen is None:
        return {"show": None, "faults": health.faults(ledger)}
    now, zone = seen.clock.at(machine_now()), seen.frame.zone
    media = {medium.sha256: medium for medium in all_media(ledger)}
    evening = seen.frame.calendar.next_evening(now)
    control_ = seen.control
    return {
        "show": seen.frame.name,
        "now": short(now, zone),
        "speed": seen.clock.speed,
        "rehearsal": seen.rehearsal,
        "evening": _evening(evening, zone) if evening else None,
        "mode": mode(control_, seen.frame.calendar, now).value,
        "since": short(control_.covered_at if control_.cover is not Cover.NONE else control_.anchor.show, zone),
        "by": control_.by,
        "seq": control_.seq,
        "on_air": _on_air(seen, media, now),
        "next": _next(seen, media, now),
        "media": _media(ledger, media),
        "coverage": _coverage(ledger, media),
        "roles": _roles(ledger, state, zone),
        "wall": _wall(ledger, zone),
        "sound": _sound(ledger, state),
        "faults": [*_left_over(seen, now), *_faults(ledger, zone)],
        "state": str(state.root),
    }


def status_line(ledger: Ledger, zone: str) -> str:
    """One line: the time, what the wall does, what is on air, how the wall is."""
    seen = view.Reader(ledger).view(machine_now())
    if seen is None:
        return "starting"
    now = seen.clock.at(machine_now())
    standing = on_air(seen.plan, seen.control, now)
    cue = f"{standing[0].name or standing[0].cue}" if standing else "–"
    figures = health.read(ledger).get("wall", {}).get("figures", {})
    intake = health.read(ledger).get("intake", {}).get("figures", {})
    word = mode(seen.control, seen.frame.calendar, now).value
    return (
        f"{clock_time(now, zone)}  {word}  on air: {cue}  "
        f"photos: {intake.get('taken', 0)} taken, {intake.get('waiting', 0)} waiting, {intake.get('refused', 0)} refused  "
        f"late frames: {figures.get('late_frames', 0)}"
    )


def _evening(evening: Evening, zone: str) -> dict[str, Any]:
    return {
        "date": evening.date.isoformat(),
        "opens": short(evening.opens, zone),
        "closes": short(evening.closes, zone),
    }


def _on_air(seen: view.View, media: dict[str, Medium], now: Instant) -> list[dict[str, Any]]:
    if seen.control.cover is not Cover.NONE:
        return []
    standing = on_air(seen.plan, seen.control, now)
    if standing is None:
        return []
    block, placed = standing
    place = programme_time(seen.control.anchor, seen.frame.calendar, now)
    return [
        {
            "cue": block.name or block.cue,
            "file": media[s.medium].file if s.medium in media else None,
            "sha256": s.medium,
            "cell": s.cell,
            "since": short(Instant(now - (place - s.start)), seen.frame.zone),
            "until": _when(seen, s.end, now),
        }
        for s in placed
    ]


def _when(seen: view.View, place: Programme, now: Instant) -> str | None:
    at = instant_of(seen.control.anchor, seen.frame.calendar, place, now)
    return short(at, seen.frame.zone) if at is not None else None


def _next(seen: view.View, media: dict[str, Medium], now: Instant) -> dict[str, Any] | None:
    plan: Plan = seen.plan
    place = programme_time(seen.control.anchor, seen.frame.calendar, now)
    block = plan.showings.block_after(place)
    if block is None:
        return None
    first = next((s for showings in plan.showings.places(block).values() for s in showings), None)
    at = instant_of(seen.control.anchor, seen.frame.calendar, block.start, now)
    file = media[first.medium].file if first is not None and first.medium in media else None
    return {
        "cue": block.name or block.cue,
        "cue_index": block.cue_index,
        "file": file,
        "in_seconds": round(at - now, 1) if at is not None else None,
    }


def _media(ledger: Ledger, media: dict[str, Medium]) -> dict[str, Any]:
    kinds = [medium.kind for medium in media.values()]
    return {
        "photos": kinds.count(Kind.PHOTO),
        "interviews": kinds.count(Kind.INTERVIEW),
        "messages": kinds.count(Kind.MESSAGE),
        "waiting": waiting(ledger),
        "refused": [{"file": file, "reason": reason} for file, reason in refused(ledger)],
        "removed": [
            {"file": media[sha].file if sha in media else None, "sha256": sha, "why": why}
            for sha, (_, why) in control.removals(ledger).items()
        ],
    }


def _coverage(ledger: Ledger, media: dict[str, Medium]) -> dict[str, Any]:
    photos = {sha for sha, medium in media.items() if medium.kind is Kind.PHOTO}
    counts = airings.counts(ledger)
    shown = [counts.get(sha, 0) for sha in photos]
    return {
        "photos_shown": sum(n > 0 for n in shown),
        "photos_never_shown": sum(n == 0 for n in shown),
        "min_showings": min(shown, default=0),
        "max_showings": max(shown, default=0),
    }


def _roles(ledger: Ledger, state: State, zone: str) -> dict[str, Any]:
    known, restarts = health.read(ledger), health.restarts(ledger)
    roles = {}
    launch = state.launch()
    for name in ("supervisor", *(roles_of(launch) if launch else ROLES)):
        there = holder(state.lock(name))
        said = known.get(name, {})
        roles[name] = {
            "alive": there is not None,
            "pid": there[0] if there else None,
            "since": short(Instant(said["since"]), zone) if said.get("since") else None,
            "restarts": restarts.get(name, 0),
        }
    return roles


def _wall(ledger: Ledger, zone: str) -> dict[str, Any]:
    figures = health.read(ledger).get("wall", {}).get("figures", {})
    last = figures.get("last_flip")
    return {
        "fps": figures.get("fps"),
        "late_frames": figures.get("late_frames"),
        "last_flip": short(Instant(last), zone) if last else None,
        "seq": figures.get("seq"),
        "notice": figures.get("notice", ""),
    }


def _sound(ledger: Ledger, state: State) -> dict[str, Any] | None:
    """Where sound goes and how it is; None in a show that is silent."""
    launch = state.launch()
    if launch is None or launch.sound == "none":
        return None
    figures = health.read(ledger).get("sound", {}).get("figures", {})
    return {"asked": launch.sound} | {name: figures.get(name) for name in ("device", "latency", "underruns")}


def _left_over(seen: view.View, now: Instant) -> list[dict[str, Any]]:
    """A cover from before the evening's opening stays, and is announced: it may have been forgotten."""
    evening, control_ = seen.frame.calendar.evening_at(now), seen.control
    if evening is None or control_.cover is Cover.NONE or control_.covered_at >= evening.opens:
        return []
    at = short(control_.covered_at, seen.frame.zone)
    what = f"the evening has opened under a {control_.cover.value} of {at}; `projector lights` ends it"
    return [{"role": "wall", "what": what, "first": at, "last": short(now, seen.frame.zone), "n": 1}]


def _faults(ledger: Ledger, zone: str) -> list[dict[str, Any]]:
    return [
        fault | {"first": short(Instant(fault["first"]), zone), "last": short(Instant(fault["last"]), zone)}
        for fault in health.faults(ledger)
    ]
