import { InvalidArgumentError } from 'commander';

/** Reads the value of a flag as a whole number within bounds. */
export function wholeNumber(flag: string, max: number = Number.MAX_SAFE_INTEGER, min = 0): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value <= max && value >= min) return value;
    throw new InvalidArgumentError(`${flag} takes a whole number from ${min} to ${max}.`);
  };
}
