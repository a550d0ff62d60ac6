import { basePathOf } from '../core/openai/dialects/registry.ts';
import type { Plan } from '../core/plan/compile.ts';
import { DEFAULT_SESSION } from './default-session.ts';

interface Addressed {
  readonly id: string;
  readonly plan: Pick<Plan, 'dialect'>;
}

/** What clients take as their base URL to reach a session: `http://127.0.0.1:41234/s/backup/v1`. */
export function sessionURL(origin: string, { id, plan }: Addressed): string {
  const prefix = id === DEFAULT_SESSION ? '' : `/s/${encodeURIComponent(id)}`;
  return `${origin}${prefix}${basePathOf(plan.dialect)}`;
}

/** The same for one call of theirs, which the path names: `http://127.0.0.1:41234/s/backup/c/first/v1`. */
export function callURL(origin: string, { id, plan }: Addressed, call: string): string {
  return `${origin}/s/${encodeURIComponent(id)}/c/${encodeURIComponent(call)}${basePathOf(plan.dialect)}`;
}
