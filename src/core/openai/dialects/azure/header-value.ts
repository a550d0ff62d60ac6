/** No name of a deployment is longer. */
const LONGEST = 64;

/** A name that came from a client as a header may carry it: one line of printable ASCII. */
export function headerValue(name: string): string {
  return name.slice(0, LONGEST).replaceAll(/[^\x20-\x7e]/g, '?');
}
