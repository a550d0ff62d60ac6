/** Asks the admin API beside the page. Throws an Error with what it says is wrong. */
export async function ask(path: string, init: RequestInit = {}): Promise<unknown> {
  const response = await fetch(path, { cache: 'no-store', ...init });
  const answer: unknown = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  const { title = `${response.status}`, detail = '' } = answer as { title?: string; detail?: string };
  throw new Error(`${title} ${detail}`.trim());
}
