"""Pictures to pixels: textures of tiles, blended on a canvas that persists; only what changed is drawn again."""

import ctypes
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import pyglet

from projector.render.canvas import Canvas
from projector.render.gl import Planes, Program, Texture, TexturePool
from projector.render.stacks import Sheet, Stacks, changed, needed, seen, stacked, words_of
from projector.render.tiles import Key, key_of
from projector.show.picture import BlackTile, ClipTile, Layer, Picture, Rect, Size

SPARE_BYTES = 96 * 1024 * 1024
BLACK_TEXTURE = 0
NOWHERE = Rect(0, 0, 0, 0)
SAMPLERS = {"tile": ("tile",), "clip": ("luma", "blue", "red", "words")}


class _Face(NamedTuple):
    """What a clip looks like at a moment: the number of its frame's pixels, where it lies, its words and where they lie."""

    clip: Key
    pixels: int
    place: Rect
    words: int
    band: Rect


class Compositor:
    """Draws pictures on a canvas, in the GL context that is current when it is made, and on that thread.

    The same picture over the same textures gives the same bytes, whatever was drawn before. `debug_gl` is the caller's.
    """

    def __init__(self, canvas: Size) -> None:
        self.size = canvas
        self._canvas = Canvas(canvas)
        self._whole = Rect(0, 0, canvas.width, canvas.height)
        self._program = Program("tile")
        self._pool = TexturePool(SPARE_BYTES)
        self._textures: dict[Key, int] = {}
        self._pixels: dict[int, Texture] = {}
        # Of each playing that has a frame its planes, and the number of the pixels in them.
        self._clip_programs = {
            (exact, worded): Program("clip", defined=("EXACT",) * exact + ("WORDS",) * worded)
            for exact in (False, True)
            for worded in (False, True)
        }
        self._planes: dict[Key, Planes] = {}
        self._frames: dict[Key, int] = {}
        # The numbers by which sheets name the faces of clips that are drawn now.
        self._faces: dict[_Face, int] = {}
        self._last_number = BLACK_TEXTURE
        # What stands on the canvas now: nothing, which is black.
        self._stacks: Stacks = {}
        self._gain = 1.0
        # A clip that stands there alone is drawn where it is wanted: in the window, or on the canvas when that is read.
        self._waiting: tuple[Sheet, _Face] | None = None
        # The core profile draws nothing without a vertex array, even where no vertex is read.
        self._vertices = ctypes.c_uint()
        pyglet.gl.glGenVertexArrays(1, ctypes.byref(self._vertices))

    def upload(self, key: Key, pixels: bytes) -> None:
        """Make a tile drawable. `pixels` are what `tiles.rasterise` gave for the key."""
        self.drop([key])
        texture = self._pool.take(key.size)
        texture.fill(key.size, pixels)
        self._last_number += 1
        self._textures[key] = self._last_number
        self._pixels[self._last_number] = texture

    def upload_frame(self, key: Key, size: Size, frame: bytes | memoryview) -> None:
        """Let a playing of a clip, by its key, show a frame from now on: I420 of that size, rows from the top, no padding."""
        planes = self._planes.get(key)
        if planes is None or planes.size != size:
            self.drop([key])
            planes = Planes(size)
        planes.fill(frame)
        self._planes[key] = planes
        self._last_number += 1
        self._frames[key] = self._last_number

    def has(self, key: Key) -> bool:
        """Whether a tile can be drawn: black always, a clip once it has a frame."""
        return key in self._textures or key in self._planes or isinstance(key.tile, BlackTile)

    def keys(self) -> list[Key]:
        """All tiles that have a texture, the oldest upload first; then the clips that have a frame."""
        return [*self._textures, *self._planes]

    def drop(self, keys: Iterable[Key]) -> None:
        """Let textures go; keys that have none are passed over. What they drew stands until the next `draw`."""
        for key in keys:
            if self._waiting is not None and self._wears(self._waiting[1], key):
                self._settle()
            number = self._textures.pop(key, None)
            if number is not None:
                self._pool.put_back(self._pixels.pop(number))
            planes = self._planes.pop(key, None)
            if planes is not None:
                del self._frames[key]
                planes.delete()

    def _wears(self, face: _Face, key: Key) -> bool:
        """Whether a face is drawn from what a key names."""
        return key == face.clip or (face.words != BLACK_TEXTURE and self._textures.get(key) == face.words)

    def missing(self, picture: Picture) -> list[Key]:
        """The tiles that would be seen and have no texture, bottom to top; the words of clips are not waited for."""
        return [key for key in needed(picture) if not self.has(key)]

    def draw(self, picture: Picture) -> bool:
        """Make the canvas show a picture; True if it had to be touched. Layers without a texture are left out."""
        sheets = list(self._sheets(picture))
        stacks, gain = stacked(sheets), min(1.0, max(0.0, picture.gain))
        places = changed(self._stacks, stacks) if gain == self._gain else None
        self._stacks, self._gain = stacks, gain
        if places is not None and not places:
            return False
        waited, self._waiting = self._waiting, self._alone(stacks)
        if self._waiting is not None:
            return True
        self._canvas.bind()
        self._begin(self._program)
        for program in self._clip_programs.values() if self._faces else ():
            self._begin(program)
        if places is None or waited is not None:
            self._draw_place(self._whole, seen(sheets, stacks))
        else:
            for place in places:
                self._draw_place(place, stacks[place])
        return True

    def read(self) -> bytes:
        """The canvas: RGB, rows from the top, `3 × width × height` bytes."""
        self._settle()
        return self._canvas.read()

    def present(self, width: int, height: int) -> None:
        """Lay the canvas on the window's back buffer of that size, its shape kept, black round it."""
        if self._waiting is not None and Size(width, height) == self.size:
            pyglet.gl.glBindFramebuffer(pyglet.gl.GL_FRAMEBUFFER, 0)
            pyglet.gl.glViewport(0, 0, width, height)
            self._draw_alone(*self._waiting, bottom=height - 1)
            return
        self._settle()
        self._canvas.present(Size(width, height))

    def close(self) -> None:
        """Give every GL object back. The context must be current."""
        self._waiting = None
        self.drop(self.keys())
        self._pool.delete()
        self._canvas.delete()
        self._program.delete()
        for program in self._clip_programs.values():
            program.delete()
        pyglet.gl.glDeleteVertexArrays(1, ctypes.byref(self._vertices))

    def _sheets(self, picture: Picture) -> Iterator[Sheet]:
        before, self._faces = self._faces, {}
        for layer in picture.layers:
            number = self._number(layer, before)
            if number is not None:
                yield Sheet(number, layer.rect, layer.opacity)

    def _number(self, layer: Layer, faces: dict[_Face, int]) -> int | None:
        """The number of a layer's pixels, None where it has none. `faces` are those that were drawn last."""
        if isinstance(layer.tile, BlackTile):
            return BLACK_TEXTURE
        key = key_of(layer)
        if not isinstance(layer.tile, ClipTile):
            return self._textures.get(key)
        if key not in self._frames:
            return None
        face = self._face(layer.tile, key)
        if face not in self._faces:
            self._last_number += face not in faces
            self._faces[face] = faces.get(face, self._last_number)
        return self._faces[face]

    def _face(self, tile: ClipTile, key: Key) -> _Face:
        words = next((self._textures[words] for words in words_of(tile) if words in self._textures), BLACK_TEXTURE)
        band = tile.caption[1] if tile.caption is not None and words != BLACK_TEXTURE else NOWHERE
        return _Face(key, self._frames[key], tile.place, words, band)

    def _begin(self, program: Program, *, bottom: int = 0) -> None:
        """What holds for all that a program draws; `bottom` is the last row of a window, 0 for the canvas."""
        gl = pyglet.gl
        gl.glUseProgram(program.id)
        gl.glBindVertexArray(self._vertices)
        gl.glUniform2f(program.uniform("canvas"), self.size.width, self.size.height)
        gl.glUniform1f(program.uniform("turned"), -1.0 if bottom else 1.0)
        if program is not self._program:
            gl.glUniform1i(program.uniform("bottom"), bottom)
        for unit, sampler in enumerate(SAMPLERS[program.name]):
            gl.glUniform1i(program.uniform(sampler), unit)
        gl.glBlendFuncSeparate(gl.GL_SRC_ALPHA, gl.GL_ONE_MINUS_SRC_ALPHA, gl.GL_ZERO, gl.GL_ONE)
        gl.glClearColor(0, 0, 0, 1)

    def _draw_place(self, place: Rect, sheets: Sequence[Sheet]) -> None:
        """One place from black up, with the gain over it; nothing outside it is touched."""
        gl = pyglet.gl
        gl.glEnable(gl.GL_SCISSOR_TEST)
        gl.glScissor(place.x, place.y, place.width, place.height)
        gl.glClear(gl.GL_COLOR_BUFFER_BIT)
        for sheet in sheets:
            face = next((face for face, number in self._faces.items() if number == sheet.texture), None)
            if face is not None and sheet.opacity >= 1 and sheet.rect == place:
                self._draw_parts(sheet, face)
                gl.glScissor(place.x, place.y, place.width, place.height)
            else:
                self._draw_sheet(sheet, face, worded=True)
        if self._gain < 1:
            self._draw_sheet(Sheet(BLACK_TEXTURE, self._whole, 1.0 - self._gain), None)
        gl.glDisable(gl.GL_SCISSOR_TEST)

    def _alone(self, stacks: Stacks) -> tuple[Sheet, _Face] | None:
        """The clip that is all there is to see, if one is."""
        sheets = stacks.get(self._whole, ())
        if len(stacks) != 1 or len(sheets) != 1 or sheets[0].opacity < 1 or self._gain < 1:
            return None
        face = next((face for face, number in self._faces.items() if number == sheets[0].texture), None)
        return None if face is None else (sheets[0], face)

    def _settle(self) -> None:
        """Have the clip that waits drawn on the canvas, where it then stands."""
        if self._waiting is not None:
            self._canvas.bind()
            self._draw_alone(*self._waiting)
            self._waiting = None

    def _draw_alone(self, sheet: Sheet, face: _Face, *, bottom: int = 0) -> None:
        gl = pyglet.gl
        for program in self._clip_programs.values():
            self._begin(program, bottom=bottom)
        gl.glDisable(gl.GL_SCISSOR_TEST)
        gl.glClear(gl.GL_COLOR_BUFFER_BIT)
        gl.glEnable(gl.GL_SCISSOR_TEST)
        self._draw_parts(sheet, face, bottom=bottom)
        gl.glDisable(gl.GL_SCISSOR_TEST)

    def _draw_parts(self, sheet: Sheet, face: _Face, *, bottom: int = 0) -> None:
        """An opaque clip over a cleared place: its picture and its words alone.

        A processor that draws runs through every pixel of a scissor's rectangle, the black ones too.
        """
        moving, band = face.place, face.band
        if band.y > moving.y and band.x <= moving.x and band.x + band.width >= moving.x + moving.width:
            moving = Rect(moving.x, moving.y, moving.width, min(moving.height, band.y - moving.y))
        for part, worded in ((moving, False), (band, True)):
            if part.width > 0 and part.height > 0:
                x, y = sheet.rect.x + part.x, sheet.rect.y + part.y
                row = bottom + 1 - y - part.height if bottom else y
                pyglet.gl.glScissor(x, row, part.width, part.height)
                self._draw_sheet(sheet, face, worded=worded)

    def _draw_sheet(self, sheet: Sheet, face: _Face | None, *, worded: bool = False) -> None:
        """A sheet within the scissor; `face` is that of a clip, `worded` says whether its words are drawn."""
        gl, rect = pyglet.gl, sheet.rect
        program = self._program if face is None else self._program_of(face, worded=worded)
        # An opaque tile replaces what is beneath it exactly, in whatever way the driver rounds its blends.
        (gl.glDisable if sheet.opacity >= 1 else gl.glEnable)(gl.GL_BLEND)
        gl.glUseProgram(program.id)
        gl.glUniform4f(program.uniform("place"), rect.x, rect.y, rect.width, rect.height)
        gl.glUniform2i(program.uniform("origin"), rect.x, rect.y)
        gl.glUniform1f(program.uniform("opacity"), min(1.0, sheet.opacity))
        if face is None:
            gl.glUniform1i(program.uniform("black"), sheet.texture == BLACK_TEXTURE)
            self._bind([] if sheet.texture == BLACK_TEXTURE else [self._pixels[sheet.texture].id])
        else:
            self._wear(face, program, worded=worded)
        gl.glDrawArrays(gl.GL_TRIANGLE_STRIP, 0, 4)

    def _program_of(self, face: _Face, *, worded: bool) -> Program:
        size = self._planes[face.clip].size
        exact = (size.width, size.height) == (face.place.width, face.place.height)
        return self._clip_programs[exact, worded and face.words != BLACK_TEXTURE]

    def _wear(self, face: _Face, program: Program, *, worded: bool) -> None:
        """Have a clip's shader draw a face."""
        gl, uniform, planes = pyglet.gl, program.uniform, self._planes[face.clip]
        for name, rect in (("frame", face.place), ("band", face.band)):
            gl.glUniform4i(uniform(name), rect.x, rect.y, rect.width, rect.height)
        size, place = planes.size, face.place
        gl.glUniform2f(uniform("scale"), size.width / max(1, place.width), size.height / max(1, place.height))
        gl.glUniform2f(uniform("pixel"), 1 / size.width, 1 / size.height)
        gl.glUniform2f(uniform("sampled"), 1 / planes.chroma.width, 1 / planes.chroma.height)
        words = [self._pixels[face.words].id] if worded and face.words != BLACK_TEXTURE else []
        self._bind([*planes.ids, *words])

    @staticmethod
    def _bind(textures: Sequence[int]) -> None:
        gl = pyglet.gl
        for unit, texture in enumerate(textures):
            gl.glActiveTexture(gl.GL_TEXTURE0 + unit)
            gl.glBindTexture(gl.GL_TEXTURE_2D, texture)
        gl.glActiveTexture(gl.GL_TEXTURE0)
