import { pick, type Random } from '../../../random.ts';
import { HEX } from '../../../text/alphabets.ts';
import { utf8Length } from '../../../text/utf8.ts';
import type { BatchedAnswer } from '../../request/request.ts';
import type { StoredLine } from '../../store/stored-file.ts';

/** The line of an output file for each answer (wire-responses.md 9). `from`: when the requests are made. */
export function writtenLines(answers: readonly BatchedAnswer[], from: number, random: Random): readonly StoredLine[] {
  return answers.map(({ name, status, requestId, json, tokens, tookMs }) => {
    const id = pick(random, HEX, 32, 'batch_req_');
    const response = `{"status_code":${status},"request_id":"${requestId}","body":${json}}`;
    const text = `{"id":"${id}","custom_id":${JSON.stringify(name)},"response":${response},"error":null}\n`;
    return { doneAt: from + tookMs, isGood: status >= 200 && status < 300, text, bytes: utf8Length(text), tokens };
  });
}
