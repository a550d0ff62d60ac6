/** What was seen between the clients and a gateway. */
export interface GatewayTraffic {
  readonly url: string;
  /** How many requests each call sent; a call that sent none is not in it. */
  readonly sent: ReadonlyMap<string, number>;
  /** How often the gateway answered with each status; `none` where it closed the connection, or the client left. */
  readonly answers: Readonly<Record<string, number>>;
}
