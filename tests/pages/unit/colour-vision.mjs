/** How different colours look, to common vision and to the three kinds of colour blindness (Machado et al. 2009). */

const SEEN = {
  common: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

export const VISIONS = Object.keys(SEEN);

/** The distance in CIELAB (CIE 1976); about 2 can just be seen. */
export function differenceSeen(one, other, vision) {
  const [first, second] = [one, other].map((colour) => lab(seen(linear(colour), SEEN[vision])));
  return Math.hypot(...first.map((value, index) => value - second[index]));
}

/** The contrast ratio of WCAG 2, 1 to 21. */
export function contrast(one, other) {
  const [darker, lighter] = [one, other].map((colour) => xyz(linear(colour))[1]).sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

function linear(colour) {
  const channels = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255);
  return channels.map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
}

function seen(channels, matrix) {
  return times(matrix, channels).map((value) => Math.min(Math.max(value, 0), 1));
}

function xyz(channels) {
  return times(
    [
      [0.4124, 0.3576, 0.1805],
      [0.2126, 0.7152, 0.0722],
      [0.0193, 0.1192, 0.9505],
    ],
    channels,
  );
}

function lab(channels) {
  const [x, y, z] = xyz(channels).map((value, index) => root(value / [0.95047, 1, 1.08883][index]));
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

function root(share) {
  return share > 0.008856 ? Math.cbrt(share) : 7.787 * share + 16 / 116;
}

function times(matrix, vector) {
  return matrix.map((row) => row.reduce((sum, factor, index) => sum + factor * vector[index], 0));
}
