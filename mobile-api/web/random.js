/**
 * Random text. `crypto.randomUUID` would not do: browsers keep it from pages that a phone opens over plain HTTP.
 */

/** @returns {string} 256 random bits, safe in headers and addresses */
export function randomText() {
  return base64Url(crypto.getRandomValues(new Uint8Array(32)));
}

/** @param {Uint8Array} bytes */
export function base64Url(bytes) {
  return btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '');
}
