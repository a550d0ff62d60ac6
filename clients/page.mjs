/** Rules with a column, by what they are about. Those that a client of another kind cannot be asked have n/a. */
const COLUMNS = {
  'waits as it is told': 'never_early',
  dates: 'http_date',
  'retry-after-ms': 'retry_after_ms',
  'long waits': 'long_hint',
  'absurd waits': 'insane_hint',
  grows: 'grows',
  jitter: 'has_jitter',
  'gives up': 'bounded_attempts',
  'retries 429, 5xx': 'retries_transient',
  'broken connections': 'retries_transport',
  '4xx': 'no_retry_permanent',
  'spent quota': 'no_retry_quota',
  'x-should-retry': 'obeys_should_retry',
  'hung request': 'aborts_hung_request',
  'cut stream': 'truncated_stream_noticed',
  'error in stream': 'stream_error_surfaced',
  abort: 'abort_stops_retries',
  settles: 'settles',
};
const WORDS = { pass: 'pass', fail: '**fail**', warn: '**warn**', info: 'info', inconclusive: '?', not_applicable: 'n/a' };

/** A client of plain HTTP says of itself that it reads no streams. */
const isUnasked = ({ verdict, explain }) => verdict === 'inconclusive' && explain.includes('it reads no streams');
const cell = (finding) => (finding === undefined || isUnasked(finding) ? 'n/a' : WORDS[finding.verdict]);

const escaped = (text) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('*', '\\*');

/** docs/clients.md, of the clients that have a result. */
export function clientsPage(clients, results) {
  const byId = new Map(results.map((result) => [result.client, result]));
  const probed = clients.filter(({ id }) => byId.has(id));
  const row = (client) => {
    const { rules, installed } = byId.get(client.id);
    return [
      `[${client.name}](#${client.id})`,
      client.language,
      versionOf(installed),
      ...Object.values(COLUMNS).map((rule) => cell(rules[rule])),
    ];
  };
  const head = [
    'client',
    'language',
    'version',
    ...Object.entries(COLUMNS).map(([name, rule]) => `[${name}](rules.md "${rule}")`),
  ];
  return `# How clients back off

What popular clients do when the service fails, as they come, found out by [\`probe\`](probe.md). \`npm run clients\` probes them all again and writes this page;
\`npm run clients -- openai-python\` probes one. **fail** and **warn** are breaches of a [rule](rules.md), and stand below with the evidence. \`info\` is a fact without a
judgement, \`?\` could not be decided, for the reason that stands below; n/a was not asked for or cannot be asked of such a client.

${table(head, probed.map(row))}

${unprobed(clients, byId)}${probed.map((client) => section(client, byId.get(client.id))).join('\n')}`;
}

/** In the README: those that most people use, and the columns that say most. */
const HEAD_CLIENTS = ['openai-js-7', 'ai-sdk-responses', 'langchain-js', 'openai-python', 'litellm', 'pydantic-ai', 'openai-go'];
const HEAD_RULES = [
  'never_early',
  'long_hint',
  'retries_transient',
  'no_retry_quota',
  'truncated_stream_noticed',
  'abort_stops_retries',
];

/** The head of the table, for the README. */
export function clientsHead(clients, results) {
  const byId = new Map(results.map((result) => [result.client, result]));
  const shown = clients.filter(({ id }) => HEAD_CLIENTS.includes(id) && byId.has(id));
  const columns = Object.entries(COLUMNS).filter(([, rule]) => HEAD_RULES.includes(rule));
  const rows = shown.map(({ id, name, language }) => {
    const { rules, installed } = byId.get(id);
    return [`${name} (${language}) ${versionOf(installed)}`, ...columns.map(([, rule]) => cell(rules[rule]))];
  });
  return table(['client', ...columns.map(([name]) => name)], rows);
}

/** `7.59.0` of \`openai@7.59.0\`, \`openai==7.59.0\`. */
function versionOf(installed) {
  return /(?:@v?|==|:)([^@=:]+)$/.exec(installed)?.[1] ?? installed;
}

/** Those of the catalogue without a result. */
function unprobed(clients, byId) {
  const missing = clients.filter(({ id }) => !byId.has(id));
  return missing.length === 0
    ? ''
    : `Not probed yet: ${missing.map(({ name, language }) => `${name} (${language})`).join(', ')}.\n\n`;
}

function section({ id, name, language, note }, { installed, probed, calls, rules }) {
  const against = Object.entries(rules).filter(([, { verdict }]) => verdict === 'fail' || verdict === 'warn');
  const lines = against.map(([rule, { verdict, explain, evidence }]) => {
    const shown = evidence === undefined ? '' : `<br>\`${evidence.replaceAll('`', "'")}\``;
    return `- **${verdict}** \`${rule}\`: ${escaped(explain)}${shown}`;
  });
  const open = Object.entries(rules).filter(([, finding]) => finding.verdict === 'inconclusive' && !isUnasked(finding));
  const told = (findings) => findings.map(([rule, { explain }]) => `\`${rule}\`: ${escaped(explain)}`).join('; ');
  const facts = Object.entries(rules).filter(([, { verdict }]) => verdict === 'info');
  return `### ${id}

${name} for ${language}, \`${installed}\`${note === undefined ? '' : ` (${note})`}. Probed on ${probed} with ${calls} calls.

${lines.length === 0 ? 'It breaks no rule.' : lines.join('\n')}
${facts.length === 0 ? '' : `\nFacts: ${told(facts)}.\n`}${open.length === 0 ? '' : `\nNot decided: ${told(open)}.\n`}`;
}

function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
