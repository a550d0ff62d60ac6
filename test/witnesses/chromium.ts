import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/usr/bin/google-chrome-stable'];

/** The browser of this machine; undefined where there is none. `CHROMIUM` names the program where it is not found by itself. */
export const program = process.env['CHROMIUM'] ?? PLACES.find((path) => existsSync(path));

export function launchChromium() {
  const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'];
  return chromium.launch({ ...(program !== undefined && { executablePath: program }), headless: true, args });
}
