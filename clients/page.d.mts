/** One of the catalogue. */
export interface Client {
  readonly id: string;
  readonly name: string;
  readonly language: string;
  readonly note?: string;
}

/** What a client did, as it stands in results/. */
export interface Result {
  readonly client: string;
  readonly installed: string;
  readonly probed: string;
  readonly calls: number;
  readonly rules: Readonly<Record<string, { readonly verdict: string; readonly explain: string; readonly evidence?: string }>>;
}

export function clientsPage(clients: readonly Client[], results: readonly Result[]): string;
export function clientsHead(clients: readonly Client[], results: readonly Result[]): string;
