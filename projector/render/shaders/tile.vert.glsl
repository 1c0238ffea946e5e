#version 330 core
// Two triangles for one tile, from the number of the vertex alone: no buffer is needed.

uniform vec4 place;   // x, y, width, height in pixels, from the canvas's top left
uniform vec2 canvas;  // width, height in pixels
uniform float turned; // -1 where rows run from the bottom, as a window's do; 1 on the canvas

void main() {
    vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
    // Row 0 of the canvas is the picture's top row, so nothing is turned over there.
    gl_Position = vec4(((place.xy + corner * place.zw) / canvas * 2.0 - 1.0) * vec2(1.0, turned), 0.0, 1.0);
}
