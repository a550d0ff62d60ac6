import type { Client } from './page.mjs';

export const CLIENTS: readonly Client[];
