/** Whether more than `most` bytes of a body are one of these signs. */
export function hasMoreThan(most: number, signs: readonly number[], bytes: Buffer): boolean {
  if (bytes.length <= most) return false;
  let count = 0;
  for (const sign of signs) {
    for (let at = bytes.indexOf(sign); at >= 0; at = bytes.indexOf(sign, at + 1)) {
      count += 1;
      if (count > most) return true;
    }
  }
  return false;
}
