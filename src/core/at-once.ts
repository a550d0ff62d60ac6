/** Work that may be left alone for a while wherever it yields. Returns its result. */
export type Steps<Result> = Generator<undefined, Result, undefined>;

/** Does all steps, one after the other, and returns the result. */
export function atOnce<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}
