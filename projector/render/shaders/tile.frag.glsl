#version 330 core
// One texel for one pixel: tiles are made at the exact size of their place, so nothing is ever filtered.
// This is the one place where colours are touched; the blend after it is in plain 8-bit gamma space.

uniform sampler2D tile;
uniform ivec2 origin;   // the tile's top left on the canvas
uniform float opacity;
uniform bool black;     // nothing, on purpose: no texture is read

out vec4 colour;

void main() {
    vec3 light = black ? vec3(0.0) : texelFetch(tile, ivec2(gl_FragCoord.xy) - origin, 0).rgb;
    colour = vec4(light, opacity);
}
