/** Of a millisecond: so exactly samples are written. */
const STEPS = 10;

/** The error of a sample that was written and read again, in milliseconds. */
export const SAMPLE_ERROR_MS = 0.5 / STEPS;

/** Milliseconds → whole tenths of them, each as its distance from the one before: `120 5 5 -3`. */
export function sampleText(samples: readonly number[]): string {
  let last = 0;
  const steps = samples.map((ms) => {
    const at = Math.round(ms * STEPS);
    const step = at - last;
    last = at;
    return step;
  });
  return steps.join(' ');
}

/** The inverse; undefined where the text is none of ours. */
export function samplesIn(text: string): number[] | undefined {
  if (text === '') return [];
  let at = 0;
  const samples: number[] = [];
  for (const word of text.split(' ')) {
    if (!/^-?\d+$/.test(word)) return undefined;
    at += Number(word);
    samples.push(at / STEPS);
  }
  return samples;
}
