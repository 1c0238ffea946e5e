"""Hot keys: each press once, and stop only when it is meant."""

from projector.clock import Machine
from projector.render.output import KeyPress
from projector.roles.keys import HotKeys


def press(name: str) -> KeyPress:
    return KeyPress(name, held=True)


def release(name: str) -> KeyPress:
    return KeyPress(name, held=False)


def test_a_key_counts_once_however_it_bounces() -> None:
    keys = HotKeys()
    counted = [keys.pressed([press("b")], Machine(at)) for at in (1.0, 1.1, 1.2, 1.3, 1.39)]
    assert counted == [["b"], [], [], [], []]


def test_a_press_counts_again_after_a_pause() -> None:
    keys = HotKeys()
    assert [keys.pressed([press("b")], Machine(at)) for at in (1.0, 1.5)] == [["b"], ["b"]]


def test_a_key_that_is_held_down_and_repeats_counts_once() -> None:
    keys = HotKeys()
    counted = [key for at in range(100) for key in keys.pressed([press("right")], Machine(at / 30))]
    assert counted == ["right"]


def test_different_keys_do_not_guard_each_other() -> None:
    assert HotKeys().pressed([press("b"), press("s")], Machine(1.0)) == ["b", "s"]


def test_releasing_a_key_is_not_pressing_it() -> None:
    assert HotKeys().pressed([release("b")], Machine(1.0)) == []


def test_ctrl_q_stops_once_it_has_been_held_for_three_seconds() -> None:
    keys = HotKeys()
    counted = [keys.pressed([press("ctrl-q")] if at == 0 else [], Machine(at)) for at in (0.0, 1.0, 2.9, 3.0, 4.0)]
    assert counted == [[], [], [], ["stop"], []]


def test_ctrl_q_that_repeats_while_it_is_held_stops_all_the_same() -> None:
    keys = HotKeys()
    counted = [key for at in range(100) for key in keys.pressed([press("ctrl-q")], Machine(at / 30))]
    assert counted == ["stop"]


def test_ctrl_q_let_go_in_between_does_not_stop() -> None:
    keys = HotKeys()
    keys.pressed([press("ctrl-q")], Machine(0.0))
    keys.pressed([release("ctrl-q")], Machine(2.9))
    assert keys.pressed([], Machine(3.5)) == []
