/** A Server-Sent Event as it goes out, without an id: `event: …` and `data: …`, with the empty line behind them. */
export function eventText(kind: string, data: object): string {
  return `event: ${kind}\ndata: ${JSON.stringify(data)}\n\n`;
}
