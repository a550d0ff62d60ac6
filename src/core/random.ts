/** A source of numbers, uniform in [0, 1). */
export type Random = () => number;

/*
 * The 128 bits that labels are hashed to, one after the other: it is used up before anything else is hashed. Kept here
 * rather than in an object for each label, for every answer has a dozen forks.
 */
let h0 = 0;
let h1 = 0;
let h2 = 0;
let h3 = 0;

type Label = string | number;

/**
 * A random source that depends on the seed and the labels alone, so that the order in which requests arrive, and
 * the process they arrive at, cannot change what is drawn for any of them.
 *
 * The labels are hashed to 128 bits (cyrb128), which start an sfc32 generator; both are public-domain designs.
 */
export function fork(seed: Label, ...labels: readonly Label[]): Random {
  begin(seed);
  absorbAll(labels, false);
  return sfc32();
}

/** Forks by what follows the labels given here: `branch(1, 'a')('b')` is `fork(1, 'a', 'b')`. What they share is hashed once. */
export function branch(seed: Label, ...first: readonly Label[]): (...labels: readonly Label[]) => Random {
  begin(seed);
  absorbAll(first, false);
  const a = h0;
  const b = h1;
  const c = h2;
  const d = h3;
  return (...labels) => {
    h0 = a;
    h1 = b;
    h2 = c;
    h3 = d;
    absorbAll(labels, true);
    return sfc32();
  };
}

/** One number in [0, 1) for the seed and the labels. */
export function draw(seed: string | number, ...labels: readonly (string | number)[]): number {
  return fork(seed, ...labels)();
}

/** Characters that one number is good for: of alphabets of up to 64, none is likelier than another by a percent. */
const CHARACTERS = 4;

/** `length` characters of the alphabet, of at most 64, after the prefix. */
export function pick(random: Random, alphabet: string, length: number, prefix = ''): string {
  return String.fromCharCode(...pickCodes(random, alphabet, length, prefix));
}

/** The same as UTF-16 codes. */
export function pickCodes(random: Random, alphabet: string, length: number, prefix: string): number[] {
  const size = alphabet.length;
  const start = prefix.length;
  const codes = new Array<number>(start + length);
  for (let i = 0; i < start; i++) codes[i] = prefix.charCodeAt(i);
  // Within the numbers that are whole to the machine, too.
  let drawn = 0;
  for (let i = 0; i < length; i++) {
    drawn = i % CHARACTERS === 0 ? below(random, 2 ** 31) | 0 : (drawn / size) | 0;
    codes[start + i] = alphabet.charCodeAt(drawn % size);
  }
  return codes;
}

/** A whole number in [0, bound). */
export function below(random: Random, bound: number): number {
  return Math.floor(random() * bound);
}

function begin(seed: Label): void {
  h0 = 1779033703;
  h1 = 3144134277 | 0;
  h2 = 1013904242;
  h3 = 2773480762 | 0;
  absorb(seed);
  absorbCode(0);
}

/** Labels are set apart by a sign that no name has. */
function absorbAll(labels: readonly Label[], follow: boolean): void {
  for (let i = 0; i < labels.length; i++) {
    if (follow || i > 0) absorbCode(0);
    absorb(labels[i] ?? '');
  }
}

function absorb(label: Label): void {
  const text = typeof label === 'string' ? label : String(label);
  for (let i = 0; i < text.length; i++) absorbCode(text.charCodeAt(i));
}

function absorbCode(code: number): void {
  h0 = h1 ^ Math.imul(h0 ^ code, 597399067);
  h1 = h2 ^ Math.imul(h1 ^ code, 2869860233);
  h2 = h3 ^ Math.imul(h2 ^ code, 951274213);
  h3 = h0 ^ Math.imul(h3 ^ code, 2716044179);
}

/** A generator that starts with what was hashed. */
function sfc32(): Random {
  let s0 = Math.imul(h2 ^ (h0 >>> 18), 597399067);
  let s1 = Math.imul(h3 ^ (h1 >>> 22), 2869860233);
  let s2 = Math.imul(s0 ^ (h2 >>> 17), 951274213);
  let s3 = Math.imul(s1 ^ (h3 >>> 19), 2716044179);
  s0 ^= s1 ^ s2 ^ s3;
  s1 ^= s0;
  s2 ^= s0;
  s3 ^= s0;
  // The first outputs of sfc32 still show the structure of its start state. They are stepped over before a closure holds
  // the state: there, each step costs several times as much.
  for (let i = 0; i < 12; i++) {
    const t = (((s0 + s1) | 0) + s3) | 0;
    s3 = (s3 + 1) | 0;
    s0 = s1 ^ (s1 >>> 9);
    s1 = (s2 + (s2 << 3)) | 0;
    s2 = (((s2 << 21) | (s2 >>> 11)) + t) | 0;
  }
  let a = s0;
  let b = s1;
  let c = s2;
  let d = s3;
  return () => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + t) | 0;
    return (t >>> 0) / 4294967296;
  };
}
