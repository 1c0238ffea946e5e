"""The mixer: bit for bit where nothing happens, and no click whatever does."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from projector.clock import Seconds
from projector.show.sound import FADE, Voice
from projector.sound.mixer import BLOCK, LET_BE, NUDGED, Mixer
from projector.sound.wav import RATE, Pcm

LOUD = 20_000
TONE = 440.0
# A full tone moves so much from sample to sample; a fade over it adds next to nothing, a click some thousands.
STEEPEST = LOUD * 2 * np.pi * TONE / RATE * 1.02 + 2


def tone(seconds: float = 10.0) -> Pcm:
    wave = LOUD * np.sin(2 * np.pi * TONE * np.arange(int(seconds * RATE)) / RATE)
    return np.repeat(np.rint(wave).astype(np.int16)[:, None], 2, axis=1)


def noise(seconds: float = 10.0) -> Pcm:
    return np.random.default_rng(1).integers(-32768, 32768, (int(seconds * RATE), 2), dtype=np.int16)


def constant(level: int, seconds: float = 10.0) -> Pcm:
    return np.full((int(seconds * RATE), 2), level, dtype=np.int16)


def voice(position: float, gain: float = 1.0, medium: str = "a", showing: int = 1, *, going: bool = False) -> Voice:
    return Voice(medium, showing, Seconds(position), gain, going)


Voices = Callable[[float], list[Voice]]


def played(mixer: Mixer, voices: Voices, start: float, end: float) -> Pcm:
    """What is heard from `start` to `end` where `voices` tells what sounds at a time."""
    return np.concatenate(list(_blocks(mixer, voices, start, end)))


def _blocks(mixer: Mixer, voices: Voices, start: float, end: float) -> Iterator[Pcm]:
    for index in range(round((end - start) * RATE / BLOCK)):
        yield mixer.block(voices(start + (index + 1) * BLOCK / RATE))


def steepest(samples: Pcm) -> int:
    return int(np.abs(np.diff(samples.astype(np.int32), axis=0)).max())


def at_full(seconds: float) -> list[Voice]:
    return [voice(seconds)]


def test_at_full_gain_the_samples_are_those_of_the_clip_bit_for_bit() -> None:
    tape = noise()
    heard = played(Mixer(lambda _: tape), at_full, 0.0, 5.0)
    first = int(FADE * RATE)
    assert np.array_equal(heard[first:], tape[first : len(heard)])


def test_a_clip_begins_at_its_sample_wherever_in_a_block_that_is() -> None:
    tape = constant(10_000)
    begins = 1.2345
    fade = lambda t: [voice(t - begins, min(1.0, (t - begins) / FADE))] if t > begins else []  # noqa: E731
    heard = played(Mixer(lambda _: tape), fade, 1.0, 2.0)
    first = int(np.argmax(heard[:, 0] > 0)) / RATE + 1.0
    assert first == pytest.approx(begins, abs=0.0005)
    half = int(np.argmax(heard[:, 0] >= 5000)) / RATE + 1.0
    assert half == pytest.approx(begins + FADE / 2, abs=0.006)


def test_no_click_where_a_clip_comes_in_late_and_goes_at_once() -> None:
    """What arrives late is faded all the same: nobody has to have asked for a fade in time."""
    heard = played(Mixer(lambda _: tone()), lambda t: [voice(t)] if 0.5 < t < 1.5 else [], 0.0, 2.5)
    assert np.abs(heard[:, 0]).max() == pytest.approx(LOUD, abs=2)
    assert steepest(heard) <= STEEPEST
    assert not heard[int(1.9 * RATE) :].any()


def test_no_gain_moves_faster_than_a_fade_however_late_it_is_asked_for() -> None:
    level = 15_000
    asked = lambda t: [voice(t, 0.3 if t > 1.0 else 1.0)] if 0.5 < t < 1.5 else []  # noqa: E731
    assert steepest(played(Mixer(lambda _: constant(level)), asked, 0.0, 2.5)) <= level / (FADE * RATE) + 1


def test_a_jump_within_a_clip_is_a_short_cross_fade_to_the_exact_place() -> None:
    tape = tone()
    mixer = Mixer(lambda _: tape)
    heard = played(mixer, lambda t: [voice(t if t < 1.0 else t + 3.3331)], 0.0, 2.0)
    assert mixer.moves == 1
    assert steepest(heard) <= STEEPEST * 1.1
    place = round((1.5 + 3.3331) * RATE)
    assert np.array_equal(heard[int(1.5 * RATE) : int(1.6 * RATE)], tape[place : place + int(0.1 * RATE)])


@pytest.mark.parametrize("slew", [0.005, -0.005])
def test_a_clock_that_slews_is_followed_without_a_click(slew: float) -> None:
    mixer = Mixer(lambda _: tone(40.0))
    heard = played(mixer, lambda t: [voice(t * (1 + slew))], 0.0, 20.0)
    run = mixer._runs[0]
    assert abs(run.cursor / RATE - 20.0 * (1 + slew)) <= (LET_BE + BLOCK) / RATE
    assert mixer.moves == 0
    assert steepest(heard) <= STEEPEST * 1.02


def test_a_trembling_clock_changes_nothing() -> None:
    tape = noise()
    trembling = np.random.default_rng(2).uniform(-0.004, 0.004, 1000)
    heard = played(
        Mixer(lambda _: tape), lambda t: [voice(t + (trembling[int(t * 100)] if t > 0.011 else 0))], 0.0, 5.0
    )
    first = int(FADE * RATE)
    assert np.array_equal(heard[first:], tape[first : len(heard)])


def test_two_voices_at_full_scale_never_wrap() -> None:
    loud = constant(32767)
    both = lambda t: [voice(t), voice(t, medium="b", showing=2)]  # noqa: E731
    heard = played(Mixer(lambda _: loud), both, 0.0, 2.0)
    assert heard.min() >= 0
    assert heard[-1, 0] == 32767


def test_what_is_going_is_not_begun_but_goes_on_where_it_was_heard() -> None:
    going = lambda t: [voice(t, max(0.0, 1 - (t - 1) / FADE), going=True)]  # noqa: E731
    assert not played(Mixer(lambda _: tone()), going, 1.0, 2.0).any()
    mixer = Mixer(lambda _: tone())
    played(mixer, at_full, 0.0, 1.0)
    heard = played(mixer, going, 1.0, 2.0)
    assert np.abs(heard[:4800]).max() > LOUD / 2
    assert not heard[int(0.31 * RATE) :].any()
    assert steepest(heard) <= STEEPEST


def test_a_sound_that_comes_late_from_the_store_fades_in_where_it_then_is() -> None:
    tapes: dict[str, Pcm] = {}
    mixer = Mixer(tapes.get)
    assert not played(mixer, at_full, 0.0, 1.0).any()
    tapes["a"] = tone()
    heard = played(mixer, at_full, 1.0, 2.0)
    assert steepest(heard) <= STEEPEST
    assert np.array_equal(heard[-BLOCK:], tapes["a"][2 * RATE - BLOCK : 2 * RATE])


def test_after_its_end_a_clip_is_silent() -> None:
    heard = played(Mixer(lambda _: constant(9000, 1.0)), at_full, 0.0, 2.0)
    assert not heard[RATE:].any()


def test_frantic_commands_never_click() -> None:
    """Positions, gains and clips that change at any moment: every step stays that of a fade."""
    chance = np.random.default_rng(3)
    mixer = Mixer(lambda _: tone(30.0))
    blocks, said = [], [voice(5.0)]
    for index in range(1500):
        if index % 7 == 0:
            said = [
                voice(float(chance.uniform(1, 20)), float(chance.uniform(0, 1)), showing=int(chance.integers(1, 3)))
                for _ in range(int(chance.integers(0, 3)))
            ]
        said = [voice(v.position + BLOCK / RATE, v.gain, showing=v.showing) for v in said]
        blocks.append(mixer.block(said))
    # a cross-fade of 20 ms lets a tone go from one phase to another: that much more, and no thousands
    assert steepest(np.concatenate(blocks)) <= STEEPEST + LOUD * 2 / (0.02 * RATE) * 2


def test_nudges_are_small_enough_never_to_move_a_followed_clock() -> None:
    assert LET_BE < NUDGED
