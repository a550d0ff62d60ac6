/** A number with its noun: `1 call`, `2 retries`; for more than a noun, both forms are given: `1 call was`, `2 calls were`. */
export function plural(count: number, one: string, many = pluralOf(one)): string {
  return `${count} ${count === 1 ? one : many}`;
}

function pluralOf(noun: string): string {
  return `${noun.replace(/([^aeiou])y$/, '$1ie')}${/s$/.test(noun) ? 'es' : 's'}`;
}
