import type { ServerResponse } from 'node:http';
import type { Clock } from '../../core/clock.ts';
import type { Target } from '../../exchange/incoming.ts';
import type { Exchange } from '../../session/exchange.ts';
import type { ClientConnection } from '../client-connection.ts';
import type { HttpExchange } from '../http-exchange.ts';
import { Http1ResponseWriter } from './http1-response-writer.ts';
import type { ReceivedMessage } from './received-message.ts';

/** A request of HTTP/1, and the ways to answer it. */
export class Http1Exchange implements HttpExchange {
  readonly request: ReceivedMessage;
  readonly response: ServerResponse;
  readonly connection: ClientConnection;
  readonly target: Target;

  constructor(request: ReceivedMessage, response: ServerResponse, connection: ClientConnection, target: Target) {
    this.request = request;
    this.response = response;
    this.connection = connection;
    this.target = target;
  }

  openWriter(exchange: Pick<Exchange, 'headSent'>, clock: Clock): Http1ResponseWriter {
    const { request, response, connection } = this;
    return new Http1ResponseWriter({ request, response, connection, clock }, exchange);
  }
}
