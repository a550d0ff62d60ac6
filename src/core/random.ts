/** A source of numbers, uniform in [0, 1). */
export type Random = () => number;

type State = [number, number, number, number];

/**
 * A random source that depends on the seed and the labels alone, so that the order in which requests arrive, and
 * the process they arrive at, cannot change what is drawn for any of them.
 *
 * The labels are hashed to 128 bits (cyrb128), which start an sfc32 generator; both are public-domain designs.
 */
export function fork(seed: string | number, ...labels: readonly (string | number)[]): Random {
  return sfc32(finished(absorbed(EMPTY, `${seed}\u0000${labels.join('\u0000')}`)));
}

/** Forks by what follows the labels given here: `branch(1, 'a')('b')` is `fork(1, 'a', 'b')`. What they share is hashed once. */
export function branch(
  seed: string | number,
  ...first: readonly (string | number)[]
): (...labels: readonly (string | number)[]) => Random {
  const shared = absorbed(EMPTY, `${seed}\u0000${first.join('\u0000')}`);
  return (...labels) => sfc32(finished(labels.length === 0 ? shared : absorbed(shared, `\u0000${labels.join('\u0000')}`)));
}

/** One number in [0, 1) for the seed and the labels. */
export function draw(seed: string | number, ...labels: readonly (string | number)[]): number {
  return fork(seed, ...labels)();
}

/** `length` characters of the alphabet. */
export function pick(random: Random, alphabet: string, length: number): string {
  let text = '';
  for (let i = 0; i < length; i++) text += alphabet[Math.floor(random() * alphabet.length)];
  return text;
}

/** A whole number in [0, bound). */
export function below(random: Random, bound: number): number {
  return Math.floor(random() * bound);
}

const EMPTY: State = [1779033703, 3144134277, 1013904242, 2773480762];

function absorbed([a0, b0, c0, d0]: State, text: string): State {
  let a = a0;
  let b = b0;
  let c = c0;
  let d = d0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = b ^ Math.imul(a ^ code, 597399067);
    b = c ^ Math.imul(b ^ code, 2869860233);
    c = d ^ Math.imul(c ^ code, 951274213);
    d = a ^ Math.imul(d ^ code, 2716044179);
  }
  return [a, b, c, d];
}

function finished([a0, b0, c0, d0]: State): State {
  let a = a0;
  let b = b0;
  let c = c0;
  let d = d0;
  a = Math.imul(c ^ (a >>> 18), 597399067);
  b = Math.imul(d ^ (b >>> 22), 2869860233);
  c = Math.imul(a ^ (c >>> 17), 951274213);
  d = Math.imul(b ^ (d >>> 19), 2716044179);
  const all = a ^ b ^ c ^ d;
  return [all >>> 0, (b ^ all) >>> 0, (c ^ all) >>> 0, (d ^ all) >>> 0];
}

function sfc32([a0, b0, c0, d0]: State): Random {
  let a = a0 | 0;
  let b = b0 | 0;
  let c = c0 | 0;
  let d = d0 | 0;
  const next = () => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return (t >>> 0) / 4294967296;
  };
  // The first outputs of sfc32 still show the structure of its start state.
  for (let i = 0; i < 12; i++) next();
  return next;
}
