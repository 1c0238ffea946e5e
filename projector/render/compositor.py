"""Pictures to pixels: textures of tiles, blended on a canvas that persists; only what changed is drawn again."""

import ctypes
from collections.abc import Iterable, Iterator, Sequence

import pyglet

from projector.render.canvas import Canvas
from projector.render.gl import Program, Texture, TexturePool
from projector.render.stacks import Sheet, Stacks, changed, needed, seen, stacked
from projector.render.tiles import Key, key_of
from projector.show.picture import BlackTile, Picture, Rect, Size

SPARE_BYTES = 96 * 1024 * 1024
BLACK_TEXTURE = 0


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
        self._last_number = BLACK_TEXTURE
        # What stands on the canvas now: nothing, which is black.
        self._stacks: Stacks = {}
        self._gain = 1.0
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

    def has(self, key: Key) -> bool:
        """Whether a tile can be drawn; black always can."""
        return key in self._textures or isinstance(key.tile, BlackTile)

    def keys(self) -> list[Key]:
        """All tiles that have a texture, the oldest upload first."""
        return list(self._textures)

    def drop(self, keys: Iterable[Key]) -> None:
        """Let textures go; keys that have none are passed over. What they drew stands until the next `draw`."""
        for key in keys:
            number = self._textures.pop(key, None)
            if number is not None:
                self._pool.put_back(self._pixels.pop(number))

    def missing(self, picture: Picture) -> list[Key]:
        """The tiles that would be seen and have no texture, bottom to top."""
        return [key for key in needed(picture) if not self.has(key)]

    def draw(self, picture: Picture) -> bool:
        """Make the canvas show a picture; True if it had to be touched. Layers without a texture are left out."""
        sheets = list(self._sheets(picture))
        stacks, gain = stacked(sheets), min(1.0, max(0.0, picture.gain))
        places = changed(self._stacks, stacks) if gain == self._gain else None
        self._stacks, self._gain = stacks, gain
        if places is not None and not places:
            return False
        self._begin()
        if places is None:
            self._draw_place(self._whole, seen(sheets, stacks))
        else:
            for place in places:
                self._draw_place(place, stacks[place])
        return True

    def read(self) -> bytes:
        """The canvas: RGB, rows from the top, `3 × width × height` bytes."""
        return self._canvas.read()

    def present(self, width: int, height: int) -> None:
        """Lay the canvas on the window's back buffer of that size, its shape kept, black round it."""
        self._canvas.present(Size(width, height))

    def close(self) -> None:
        """Give every GL object back. The context must be current."""
        self.drop(self.keys())
        self._pool.delete()
        self._canvas.delete()
        self._program.delete()
        pyglet.gl.glDeleteVertexArrays(1, ctypes.byref(self._vertices))

    def _sheets(self, picture: Picture) -> Iterator[Sheet]:
        for layer in picture.layers:
            black = isinstance(layer.tile, BlackTile)
            number = BLACK_TEXTURE if black else self._textures.get(key_of(layer))
            if number is not None:
                yield Sheet(number, layer.rect, layer.opacity)

    def _begin(self) -> None:
        gl, program = pyglet.gl, self._program
        self._canvas.bind()
        gl.glUseProgram(program.id)
        gl.glBindVertexArray(self._vertices)
        gl.glActiveTexture(gl.GL_TEXTURE0)
        gl.glUniform1i(program.uniform("tile"), 0)
        gl.glUniform2f(program.uniform("canvas"), self.size.width, self.size.height)
        gl.glBlendFuncSeparate(gl.GL_SRC_ALPHA, gl.GL_ONE_MINUS_SRC_ALPHA, gl.GL_ZERO, gl.GL_ONE)
        gl.glClearColor(0, 0, 0, 1)

    def _draw_place(self, place: Rect, sheets: Sequence[Sheet]) -> None:
        """One place from black up, with the gain over it; nothing outside it is touched."""
        gl = pyglet.gl
        gl.glEnable(gl.GL_SCISSOR_TEST)
        gl.glScissor(place.x, place.y, place.width, place.height)
        gl.glClear(gl.GL_COLOR_BUFFER_BIT)
        for sheet in sheets:
            self._draw_sheet(sheet)
        if self._gain < 1:
            self._draw_sheet(Sheet(BLACK_TEXTURE, self._whole, 1.0 - self._gain))
        gl.glDisable(gl.GL_SCISSOR_TEST)

    def _draw_sheet(self, sheet: Sheet) -> None:
        gl, uniform, rect = pyglet.gl, self._program.uniform, sheet.rect
        # An opaque tile replaces what is beneath it exactly, in whatever way the driver rounds its blends.
        (gl.glDisable if sheet.opacity >= 1 else gl.glEnable)(gl.GL_BLEND)
        gl.glUniform4f(uniform("place"), rect.x, rect.y, rect.width, rect.height)
        gl.glUniform2i(uniform("origin"), rect.x, rect.y)
        gl.glUniform1f(uniform("opacity"), min(1.0, sheet.opacity))
        gl.glUniform1i(uniform("black"), sheet.texture == BLACK_TEXTURE)
        if sheet.texture != BLACK_TEXTURE:
            gl.glBindTexture(gl.GL_TEXTURE_2D, self._pixels[sheet.texture].id)
        gl.glDrawArrays(gl.GL_TRIANGLE_STRIP, 0, 4)
