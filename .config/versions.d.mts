export const PLACES: readonly (readonly [file: string, pattern: RegExp])[];
export function versionsIn(file: string, pattern: RegExp): readonly string[];
