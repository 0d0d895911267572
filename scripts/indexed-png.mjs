/** Writes a screenshot with 256 colours: a third of its size, and the eye sees no difference in charts and text. */
import { deflateSync, inflateSync } from "node:zlib";

/** @param png of 8 bits for each of three or four channels, not interlaced, as Chromium makes it */
export function indexedPng(png) {
  const { width, height, pixels } = decoded(png);
  const counts = new Map();
  for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
  const palette = paletteOf([...counts].sort(([, a], [, b]) => b - a).map(([colour]) => colour));
  const indexes = new Map(palette.map((colour, index) => [colour, index]));
  for (const colour of counts.keys()) if (!indexes.has(colour)) indexes.set(colour, nearest(colour, palette));
  const rows = Buffer.alloc(height * (width + 1)); // each row begins with its filter: none
  pixels.forEach((pixel, at) => (rows[Math.floor(at / width) * (width + 1) + 1 + (at % width)] = indexes.get(pixel)));
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  const colours = Buffer.from(palette.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]));
  return Buffer.concat([
    png.subarray(0, 8),
    chunk("IHDR", header),
    chunk("PLTE", colours),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function decoded(png) {
  const chunks = chunksOf(png);
  const header = chunks.find(({ type }) => type === "IHDR").data;
  const [width, height, channels] = [header.readUInt32BE(0), header.readUInt32BE(4), header[9] === 6 ? 4 : 3];
  const packed = chunks.filter(({ type }) => type === "IDAT").map(({ data }) => data);
  const bytes = inflateSync(Buffer.concat(packed));
  const stride = width * channels;
  const pixels = new Uint32Array(width * height);
  let above = new Uint8Array(stride);
  for (let row = 0; row < height; row++) {
    const start = row * (stride + 1);
    const line = Uint8Array.from(bytes.subarray(start + 1, start + 1 + stride));
    for (let at = 0; at < stride; at++) {
      const [left, corner] = at < channels ? [0, 0] : [line[at - channels], above[at - channels]];
      line[at] += [0, left, above[at], (left + above[at]) >> 1, paeth(left, above[at], corner)][bytes[start]];
    }
    for (let x = 0; x < width; x++) {
      const at = x * channels;
      pixels[row * width + x] = (line[at] << 16) | (line[at + 1] << 8) | line[at + 2];
    }
    above = line;
  }
  return { width, height, pixels };
}

function* read(png) {
  for (let at = 8; at < png.length;) {
    const length = png.readUInt32BE(at);
    yield { type: png.toString("latin1", at + 4, at + 8), data: png.subarray(at + 8, at + 8 + length) };
    at += length + 12;
  }
}

const chunksOf = (png) => [...read(png)];

/** https://www.w3.org/TR/png-3/#9Filter-type-4-Paeth */
function paeth(left, above, corner) {
  const guess = left + above - corner;
  const [a, b, c] = [left, above, corner].map((one) => Math.abs(guess - one));
  if (a <= b && a <= c) return left;
  return b <= c ? above : corner;
}

/** The most frequent colours, but one of those that are alike: so that rare ones fit, too. */
function paletteOf(colours) {
  const palette = [];
  for (const colour of colours) {
    const isNew = palette.length === 0 || distance(colour, palette[nearest(colour, palette)]) > 150;
    if (isNew && palette.length < 256) palette.push(colour);
  }
  return palette;
}

function distance(one, other) {
  return [16, 8, 0].reduce((sum, shift) => sum + (((one >> shift) & 255) - ((other >> shift) & 255)) ** 2, 0);
}

function nearest(colour, palette) {
  let [best, least] = [0, Infinity];
  for (const [index, other] of palette.entries()) {
    const far = distance(colour, other);
    if (far < least) [best, least] = [index, far];
  }
  return best;
}

function chunk(type, data) {
  const named = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const whole = Buffer.alloc(named.length + 8);
  whole.writeUInt32BE(data.length, 0);
  named.copy(whole, 4);
  whole.writeUInt32BE(crc32(named), named.length + 4);
  return whole;
}

/** https://www.w3.org/TR/png-3/#D-CRCAppendix */
function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}
