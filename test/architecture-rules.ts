import type { ICruiseOptions, IForbiddenRuleType } from 'dependency-cruiser';

/** Folders of src/core in pipeline order: each imports only from those before it. */
export const CORE_ORDER = [
  'wire',
  'openai',
  'limits',
  'capacity',
  'faults',
  'correlation',
  'policy',
  'journal',
  'backoff',
  'load',
  'scenario',
  'plan',
  'report',
];
/** Folders of src above core, in order. */
export const SHELL_ORDER = [
  'core',
  'exchange',
  'scenario-files',
  'session',
  'report',
  'server',
  'cluster',
  'replicas',
  'harness',
  'cli',
];

const upward = (order: readonly string[], root: string): IForbiddenRuleType[] =>
  order.slice(0, -1).map((folder, index) => ({
    name: `${folder}-imports-only-what-comes-before-it`,
    severity: 'error' as const,
    from: { path: `^${root}/${folder}/` },
    to: { path: `^${root}/(${order.slice(index + 1).join('|')})/` },
  }));

/** What may not import what. */
export const forbidden: IForbiddenRuleType[] = [
  { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
  {
    name: 'core-imports-no-node',
    severity: 'error',
    from: { path: '^src/core/' },
    to: { dependencyTypes: ['core'] },
  },
  {
    name: 'core-imports-only-core',
    severity: 'error',
    from: { path: '^src/core/' },
    to: { path: '^src/', pathNot: '^src/core/' },
  },
  {
    name: 'core-uses-few-libraries',
    severity: 'error',
    from: { path: '^src/core/' },
    to: {
      path: 'node_modules/',
      pathNot: 'node_modules/(zod|yaml|@faker-js/faker)/',
    },
  },
  {
    name: 'core-basics-import-no-stage',
    severity: 'error',
    from: { path: '^src/core/[^/]+$' },
    to: { path: '^src/core/(?!openai/request/answer-settings|units|text|collections|memo|schema)[^/]+/' },
  },
  {
    name: 'faults-know-no-limits',
    severity: 'error',
    from: { path: '^src/core/faults/' },
    to: { path: '^src/core/limits/' },
  },
  {
    name: 'server-knows-no-fault',
    severity: 'error',
    from: { path: '^src/server/' },
    to: { path: '^src/core/faults/' },
  },
  {
    name: 'matchers-are-of-the-library',
    severity: 'error',
    from: { path: '^src/(exchange|session|server|cli)/' },
    to: { path: '^src/(matchers/|mock\\.ts$)' },
  },
  {
    name: 'pictures-are-loaded-when-first-drawn',
    severity: 'error',
    from: {},
    to: { path: 'node_modules/vega/', dynamic: false, dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'the-page-is-loaded-when-first-written',
    severity: 'error',
    from: { path: '^src/', pathNot: '^src/report/html/' },
    to: { path: '^src/report/html/', dynamic: false },
  },
  {
    name: 'leaves-are-not-imported',
    severity: 'error',
    from: { pathNot: '^src/cli/' },
    to: { path: '^src/(cli/|(index|jest|vitest)\\.ts$)' },
  },
  ...upward(CORE_ORDER, 'src/core'),
  ...upward(SHELL_ORDER, 'src'),
];

export const cruiseOptions: ICruiseOptions = {
  tsPreCompilationDeps: true,
  doNotFollow: { path: 'node_modules' },
  enhancedResolveOptions: {
    exportsFields: ['exports'],
    conditionNames: ['import', 'types', 'default'],
  },
};
