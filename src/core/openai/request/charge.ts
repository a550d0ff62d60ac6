import type { ReplyContext } from './reply-context.ts';

/** Notes what an answer costs, in tokens. `spent` in all, `answer` of it for what can be read. */
export function charge({ bill }: ReplyContext, spent: number, answer: number): void {
  if (bill === undefined) return;
  bill.total = spent;
  bill.before = spent - answer;
}
