/*
 * A hash of texts and numbers, one after the other: two lanes of 32 bits (cyrb53, public domain). Kept here rather than in
 * an object for each hash: it is begun, fed and ended before anything else is hashed.
 */
let low = 0;
let high = 0;

/** Forgets what was hashed before. */
export function beginHash(): void {
  low = 0xdeadbeef | 0;
  high = 0x41c6ce57;
}

/** Adds a whole number of at most 32 bits. */
export function addCode(code: number): void {
  low = Math.imul(low ^ code, 2654435761);
  high = Math.imul(high ^ code, 1597334677);
}

/** Adds a text. Of one longer than `maxLength` UTF-16 units, its length and half as much of its beginning and its end. */
export function addText(text: string, maxLength: number): void {
  const { length } = text;
  addCode(length);
  if (length <= maxLength) {
    for (let i = 0; i < length; i++) addCode(text.charCodeAt(i));
    return;
  }
  for (let i = 0; i < maxLength / 2; i++) {
    addCode(text.charCodeAt(i));
    addCode(text.charCodeAt(length - 1 - i));
  }
}

/** Adds a text. Of one that is longer than `samples` UTF-16 units, its length and so many of them, evenly spread, and its end. */
export function addSampled(text: string, samples: number): void {
  const { length } = text;
  if (length <= samples) {
    addText(text, samples);
    return;
  }
  addCode(length);
  for (let i = 0; i < samples; i++) addCode(text.charCodeAt(Math.floor((i * length) / samples)));
  addText(text.slice(-256), 256);
}

/** Ends the hash: two whole numbers of 32 bits. */
export function endHash(): readonly [number, number] {
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  return [low >>> 0, high >>> 0];
}
