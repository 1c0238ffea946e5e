"""Small pieces over raw GL: a program, a texture, a pool of textures.

pyglet decides at the first touch of `pyglet.gl` whether the process draws in windows or off screen, so nothing here
touches it on import; `render.output` has decided by then. All of it belongs to the thread of the context.
"""

import ctypes
from collections.abc import Sequence
from importlib.resources import files

import pyglet

from projector.errors import Missing
from projector.show.picture import Size

# Cells of one grid differ by a pixel in width; they share textures when the storage is rounded up.
SIZE_STEP = 64


class Program:
    """A vertex and a fragment shader of `shaders/`, linked; `defined` names the variant. Raises Missing when the driver cannot."""

    def __init__(self, name: str, vertex: str = "tile", defined: Sequence[str] = ()) -> None:
        gl = pyglet.gl
        self._defined = "".join(f"#define {word}\n" for word in defined).encode()
        self.name = name
        self.id: int = gl.glCreateProgram()
        self._places: dict[str, int] = {}
        stages = {f"{vertex}.vert.glsl": gl.GL_VERTEX_SHADER, f"{name}.frag.glsl": gl.GL_FRAGMENT_SHADER}
        shaders = [self._compile(file, stage) for file, stage in stages.items()]
        gl.glLinkProgram(self.id)
        for shader in shaders:
            gl.glDetachShader(self.id, shader)
            gl.glDeleteShader(shader)
        linked = ctypes.c_int()
        gl.glGetProgramiv(self.id, gl.GL_LINK_STATUS, ctypes.byref(linked))
        if not linked.value:
            raise Missing(f"the graphics driver cannot link the shader {name}", "Install a driver with OpenGL 3.3")

    def _compile(self, file: str, stage: int) -> int:
        gl = pyglet.gl
        version, rest = files("projector.render").joinpath("shaders", file).read_bytes().split(b"\n", 1)
        source = b"\n".join((version, self._defined + rest))
        shader: int = gl.glCreateShader(stage)
        text = ctypes.cast(ctypes.c_char_p(source), ctypes.POINTER(ctypes.c_char))
        gl.glShaderSource(shader, 1, ctypes.byref(text), None)
        gl.glCompileShader(shader)
        compiled = ctypes.c_int()
        gl.glGetShaderiv(shader, gl.GL_COMPILE_STATUS, ctypes.byref(compiled))
        if not compiled.value:
            log = ctypes.create_string_buffer(2048)
            gl.glGetShaderInfoLog(shader, len(log), None, log)
            reason = log.value.decode(errors="replace").strip()
            raise Missing(f"the graphics driver refuses the shader {file}: {reason}", "Install one with OpenGL 3.3")
        gl.glAttachShader(self.id, shader)
        return shader

    def uniform(self, name: str) -> int:
        """Where a uniform lies."""
        if name not in self._places:
            self._places[name] = pyglet.gl.glGetUniformLocation(self.id, name.encode())
        return self._places[name]

    def delete(self) -> None:
        """Give it back to the driver."""
        pyglet.gl.glDeleteProgram(self.id)


class Texture:
    """RGBA8 storage of a fixed size, read texel by texel: no mipmaps, no filter."""

    def __init__(self, size: Size) -> None:
        gl = pyglet.gl
        self.size = size
        name = ctypes.c_uint()
        gl.glGenTextures(1, ctypes.byref(name))
        self.id = name.value
        gl.glBindTexture(gl.GL_TEXTURE_2D, self.id)
        gl.glTexStorage2D(gl.GL_TEXTURE_2D, 1, gl.GL_RGBA8, size.width, size.height)
        for parameter in (gl.GL_TEXTURE_MIN_FILTER, gl.GL_TEXTURE_MAG_FILTER):
            gl.glTexParameteri(gl.GL_TEXTURE_2D, parameter, gl.GL_NEAREST)

    @property
    def weight(self) -> int:
        """The bytes it takes of the graphics memory."""
        return 4 * self.size.width * self.size.height

    def fill(self, size: Size, pixels: bytes) -> None:
        """Its top left `size` becomes `pixels`: RGBX, `4 × width × height` bytes, rows from the top."""
        if len(pixels) != 4 * size.width * size.height:
            raise ValueError(f"{len(pixels)} bytes are not {size.width}x{size.height} pixels of four")
        gl = pyglet.gl
        gl.glBindTexture(gl.GL_TEXTURE_2D, self.id)
        gl.glPixelStorei(gl.GL_UNPACK_ALIGNMENT, 4)
        gl.glTexSubImage2D(gl.GL_TEXTURE_2D, 0, 0, 0, size.width, size.height, gl.GL_RGBA, gl.GL_UNSIGNED_BYTE, pixels)

    def delete(self) -> None:
        """Give it back to the driver."""
        pyglet.gl.glDeleteTextures(1, ctypes.byref(ctypes.c_uint(self.id)))


