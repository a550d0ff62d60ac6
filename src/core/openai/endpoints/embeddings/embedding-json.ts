import { base64 } from '../../../text/base64.ts';
import { BILLIONTHS } from './embedding-vector.ts';

/*
 * Vectors as JSON, in ASCII: a request may ask for millions of numbers, so that they are written digit by digit.
 */

const [ZERO, POINT, MINUS, COMMA, OPEN, CLOSE, QUOTE] = [...'0.-,[]"'].map((sign) => sign.charCodeAt(0)) as [
  number,
  number,
  number,
  number,
  number,
  number,
  number,
];

/** Digits after the point. */
const DIGITS = 9;
/** A sign, a digit and a point before them, a comma behind. */
const LONGEST_NUMBER = DIGITS + 4;

/** A list of the numbers. */
export function floatsJson(vector: Int32Array): Uint8Array {
  const text = new Uint8Array(vector.length * LONGEST_NUMBER + 2);
  text[0] = OPEN;
  let end = 1;
  for (let i = 0; i < vector.length; i++) {
    if (i > 0) text[end++] = COMMA;
    end = writeNumber(text, end, vector[i] as number);
  }
  text[end++] = CLOSE;
  return text.subarray(0, end);
}

/** Writes billionths as a decimal without zeros at its end; returns where it ends. */
function writeNumber(text: Uint8Array, start: number, billionths: number): number {
  let at = start;
  if (billionths < 0) text[at++] = MINUS;
  let rest = Math.abs(billionths);
  text[at++] = ZERO + (rest >= BILLIONTHS ? 1 : 0);
  rest %= BILLIONTHS;
  if (rest === 0) return at;
  text[at++] = POINT;
  let digits = DIGITS;
  for (; rest % 10 === 0; rest /= 10) digits -= 1;
  for (let digit = digits - 1; digit >= 0; digit--) {
    text[at + digit] = ZERO + (rest % 10);
    rest = Math.floor(rest / 10);
  }
  return at + digits;
}

/** A text: the numbers as 32-bit floats in base64, the lowest byte of each first. */
export function base64Json(vector: Int32Array): Uint8Array {
  const floats = new DataView(new ArrayBuffer(4 * vector.length));
  for (let i = 0; i < vector.length; i++) floats.setFloat32(4 * i, (vector[i] as number) / BILLIONTHS, true);
  const digits = base64(new Uint8Array(floats.buffer));
  const text = new Uint8Array(digits.length + 2).fill(QUOTE);
  text.set(digits, 1);
  return text;
}
