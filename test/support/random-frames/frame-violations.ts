import { END_STREAM, FRAME, type Frame } from '../raw-http2.ts';

const LARGEST_FRAME = 16_384;
const FIRST_WINDOW = 65_535;

/** What of the frames that a server sent is against RFC 9113. `granted`: what the client gave to the window of the connection. */
export function frameViolations(frames: readonly Frame[], granted: number): string[] {
  const ended = new Set<number>();
  const wrong: string[] = [];
  let sent = 0;
  if (frames.length > 0 && frames[0]?.type !== FRAME.SETTINGS) wrong.push('the first frame is no SETTINGS (§3.4)');
  for (const { type, flags, stream, payload } of frames) {
    if (payload.length > LARGEST_FRAME) wrong.push(`a frame of ${payload.length} bytes (§4.2)`);
    if (type > FRAME.CONTINUATION) wrong.push(`a frame of type ${type}`);
    const isOfStream = type === FRAME.DATA || type === FRAME.HEADERS || type === FRAME.RST_STREAM;
    if (isOfStream && (stream === 0 || stream % 2 === 0)) wrong.push(`type ${type} on stream ${stream} (§5.1.1)`);
    if ((type === FRAME.SETTINGS || type === FRAME.PING || type === FRAME.GOAWAY) && stream !== 0)
      wrong.push(`type ${type} on stream ${stream} (§6)`);
    if ((type === FRAME.DATA || type === FRAME.HEADERS) && ended.has(stream))
      wrong.push(`type ${type} after the end of ${stream} (§5.1)`);
    if ((type === FRAME.DATA || type === FRAME.HEADERS) && (flags & END_STREAM) !== 0) ended.add(stream);
    if (type === FRAME.RST_STREAM) ended.add(stream);
    if (type === FRAME.WINDOW_UPDATE && payload.readUInt32BE(0) === 0) wrong.push('a WINDOW_UPDATE of 0 (§6.9)');
    if (type === FRAME.DATA) sent += payload.length;
  }
  if (sent > FIRST_WINDOW + granted) wrong.push(`${sent} bytes of DATA for a window of ${FIRST_WINDOW + granted} (§6.9)`);
  return wrong;
}
