/** The longest wait between two tries of the official SDKs without a hint, before jitter: min(0.5·2ⁿ, 8) s (wire.md 7.1). */
export function sdkBackoffMs(retriesBefore: number): number {
  return Math.min(500 * 2 ** retriesBefore, 8_000);
}
