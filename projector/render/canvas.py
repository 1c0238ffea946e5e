"""The raster that the compositor draws on: it persists, is read back, and is shown by a blit."""

import ctypes

import pyglet
from PIL import Image

from projector.errors import Missing
from projector.render.gl import Texture
from projector.show.picture import Rect, Size


def letterboxed(canvas: Size, window: Size) -> Rect:
    """Where the whole canvas lies in a window, its shape kept, in the middle."""
    scale = min(window.width / canvas.width, window.height / canvas.height)
    width = max(1, min(window.width, round(canvas.width * scale)))
    height = max(1, min(window.height, round(canvas.height * scale)))
    return Rect((window.width - width) // 2, (window.height - height) // 2, width, height)


class Canvas:
    """An RGBA8 framebuffer whose row 0 is the picture's top row. Black when made."""

    def __init__(self, size: Size) -> None:
        gl = pyglet.gl
        self.size = size
        self._texture = Texture(size)
        name = ctypes.c_uint()
        gl.glGenFramebuffers(1, ctypes.byref(name))
        self._framebuffer = name.value
        self.bind()
        gl.glFramebufferTexture2D(gl.GL_FRAMEBUFFER, gl.GL_COLOR_ATTACHMENT0, gl.GL_TEXTURE_2D, self._texture.id, 0)
        if gl.glCheckFramebufferStatus(gl.GL_FRAMEBUFFER) != gl.GL_FRAMEBUFFER_COMPLETE:
            raise Missing(f"the graphics driver gives no canvas of {size.width}x{size.height}", "Use a smaller canvas")
        gl.glClearColor(0, 0, 0, 1)
        gl.glClear(gl.GL_COLOR_BUFFER_BIT)

    def bind(self) -> None:
        """Draw on it from here on."""
        gl = pyglet.gl
        gl.glBindFramebuffer(gl.GL_FRAMEBUFFER, self._framebuffer)
        gl.glViewport(0, 0, self.size.width, self.size.height)

    def read(self) -> bytes:
        """Its pixels: RGB, rows from the top, `3 × width × height` bytes."""
        gl = pyglet.gl
        width, height = self.size.width, self.size.height
        pixels = bytearray(4 * width * height)
        self.bind()
        gl.glPixelStorei(gl.GL_PACK_ALIGNMENT, 4)
        gl.glReadPixels(
            0, 0, width, height, gl.GL_RGBA, gl.GL_UNSIGNED_BYTE, (ctypes.c_char * len(pixels)).from_buffer(pixels)
        )
        return Image.frombytes("RGB", (width, height), pixels, "raw", "RGBX").tobytes()

    def present(self, window: Size) -> None:
        """Lay it on the window's back buffer, whole, its shape kept, black round it."""
        gl = pyglet.gl
        place = letterboxed(self.size, window)
        gl.glBindFramebuffer(gl.GL_READ_FRAMEBUFFER, self._framebuffer)
        gl.glBindFramebuffer(gl.GL_DRAW_FRAMEBUFFER, 0)
        gl.glDisable(gl.GL_SCISSOR_TEST)
        if (place.width, place.height) != (window.width, window.height):
            gl.glClearColor(0, 0, 0, 1)
            gl.glClear(gl.GL_COLOR_BUFFER_BIT)
        exact = (place.width, place.height) == (self.size.width, self.size.height)
        # A window's rows run from the bottom, the canvas's from the top.
        top = window.height - place.y
        gl.glBlitFramebuffer(
            0, 0, self.size.width, self.size.height,
            place.x, top, place.x + place.width, top - place.height,
            gl.GL_COLOR_BUFFER_BIT, gl.GL_NEAREST if exact else gl.GL_LINEAR,
        )  # fmt: skip

    def delete(self) -> None:
        """Give it back to the driver."""
        gl = pyglet.gl
        gl.glBindFramebuffer(gl.GL_FRAMEBUFFER, 0)
        gl.glDeleteFramebuffers(1, ctypes.byref(ctypes.c_uint(self._framebuffer)))
        self._texture.delete()
