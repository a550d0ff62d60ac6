const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** The bytes in base64, padded. */
export function base64(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const [a = 0, b, c] = bytes.subarray(i, i + 3);
    const bits = (a << 16) | ((b ?? 0) << 8) | (c ?? 0);
    text += digit(bits >> 18) + digit(bits >> 12);
    text += (b === undefined ? '=' : digit(bits >> 6)) + (c === undefined ? '=' : digit(bits));
  }
  return text;
}

function digit(bits: number): string {
  return ALPHABET.charAt(bits & 63);
}
