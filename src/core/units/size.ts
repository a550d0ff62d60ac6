const UNIT_BYTES: Readonly<Record<string, number>> = { B: 1, KiB: 1_024, MiB: 1_048_576 };

/** "512B", "64KiB", "1.5MiB" → bytes; undefined when the text is not a size. */
export function parseSize(text: string): number | undefined {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)(B|KiB|MiB)$/.exec(text) ?? [];
  return amount === undefined ? undefined : Math.round(Number(amount) * (UNIT_BYTES[unit] ?? 1));
}

/** Bytes → the shortest form a scenario would use: 65536 → "64KiB", 1572864 → "1.5MiB". */
export function formatSize(bytes: number): string {
  const unit = bytes >= 1_048_576 ? 'MiB' : bytes >= 1_024 ? 'KiB' : 'B';
  return `${Number((bytes / (UNIT_BYTES[unit] ?? 1)).toFixed(3))}${unit}`;
}
