import { callLabel } from '../correlation/call-name.ts';
import { printable } from '../text/printable.ts';

/** Longest name of a call that reports show. */
const LONGEST = 60;

/** The name of a call as reports show it: printable and short. */
export function callText(callId: string, longest = LONGEST): string {
  return shortened(printable(callLabel(callId)), longest);
}

/** The text, or its beginning and its end: names often differ in their last characters. */
function shortened(text: string, longest: number): string {
  const chars = [...text];
  if (chars.length <= longest) return text;
  const tail = Math.floor(longest / 3);
  return `${chars.slice(0, longest - tail - 1).join('')}…${chars.slice(-tail).join('')}`;
}
