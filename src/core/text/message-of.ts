/** What an error says. JavaScript may throw anything: the text of what is no Error. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
