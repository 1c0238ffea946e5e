#version 330 core
// One frame of a clip from its three planes: BT.709, limited range, chroma sited at the left; black round it, its words over it.
// Drawn as one opaque sheet, so that a clip mixes with whatever is beneath it as a photo does. Made in variants, since a
// processor that draws runs through all that stands here: EXACT, where a frame is drawn at its own size, WORDS over it.

uniform sampler2D luma;
uniform sampler2D blue;
uniform sampler2D red;
uniform sampler2D words;    // straight alpha, one texel for one pixel
uniform ivec2 origin;       // the tile's top left on the canvas
uniform ivec4 frame;        // where the moving picture lies in the tile: x, y, width, height
uniform ivec4 band;         // where its words lie in the tile
uniform vec2 scale;         // pixels of the frame to one of the canvas
uniform vec2 pixel;         // the share of a plane that one of its texels takes: of luma,
uniform vec2 sampled;       // and of chroma
uniform float opacity;
uniform int bottom;         // the row of a window that is the picture's first; 0 on the canvas, whose rows run from the top

out vec4 colour;

// Out of range it is left as it is: what is written is clamped by the canvas.
vec3 moving(vec2 at) {
    // A sample of chroma lies on the left of the two pixels that it colours, half way between their rows.
    vec2 chroma = (at * 0.5 + vec2(0.25, 0.0)) * sampled;
#ifdef EXACT
    float light = texelFetch(luma, ivec2(at), 0).r;
#else
    float light = texture(luma, at * pixel).r;
#endif
    float y = light * 1.164384 - 0.073059;
    float b = texture(blue, chroma).r - 0.501961;
    float r = texture(red, chroma).r - 0.501961;
    return vec3(y + 1.792741 * r, y - 0.213249 * b - 0.532909 * r, y + 2.112402 * b);
}

bool within(ivec2 at, ivec4 place) {
    return all(greaterThanEqual(at, place.xy)) && all(lessThan(at, place.xy + place.zw));
}

void main() {
    ivec2 at = ivec2(gl_FragCoord.xy) - origin;
    if (bottom > 0) at.y = bottom - int(gl_FragCoord.y) - origin.y;
    vec3 light = within(at, frame) ? moving((vec2(at - frame.xy) + 0.5) * scale) : vec3(0.0);
#ifdef WORDS
    if (within(at, band)) {
        vec4 ink = texelFetch(words, at - band.xy, 0);
        light = mix(clamp(light, 0.0, 1.0), ink.rgb, ink.a);
    }
#endif
    colour = vec4(light, opacity);
}
