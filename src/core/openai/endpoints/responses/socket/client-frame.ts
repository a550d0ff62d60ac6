import type { ErrorAnswer } from '../../../errors/error.ts';
import {
  emptyString,
  frameNotObject,
  frameNotText,
  invalidType,
  invalidValue,
  missingParameter,
  strangeId,
  stringTooLong,
} from '../../../errors/errors.ts';
import { jsonTypeName } from '../../../errors/json-type-name.ts';
import { asRecord, type Fields } from '../../../request/request.ts';

/** What a frame of a client says. */
export type ClientFrame =
  | CreateFrame
  | { readonly says: 'steer'; readonly previous: unknown; readonly input: unknown }
  /** Nothing that can be done. */
  | { readonly says: 'nothing'; readonly error: ErrorAnswer; readonly lane: string | undefined };

/** Asks for a response. */
export interface CreateFrame {
  readonly says: 'create';
  /** The same request as a body of POST /v1/responses. */
  readonly body: string;
  readonly lane: string | undefined;
  /** `previous_response_id`. */
  readonly previous: unknown;
  readonly generates: boolean;
}

const CREATE = 'response.create';
const STEER = 'response.steer';
/** Of the SDKs. */
const LANE = /^[A-Za-z0-9_.-]*$/;
const LONGEST_LANE = 256;
/** What is no JSON either: a request with this body is told so. */
const UNREADABLE = '';

/** Reads a frame; undefined is one that is no text. A frame that is not JSON is a request that is not. */
export function readClientFrame(text: string | undefined): ClientFrame {
  if (text === undefined) return nothing(frameNotText());
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { says: 'create', body: text, lane: undefined, previous: undefined, generates: true };
  }
  const fields = asRecord(value);
  if (fields === undefined) return nothing(frameNotObject(jsonTypeName(value)));
  const { type, stream_id: lane = undefined, ...members } = fields;
  const wrongLane = lane === undefined ? undefined : laneError(lane);
  if (wrongLane !== undefined) return nothing(wrongLane);
  const wrongType = typeError(type);
  if (wrongType !== undefined) return nothing(wrongType, lane as string | undefined);
  if (type === STEER) return { says: 'steer', previous: members['previous_response_id'], input: members['input'] };
  return createFrame(members, lane as string | undefined);
}

/** `stream` is implied, whatever the frame says. */
function createFrame({ generate, ...members }: Fields, lane: string | undefined): CreateFrame {
  const isKnown = generate === undefined || typeof generate === 'boolean';
  return {
    says: 'create',
    body: printed({ ...members, ...(!isKnown && { generate }), stream: true }),
    lane,
    previous: members['previous_response_id'],
    generates: generate !== false,
  };
}

/** JSON that is nested too deep can be read, and not be written. */
function printed(fields: Fields): string {
  try {
    return JSON.stringify(fields);
  } catch {
    return UNREADABLE;
  }
}

/** By the templates of the API; unverified. */
function typeError(type: unknown): ErrorAnswer | undefined {
  if (type === CREATE || type === STEER) return undefined;
  if (type === undefined) return missingParameter('type');
  return typeof type === 'string'
    ? invalidValue('type', type.slice(0, LONGEST_LANE), [CREATE, STEER])
    : invalidType('type', 'a string', jsonTypeName(type));
}

/** By the templates of the API; unverified. */
function laneError(lane: unknown): ErrorAnswer | undefined {
  if (typeof lane !== 'string') return invalidType('stream_id', 'a string', jsonTypeName(lane));
  if (lane === '') return emptyString('stream_id');
  if (lane.length > LONGEST_LANE) return stringTooLong('stream_id', { limit: LONGEST_LANE, found: lane.length });
  return LANE.test(lane) ? undefined : strangeId('stream_id', lane);
}

function nothing(error: ErrorAnswer, lane?: string): ClientFrame {
  return { says: 'nothing', error, lane };
}