class TexturePool:
    """Textures by size class; what is put back is kept for the next of its class, up to `spare` bytes."""

    def __init__(self, spare: int) -> None:
        self._room = spare
        self._free: dict[Size, list[Texture]] = {}

    def take(self, size: Size) -> Texture:
        """A texture of at least `size`; its pixels are anything."""
        wanted = Size(-(-size.width // SIZE_STEP) * SIZE_STEP, -(-size.height // SIZE_STEP) * SIZE_STEP)
        free = self._free.get(wanted)
        if not free:
            return Texture(wanted)
        texture = free.pop()
        self._room += texture.weight
        return texture

    def put_back(self, texture: Texture) -> None:
        """Take a texture that nothing draws any more; delete it when there are enough."""
        if texture.weight > self._room:
            texture.delete()
            return
        self._room -= texture.weight
        self._free.setdefault(texture.size, []).append(texture)

    def delete(self) -> None:
        """Give all that is free back to the driver."""
        for texture in (texture for free in self._free.values() for texture in free):
            texture.delete()
        self._free.clear()


class Planes:
    """The three planes of an I420 frame, sampled between their texels."""

    def __init__(self, size: Size) -> None:
        gl = pyglet.gl
        self.size = size
        self.chroma = Size((size.width + 1) // 2, (size.height + 1) // 2)
        self._sizes = (size, self.chroma, self.chroma)
        names = (ctypes.c_uint * 3)()
        gl.glGenTextures(3, names)
        self.ids = tuple(names)
        for ident, plane in zip(self.ids, self._sizes, strict=True):
            gl.glBindTexture(gl.GL_TEXTURE_2D, ident)
            gl.glTexStorage2D(gl.GL_TEXTURE_2D, 1, gl.GL_R8, plane.width, plane.height)
            for parameter in (gl.GL_TEXTURE_MIN_FILTER, gl.GL_TEXTURE_MAG_FILTER):
                gl.glTexParameteri(gl.GL_TEXTURE_2D, parameter, gl.GL_LINEAR)
            for parameter in (gl.GL_TEXTURE_WRAP_S, gl.GL_TEXTURE_WRAP_T):
                gl.glTexParameteri(gl.GL_TEXTURE_2D, parameter, gl.GL_CLAMP_TO_EDGE)

    def fill(self, frame: bytes | memoryview) -> None:
        """Become a frame: luma, then the two planes of chroma, rows from the top, without padding."""
        weights = [plane.width * plane.height for plane in self._sizes]
        if len(frame) != sum(weights):
            raise ValueError(f"{len(frame)} bytes are not a frame of {self.size.width}x{self.size.height} in I420")
        gl = pyglet.gl
        # A frame in shared memory is uploaded from where it lies.
        kept = ctypes.c_char_p(frame) if isinstance(frame, bytes) else ctypes.c_char.from_buffer(frame)
        start = ctypes.cast(kept, ctypes.c_void_p).value if isinstance(frame, bytes) else ctypes.addressof(kept)
        gl.glPixelStorei(gl.GL_UNPACK_ALIGNMENT, 1)
        for ident, plane, weight in zip(self.ids, self._sizes, weights, strict=True):
            gl.glBindTexture(gl.GL_TEXTURE_2D, ident)
            gl.glTexSubImage2D(
                gl.GL_TEXTURE_2D,
                0,
                0,
                0,
                plane.width,
                plane.height,
                gl.GL_RED,
                gl.GL_UNSIGNED_BYTE,
                ctypes.c_void_p(start),
            )
            start = (start or 0) + weight

    def delete(self) -> None:
        """Give them back to the driver."""
        pyglet.gl.glDeleteTextures(3, (ctypes.c_uint * 3)(*self.ids))
