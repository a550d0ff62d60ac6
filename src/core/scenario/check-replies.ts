import type { Libraries } from '../libraries.ts';
import { endpoints } from '../openai/endpoints/registry.ts';
import { asList, asRecord, type Fields } from '../openai/request/request.ts';
import { checkMatch } from './check-match.ts';
import { type Path, type ScenarioFinding, scenarioFinding } from './finding.ts';
import { CONTENT_KEYS } from './reply-schema.ts';

/** What goes with a sequence. */
const BESIDE_SEQUENCE = ['match', 'sequence', 'per', 'repeat'];

/** What the keys of replies exclude and need. `place` is that of the service. */
export function checkReplies(replies: readonly unknown[], libraries: Libraries, place: Path): ScenarioFinding[] {
  return replies.flatMap((value, index) => {
    const reply = asRecord(value) ?? {};
    const at = [...place, 'replies', index];
    const said = 'sequence' in reply ? checkSequence(reply, at) : [...checkSpoken(reply, at), ...withoutSequence(reply, at)];
    return [...said, ...checkMatch(reply['match'], libraries, at)];
  });
}

function checkSpoken(said: Fields, at: Path): ScenarioFinding[] {
  const given = CONTENT_KEYS.filter((key) => key in said);
  const second = given[1];
  const only = `a reply has only one of ${CONTENT_KEYS.join(', ')}; found ${given.join(' and ')}`;
  const clash = second === undefined ? [] : [scenarioFinding([...at, second], only, 'key')];
  const needsText = said['continues'] === true && !('content' in said);
  return needsText ? [...clash, scenarioFinding([...at, 'continues'], 'continues goes with content', 'key')] : clash;
}

function withoutSequence(reply: Fields, at: Path): ScenarioFinding[] {
  return ['per', 'repeat'].flatMap((key) =>
    key in reply ? [scenarioFinding([...at, key], `${key} goes with sequence`, 'key')] : [],
  );
}

function checkSequence(reply: Fields, at: Path): ScenarioFinding[] {
  const beside = Object.keys(reply).filter((key) => !BESIDE_SEQUENCE.includes(key));
  return [
    ...beside.map((key) =>
      scenarioFinding([...at, key], `${key} stands beside sequence: put it into the steps that it is for`, 'key'),
    ),
    ...checkConversation(reply, at),
    ...asList(reply['sequence']).flatMap((step, index) => checkSpoken(asRecord(step) ?? {}, [...at, 'sequence', index])),
  ];
}

/** Requests without messages are in no conversation. */
function checkConversation({ per, match }: Fields, at: Path): ScenarioFinding[] {
  const name = asRecord(match)?.['endpoint'];
  const endpoint = endpoints.find((known) => known.name === name);
  if (per !== 'conversation' || endpoint === undefined || endpoint.prompt?.thread !== undefined) return [];
  return [scenarioFinding([...at, 'per'], `requests to ${endpoint.name} are in no conversation`)];
}
