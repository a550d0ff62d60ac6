import type { Plan } from '../core/plan/compile.ts';

/** Numbers plans, so that a decision step can say by which one it was made. */
export class PlanVersions {
  readonly #numbers = new WeakMap<Plan, number>();
  #count = 0;

  /** The same number for the same plan, from 1. */
  readonly of = (plan: Plan): number => {
    let number = this.#numbers.get(plan);
    if (number === undefined) this.#numbers.set(plan, (number = this.#count += 1));
    return number;
  };
}
