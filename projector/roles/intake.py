"""The intake role: takes what lies in the media folder, and hears what was withdrawn there."""

from pathlib import Path

from projector.clock import Machine, Seconds, machine_now
from projector.intake.approval import Withdrawals
from projector.intake.intake import Intake
from projector.intake.sizes import Wants
from projector.intake.store import Store
from projector.intake.watch import Watch
from projector.intake.workers import Workers
from projector.ledger import control, edition
from projector.ledger.edition import Edition
from projector.ledger.revisions import revisions
from projector.render.fonts import missing
from projector.roles.role import Bench, End, Turn, run

FIGURES_EVERY = Seconds(0.5)


def wants_of(show: Edition) -> Wants:
    """The copies that a show wants of each photo."""
    return Wants(show.frame.small, show.cover, show.frame.canvas)


class IntakeRole:
    """One intake at work on the media folder of the edition that holds."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._store = Store(bench.state.store, Path(bench.launch.lent) if bench.launch.lent else None)
        self._store.clean()
        self._workers = Workers(self._store.temporary)
        self._seen = -1
        self._due = Machine(0.0)
        self._show: Edition | None = None
        self._intake: Intake | None = None
        self._watch: Watch | None = None
        self._withdrawals: Withdrawals | None = None

    def turn(self) -> Seconds:
        machine = machine_now()
        if machine >= self._due:
            self._due = Machine(machine + FIGURES_EVERY)
            self._follow_edition()
            self._hear_withdrawals()
        if self._intake is None:
            return Seconds(0.1)
        progress = self._intake.step(machine)
        self._bench.figures |= {
            "waiting": progress.total - progress.done + progress.settling,
            "taken": progress.taken,
            "refused": progress.refused,
            "missing": progress.missing,
        }
        if progress.missing:
            self._bench.fault("the media folder is not there; what was taken from it stays on the wall")
        elif progress.full:
            self._bench.fault("less than 2 GB are free on the disk: no more photos are taken until there is room")
        else:
            self._bench.mended()
        self._workers.wait(Seconds(0.03))
        return Seconds(0.0)

    def end(self) -> None:
        self._workers.close()
        if self._watch:
            self._watch.close()

    def _follow_edition(self) -> None:
        seen = revisions(self._bench.ledger).get("edition", 0)
        if seen == self._seen:
            return
        self._seen = seen
        show = edition.latest(self._bench.ledger)
        if show is None:
            return
        if (
            self._show is None
            or self._intake is None
            or (show.media, show.extras) != (self._show.media, self._show.extras)
        ):
            self._begin(show)
        else:
            self._intake.want(wants_of(show))
        self._show = show

    def _begin(self, show: Edition) -> None:
        if self._watch:
            self._watch.close()
        media = Path(show.media)
        self._watch = Watch(media)
        self._withdrawals = Withdrawals(media)
        self._intake = Intake(
            self._bench.ledger,
            self._store,
            media,
            wants_of(show),
            self._workers,
            extras=[Path(extra) for extra in show.extras],
            watch=self._watch,
            instant=self._bench.now,
            lacks=missing,
        )

    def _hear_withdrawals(self) -> None:
        """A withdrawal in the media folder's approvals holds here too, whoever wrote it."""
        if self._withdrawals is None:
            return
        changes = self._withdrawals.changes()
        for medium in changes.withdrawn:
            control.remove(self._bench.ledger, medium, self._bench.now(), "approvals.jsonl", "withdrawn")
        for medium in changes.approved:
            control.restore(self._bench.ledger, medium)


def _start(bench: Bench) -> tuple[Turn, End]:
    role = IntakeRole(bench)
    return role.turn, role.end


def main() -> int:
    """Run intake on the state that the command line names."""
    return run("intake", _start)


if __name__ == "__main__":
    raise SystemExit(main())
