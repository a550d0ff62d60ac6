/** The key as OpenAI prints it: first 8 and last 4 characters, one star for each between; short keys whole (wire.md 1.2). */
export function maskKey(key: string): string {
  if (key.length <= 12) return key;
  return `${key.slice(0, 8)}${'*'.repeat(key.length - 12)}${key.slice(-4)}`;
}
